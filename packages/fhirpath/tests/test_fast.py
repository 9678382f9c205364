"""The fast form and the full engine give the same, whatever the data."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samspil_fhirpath import Environment, Expression, FhirPathError, compile_expression
from samspil_fhirpath.output import json_value

PATIENT = (
    "name.given",
    "name.family.exists()",
    "name.where(use = 'official').family",
    "name.exists(use = 'usual' and given.exists())",
    "name.all(family.exists() or given.exists())",
    "name.given.count() > 1",
    "name.select(family)",
    "name.family = 'A'",
    "name.first().family & active.not()",
    "active",
    "active.not()",
    "active and name.exists()",
    "active or deceased",
    "deceased.exists() implies active",
    "deceased as boolean",
    "deceased.ofType(dateTime)",
    "gender in ('male' | 'female')",
    "gender.matches('^[a-z]+$')",
    "birthDate.hasValue() implies birthDate <= '2000'",
    "name.period.all(start.hasValue().not() or end.hasValue().not() or (start <= end))",
    "extension.exists() != active.exists()",
    "name.given.isDistinct()",
    "contained.contained.empty()",
    "contact.name.given.first()",
    "name[0].given",
    "hasValue() or (children().count() > id.count())",
    "multipleBirth > 1",
    "name.given.length() > 1",
    "id.startsWith('a') xor id.endsWith('b')",
)
VALUES = st.sampled_from(["A", "male", "2001", "2001-02-03", "", 1, True, False, None, {}, [], "official"])
NAMES = st.fixed_dictionaries(
    {},
    optional={
        "use": st.sampled_from(["official", "usual", 1]),
        "family": VALUES,
        "given": st.lists(st.sampled_from(["A", "B", "A", None, 3]), max_size=3) | VALUES,
        "_given": st.lists(st.none() | st.just({"extension": [{"url": "u"}]}), max_size=3),
        "_family": st.just({"extension": [{"url": "u"}]}),
        "period": st.fixed_dictionaries(
            {},
            optional={
                "start": st.sampled_from(["2001", "2001-01", "2002-02-02", "x"]),
                "end": st.sampled_from(["2001", "2000-01", "2003-02-02"]),
            },
        ),
        "unknown": VALUES,
    },
)
PATIENTS = st.fixed_dictionaries(
    {"resourceType": st.sampled_from(["Patient", "Patient", "Patient", "Observation"])},
    optional={
        "id": VALUES,
        "active": VALUES,
        "_active": st.just({"id": "x"}),
        "gender": VALUES,
        "birthDate": VALUES,
        "name": st.lists(NAMES, max_size=3) | VALUES,
        "deceasedBoolean": VALUES,
        "deceasedDateTime": VALUES,
        "multipleBirthInteger": VALUES,
        "extension": st.lists(st.just({"url": "u", "valueString": "x"}), max_size=1) | VALUES,
        "contact": st.lists(st.fixed_dictionaries({"name": NAMES}), max_size=2),
        "contained": st.lists(st.just({"resourceType": "Basic", "id": "b"}), max_size=2),
    },
)  # fmt: skip
EXPRESSIONS = {text: compile_expression(text, context="Patient") for text in PATIENT}


def answer(work: Any) -> Any:
    """What a call gives, or the kind of its error."""
    try:
        return work()
    except FhirPathError as error:
        return error.issue.code


def full(expression: Expression, node: Any) -> list[Any]:
    return [json_value(item) for item in expression.items(node, None, None, Environment())]


@pytest.mark.parametrize("text", PATIENT)
@given(node=PATIENTS)
def test_both_forms_agree(text: str, node: dict[str, Any]) -> None:
    """On data of any shape, right or wrong, both forms give the same values or the same error."""
    expression = EXPRESSIONS[text]
    assert answer(lambda: expression(node)) == answer(lambda: full(expression, node))


def test_most_of_these_have_a_fast_form() -> None:
    """Otherwise the test above would compare the engine with itself."""
    assert sum(expression.is_fast for expression in EXPRESSIONS.values()) >= len(EXPRESSIONS) - 4


@pytest.mark.parametrize(
    ("context", "node", "holds"),
    [
        ("HumanName", {"family": "A"}, True),
        ("HumanName", {"id": "x"}, False),
        ("HumanName", {"id": "x", "unknown": 1}, False),
        ("string", "a", True),
        ("Patient", {"resourceType": "Patient"}, False),
        ("Patient", {"resourceType": "Patient", "_birthDate": {"extension": []}}, True),
    ],
)
def test_ele_1(context: str, node: Any, holds: object) -> None:
    expression = compile_expression("hasValue() or (children().count() > id.count())", context=context)
    assert expression.is_fast
    assert expression.is_true(node) is holds
    assert full(expression, node) == [holds]


def test_without_a_context_the_fast_form_follows_the_resource(patient: dict[str, Any]) -> None:
    expression = compile_expression("name.given.count() | id")
    assert expression(patient) == [4, "p"]
    assert expression({"resourceType": "Practitioner", "id": "q"}) == [0, "q"]


def test_a_trace_is_told_also_where_nothing_is_found() -> None:
    """The fast form leaves an expression with trace() to the engine when somebody listens."""
    heard: list[tuple[str, Any]] = []
    expression = compile_expression("contained.where(%resource.id = id).trace('t').empty()", context="Patient")
    environment = Environment(trace=lambda name, values: heard.append((name, values)))
    assert expression.is_true({"resourceType": "Patient"}, environment=environment)
    assert heard == [("t", [])]
