"""Each condition of a provision, on its own: when it holds, when it does not, and what happens when it is not known."""

from dataclasses import replace

import pytest

from samspil_consent import Context, Directory, decide, load_profile, read_consent, read_request
from samspil_consent.features import Surroundings, features
from samspil_core.testing import FakeCodeValidator, FakeEvaluator

REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
TYPES = "http://hl7.org/fhir/resource-types"
LOINC = "http://loinc.org"


def label(*codes):
    systems = {code: CONFIDENTIALITY if code in "ULMNRV" else ACT_CODE for code in codes}
    return [{"system": system, "code": code} for code, system in systems.items()]


def observation(**more):
    return {"resourceType": "Observation", "id": "1", "subject": {"reference": "Patient/1"}, **more}


def labelled(*codes):
    return observation(meta={"security": label(*codes)})


def consent(effect, condition):
    """The effect where the condition holds, the opposite elsewhere."""
    base = "deny" if effect == "permit" else "permit"
    provision = {"type": base, "provision": [{"type": effect, **condition}]}
    head = {"resourceType": "Consent", "id": "c", "status": "active", "dateTime": "2026-01-01"}
    return read_consent({**head, "patient": {"reference": "Patient/1"}, "provision": provision})


def decided(effect, condition, treat, resource=None, context=None, **more):
    asked = {**treat, **more, **({"resource": resource} if resource else {})}
    stated = {name: value for name, value in asked.items() if value is not None}
    return decide([consent(effect, condition)], read_request(stated), "typed", context).effect


def coded(code, system=LOINC):
    return {"code": {"coding": [{"system": system, "code": code}]}}


def data(meaning, reference):
    return {"data": [{"meaning": meaning, "reference": {"reference": reference}}]}


def by_identifier(system):
    return {"actor": [{"reference": {"identifier": {"system": system, "value": "8"}}}]}


def in_role(code):
    return {"actor": [{"role": {"coding": [{"system": "urn:r", "code": code}]}}]}


def acting(code):
    return {"action": [{"coding": [{"code": code, "system": "http://terminology.hl7.org/CodeSystem/consentaction"}]}]}


DATA = [
    ({"securityLabel": label("N")}, labelled("N"), True, True),
    ({"securityLabel": label("N")}, labelled("L"), True, False),
    ({"securityLabel": label("N")}, labelled("R"), False, True),
    ({"securityLabel": label("R")}, labelled("V"), False, True),
    ({"securityLabel": label("R")}, labelled("N"), True, False),
    ({"securityLabel": label("N")}, labelled("N", "R"), False, True),
    ({"securityLabel": label("N")}, observation(), False, False),
    ({"securityLabel": label("PSY")}, labelled("PSY"), True, True),
    ({"securityLabel": label("SPI")}, labelled("PSY"), True, True),
    ({"securityLabel": label("PSY")}, labelled("SPI"), False, False),
    ({"securityLabel": label("PSY", "SDV")}, labelled("SDV"), True, True),
    ({"securityLabel": label("PSY")}, observation(contained=[labelled("PSY")]), True, True),
    ({"class": [{"system": TYPES, "code": "Observation"}]}, observation(), True, True),
    ({"class": [{"system": TYPES, "code": "Condition"}]}, observation(), False, False),
    ({"class": [{"system": TYPES, "code": "Resource"}]}, observation(), True, True),
    (
        {"class": [{"system": "urn:ietf:rfc:3986", "code": "urn:p"}]},
        observation(meta={"profile": ["urn:p"]}),
        True,
        True,
    ),
    ({"code": [{"coding": [{"system": LOINC, "code": "1-1"}]}]}, observation(**coded("1-1")), True, True),
    ({"code": [{"coding": [{"system": "http://loinc.org/", "code": "1-1"}]}]}, observation(**coded("1-1")), True, True),
    ({"code": [{"coding": [{"system": LOINC, "code": "1-1"}]}]}, observation(**coded("1-2")), False, False),
    ({"code": [{"coding": [{"system": LOINC, "code": "1-1"}]}]}, observation(component=[coded("1-1")]), True, True),
    ({"dataPeriod": {"start": "2022", "end": "2022"}}, observation(effectiveDateTime="2022-12-31"), True, True),
    ({"dataPeriod": {"start": "2022", "end": "2022"}}, observation(effectiveDateTime="2023-01-01"), False, False),
    (
        {"dataPeriod": {"start": "2022", "end": "2022"}},
        observation(effectivePeriod={"start": "2022-12-31", "end": "2023-01-01"}),
        False,
        True,
    ),
    ({"dataPeriod": {"start": "2022", "end": "2022"}}, observation(), False, True),
    (data("instance", "Observation/1"), observation(), True, True),
    (data("instance", "Observation/2"), observation(), False, False),
    (data("authoredby", "Practitioner/3"), observation(performer=[{"reference": "Practitioner/3"}]), True, True),
    (data("authoredby", "Practitioner/3"), observation(device={"reference": "Practitioner/3"}), False, False),
    (data("related", "Encounter/4"), observation(encounter={"reference": "Encounter/4"}), True, True),
    (data("dependents", "Encounter/4"), observation(encounter={"reference": "Encounter/4"}), True, True),
    (data("dependents", "Encounter/4"), observation(), False, False),
]


@pytest.mark.parametrize(("condition", "resource", "permits", "refuses"), DATA, ids=lambda one: str(one)[:50])
def test_a_condition_on_data(condition, resource, permits, refuses, treat):
    """A permission covers no more than it says, a refusal no less."""
    assert (decided("permit", condition, treat, resource) == "permit") == permits
    assert (decided("deny", condition, treat, resource) == "deny") == refuses


def purpose(code, system=REASON):
    return {"purpose": [{"system": system, "code": code}]}


@pytest.mark.parametrize(
    ("condition", "asked", "holds"),
    [
        (purpose("TREAT"), {"purpose": "TREAT"}, True),
        (purpose("HRESCH"), {"purpose": "CLINTRCH"}, True),
        (purpose("CLINTRCH"), {"purpose": "HRESCH"}, False),
        (purpose("TREAT", "urn:oid:2.16.840.1.113883.5.8"), {"purpose": "TREAT"}, True),
        (purpose("TREAT", "urn:other"), {"purpose": "TREAT"}, False),
        (purpose("TREAT"), {"purpose": "BTG"}, True),
        (acting("access"), {}, True),
        (acting("use"), {}, False),
        (by_identifier("urn:s"), {"actor": {"system": "urn:s", "value": "8"}}, True),
        (by_identifier("urn:s"), {"actor": {"system": "urn:t", "value": "8"}}, False),
        (in_role("nurse"), {"role": {"system": "urn:r", "code": "nurse"}}, True),
        (in_role("nurse"), {"role": {"system": "urn:r", "code": "clerk"}}, False),
    ],
    ids=lambda one: str(one)[:50],
)
def test_a_condition_on_the_request(condition, asked, holds, treat):
    assert (decided("permit", condition, treat, **asked) == "permit") == holds
    assert (decided("deny", condition, treat, **asked) == "deny") == holds


@pytest.mark.parametrize(
    ("condition", "asked"),
    [
        (purpose("TREAT"), {"purpose": None}),
        ({"action": [{"coding": [{"code": "access"}]}]}, {"action": None}),
        ({"actor": [{"reference": {"reference": "Practitioner/7"}}]}, {"actor": None}),
        (in_role("nurse"), {}),
        ({"actor": [{"reference": {"reference": "CareTeam/9"}}]}, {}),
    ],
    ids=lambda one: str(one)[:50],
)
def test_what_is_not_stated_never_permits_and_refuses_where_it_can(condition, asked, treat):
    assert decided("permit", condition, treat, **asked) == "deny"
    assert decided("deny", condition, treat, **asked) == "deny"


@pytest.mark.parametrize("effect", ["permit", "deny"])
def test_each_purpose_stated_must_be_permitted(effect, treat):
    assert decided(effect, purpose("HMARKT"), treat, purpose=["TREAT", "HMARKT"]) == "deny"


EXPRESSION = {"expression": {"language": "text/fhirpath", "expression": "value > 7"}}


@pytest.mark.parametrize(
    ("evaluator", "permits", "refuses"),
    [
        (FakeEvaluator({"value > 7": [True]}), True, True),
        (FakeEvaluator({"value > 7": [False]}), False, False),
        (FakeEvaluator({}), False, False),
        (FakeEvaluator({"value > 7": [7]}), False, True),
        (None, False, True),
    ],
)
def test_an_expression_is_asked_of_the_evaluator(evaluator, permits, refuses, treat):
    head = {"resourceType": "Consent", "id": "c", "status": "active", "subject": {"reference": "Patient/1"}}
    asked = read_request({**treat, "resource": observation()})
    for base, effect, expected in (("deny", "permit", permits), ("permit", "deny", refuses)):
        read = read_consent({**head, "decision": base, "provision": [EXPRESSION]})
        assert (decide([read], asked, "typed", Context(evaluator=evaluator)).effect == effect) == expected


VALUE_SET = {"code": [{"coding": [{"system": "http://example.org/ValueSet/labs", "code": "labs"}]}]}


@pytest.mark.parametrize(
    ("validator", "permits", "refuses"),
    [
        (FakeCodeValidator({("http://example.org/ValueSet/labs", LOINC, "1-1"): "x"}), True, True),
        (FakeCodeValidator({}), False, False),
        (None, False, True),
    ],
)
def test_a_value_set_is_asked_of_the_code_validator(validator, permits, refuses, treat):
    resource, context = observation(**coded("1-1")), Context(validator=validator)
    assert (decided("permit", VALUE_SET, treat, resource, context) == "permit") == permits
    assert (decided("deny", VALUE_SET, treat, resource, context) == "deny") == refuses


def test_another_terminology_may_tell_what_stands_above_what(treat):
    context = Context(subsumes=lambda _system, above, code: (above, code) == ("HMARKT", "TREAT"))
    assert decided("permit", purpose("HMARKT"), treat, context=context) == "permit"


@pytest.mark.parametrize(
    ("group", "holds"),
    [
        ({"resourceType": "Group", "id": "g", "member": [{"entity": {"reference": "Practitioner/7"}}]}, True),
        ({"resourceType": "Group", "id": "g", "member": [{"entity": {"reference": "Practitioner/8"}}]}, False),
        (
            {
                "resourceType": "Group",
                "id": "g",
                "member": [{"entity": {"reference": "Practitioner/7"}, "inactive": True}],
            },
            False,
        ),
    ],
)
def test_a_group_is_its_active_members(group, holds, treat):
    context = Context(Directory([group]))
    condition = {"actor": [{"reference": {"reference": "Group/g"}}]}
    assert (decided("permit", condition, treat, context=context) == "permit") == holds
    assert (decided("deny", condition, treat, context=context) == "deny") == holds


def test_nesting_to_any_depth_the_deepest_that_matches_speaks(treat):
    inner = {"type": "permit", "actor": [{"reference": {"reference": "Practitioner/7"}}]}
    middle = {"type": "deny", **purpose("TREAT"), "provision": [inner]}
    head = {"resourceType": "Consent", "id": "c", "status": "active", "patient": {"reference": "Patient/1"}}
    read = read_consent({**head, "provision": {"type": "permit", "provision": [middle]}})
    assert decide([read], read_request(treat), "typed").effect == "permit"
    assert decide([read], read_request({**treat, "actor": "Practitioner/8"}), "typed").effect == "deny"
    assert (
        decide([read], read_request({**treat, "actor": "Practitioner/8", "purpose": "HPAYMT"}), "typed").effect
        == "permit"
    )


def test_related_goes_both_ways():
    encounter = {"resourceType": "Encounter", "id": "4", "diagnosis": [{"condition": {"reference": "Condition/5"}}]}
    around = Surroundings.of([encounter])
    found = features({"resourceType": "Condition", "id": "5"}, around=around)
    assert "related Encounter/4" in found.references


@pytest.mark.parametrize(("kind", "effect"), [("Observation", "permit"), ("Condition", "deny")])
def test_an_exception_goes_no_further_than_the_rule_it_stands_in(kind, effect, treat):
    """A permission inside a refusal of observations is none of conditions, also where a permission wins."""
    types = "http://hl7.org/fhir/resource-types"
    code = {"coding": [{"system": "http://loinc.org", "code": "1-1"}]}
    value = {
        "resourceType": "Consent",
        "id": "1",
        "status": "active",
        "provision": {
            "type": "permit",
            "provision": [
                {
                    "type": "deny",
                    "class": [{"system": types, "code": "Observation"}],
                    "provision": [{"type": "permit", "code": [code]}],
                },
                {"type": "deny", "class": [{"system": types, "code": "Condition"}]},
            ],
        },
    }
    profile = replace(load_profile("typed"), within="permit-overrides")
    request = read_request({**treat, "resource": {"resourceType": kind, "id": "1", "code": code}})
    answer = decide([read_consent(value)], request, profile)
    assert answer.effect == effect
