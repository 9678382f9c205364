"""Invariants written in Python answer as their FHIRPath does; every patch mends a text that is published."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samspil_fhirpath import compile_expression
from samspil_validation.checks.native import ANYTHING, NATIVE
from samspil_validation.checks.sparing import keys_by_name, met_without
from samspil_validation.plan.patches import CONTEXTS, PATCHES

TYPES = st.sampled_from(
    ["group", "display", "boolean", "string", "choice", "history", "batch", "transaction-response", "collection"]
)
NODES = st.fixed_dictionaries(
    {},
    optional={
        "reference": st.sampled_from(["#a", "#b", "#", "Patient/1"]),
        "start": st.sampled_from(
            ["2020", "2021", "2020-01-01", "2020-01-02", "2020-01-02T10:00:00Z", "2020-01-02T10:00:00+01:00"]
        ),
        "end": st.sampled_from(
            ["2020", "2019", "2020-01-01", "2020-01-03", "2020-01-02T09:59:59Z", "2020-01-02T10:00:00+02:00"]
        ),
        "code": st.just("x"),
        "system": st.just("http://x"),
        "value": st.just(1),
        "type": TYPES,
        "fullUrl": st.sampled_from(["http://s/Patient/1", "http://s/Patient/1/_history/2"]),
        "entry": st.lists(
            st.fixed_dictionaries(
                {"fullUrl": st.just("urn:x")},
                optional={"request": st.just({"method": "GET"}), "response": st.just({"status": "200"})},
            ),
            min_size=1,
            max_size=2,
        ),
        "comparator": st.just("<"),
        "period": st.sampled_from([1, -1]),
        "periodUnit": st.just("d"),
        "answerOption": st.just([{"valueString": "a"}]),
        "answerValueSet": st.just("http://v"),
        "contentType": st.just("json"),
        "path": st.just("a"),
        "extension": st.just([{"url": "http://x", "valueString": "x"}]),
        "compareToSourceId": st.just("a"),
        "compareToSourcePath": st.just("a"),
        "duration": st.sampled_from([1, -1, 0]),
        "numerator": st.just({"value": 1}),
        "denominator": st.just({"value": 1}),
        "component": st.just([{"code": {"text": "x"}}]),
        "identifier": st.just([{"value": "x"}]),
        "name": st.just("x"),
        "text": st.just("x"),
        "initial": st.just([{"valueString": "a"}]),
        "maxLength": st.just(3),
        "readOnly": st.sampled_from([True]),
        "required": st.sampled_from([True]),
        "item": st.just([{"linkId": "1", "item": [{"linkId": "1"}]}, {"linkId": "2"}]),
        "low": st.sampled_from([{"value": 1, "unit": "m"}, {"value": 3, "unit": "m"}]),
        "high": st.just({"value": 2, "unit": "m"}),
        "expression": st.just("true"),
        "resource": st.just({"resourceType": "Patient", "id": "p"}),
    },
)
CONTAINER = {"resourceType": "Patient", "contained": [{"resourceType": "Patient", "id": "a"}]}


def _context(expression):
    """The type that a text is about, where its words mean something only there."""
    types = {"start": "Period", "low.exists": "Observation.referenceRange", "low": "Range"}
    return next((types[start] for start in types if expression.startswith(start)), "")


class _Run:
    root_resource = CONTAINER
    resource = CONTAINER

    @staticmethod
    def contained_in(outer):
        return {each["id"]: each for each in outer["contained"] if isinstance(each.get("id"), str)}


@pytest.mark.parametrize("expression", NATIVE, ids=lambda text: text[:60])
@settings(max_examples=60, deadline=None)
@given(node=NODES)
def test_python_answers_as_fhirpath(expression, node):
    answer = NATIVE[expression](node, _Run)
    if answer is None:
        return
    resource = node if "entry" in expression else CONTAINER
    compiled = compile_expression(expression, release="R5", context=_context(expression))
    assert answer == compiled.is_true(node, resource=resource, root_resource=CONTAINER)


@pytest.mark.parametrize("expression", NATIVE, ids=lambda text: text[:60])
@settings(max_examples=60, deadline=None)
@given(node=NODES)
def test_what_keys_alone_decide_holds_for_every_value(expression, node):
    answer = NATIVE[expression](dict.fromkeys(node, ANYTHING), None)
    if answer is None:
        return
    resource = node if "entry" in expression else CONTAINER
    compiled = compile_expression(expression, release="R5", context=_context(expression))
    assert answer == compiled.is_true(node, resource=resource, root_resource=CONTAINER)


CODINGS = st.lists(
    st.fixed_dictionaries({}, optional={"system": st.sampled_from("ab"), "code": st.sampled_from("xy")}), max_size=2
)
CODED = st.fixed_dictionaries({}, optional={"coding": CODINGS})
OBSERVATIONS = st.fixed_dictionaries(
    {"resourceType": st.just("Observation"), "code": CODED},
    optional={
        "valueString": st.just("v"),
        "component": st.lists(st.fixed_dictionaries({}, optional={"code": CODED}), min_size=1, max_size=2),
    },
)
OBS_7 = "value.empty() or component.code.where(coding.intersect(%resource.code.coding).exists()).empty()"


@given(observation=OBSERVATIONS)
def test_components_with_codes_of_their_own_are_told_as_fhirpath_tells_them(observation):
    class Run(_Run):
        resource = observation

    answer = NATIVE[OBS_7](observation, Run)
    if answer is not None:
        compiled = compile_expression(OBS_7, context="Observation")
        assert answer == compiled.is_true(observation, resource=observation, root_resource=observation)


def test_every_patch_has_its_reason_and_its_source():
    for each in (*PATCHES, *CONTEXTS):
        assert each.reason
        assert each.source.startswith("https://hl7.org/fhir/")


@pytest.mark.parametrize("patch", [each for each in PATCHES if each.evaluated], ids=lambda each: each.key)
def test_what_is_evaluated_in_place_of_a_published_text_is_fhirpath(patch):
    compile_expression(patch.evaluated)


SPARED = [
    ("value.empty() or component.exists()", {"component": [{}]}, True),
    ("value.empty() or component.exists()", {"valueString": "a"}, False),
    ("(status = 'a' and status = 'b') or value.empty()", {"status": "x"}, True),
    ("value.exists() implies component.exists()", {}, True),
    ("value.exists() implies component.exists()", {"_valueString": {}}, False),
    ("status = 'a' implies component.exists()", {"status": "b"}, True),
    ("status = 'a' implies component.exists()", {"status": "a"}, False),
    ("status = 'a' implies component.exists()", {}, False),
    ("value.exists().not() or component.exists()", {}, True),
    ("component.value.empty() or status = 'a'", {}, True),
    ("value.empty()", {}, True),
]


@pytest.mark.parametrize(("expression", "node", "met"), SPARED)
def test_an_invariant_on_what_is_not_there_is_met(expression, node, met):
    keys = keys_by_name(OBSERVATION)
    assert met_without(expression, keys)(node, None) is (met or None)
    if met:
        assert compile_expression(expression, context="Observation").is_true({"resourceType": "Observation", **node})


OBSERVATION = [
    {"n": "value", "x": True, "t": [["string", [], []], ["Quantity", [], []]]},
    {"n": "component", "t": [["BackboneElement", [], []]]},
    {"n": "status", "t": [["code", [], []]]},
]


@pytest.mark.parametrize(
    "expression",
    [
        "value.empty() or component.exists() implies status = 'a'",
        "value.empty() or component.exists() xor status = 'a'",
        "value.exists() implies component.exists() implies status = 'a'",
        "other.empty() or status = 'a'",
        "(value.empty() or component.exists()) and status = 'a'",
        "status = 'a' and value.empty()",
        "(status = 'a' or value.empty())",
        "status = 'a' or (component.exists() and value.empty())",
        "status = 'a' and status = 'b' implies component.exists()",
        "status.length() = 'a' implies component.exists()",
    ],
)
def test_an_invariant_of_another_form_is_spared_nothing(expression):
    assert met_without(expression, keys_by_name(OBSERVATION)) is None
