"""What the caller lends to an evaluation."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from samspil_core.ports import find
from samspil_core.testing import FakeCodeValidator
from samspil_fhirpath import Environment, FhirPathError, Primitive, compile_expression

NOW = datetime(2024, 2, 29, 13, 30, 5, 250_000, tzinfo=timezone(timedelta(hours=1)))


def test_the_clock_is_an_argument() -> None:
    environment = Environment(now=NOW)
    run = compile_expression("now() | today().toString() | timeOfDay()")
    assert run({}, environment=environment) == ["2024-02-29T13:30:05.250+01:00", "2024-02-29", "13:30:05.250"]


def test_one_evaluation_has_one_moment() -> None:
    assert compile_expression("now() = now()")({}, environment=Environment(timezone=UTC)) == [True]


def test_a_time_zone_stands_in_for_a_missing_one() -> None:
    run = compile_expression("@2020-07-01T10:00:00 = @2020-07-01T08:00:00Z")
    assert run({}) == []
    assert run({}, environment=Environment(timezone=ZoneInfo("Europe/Copenhagen"))) == [True]


def test_resolve_looks_inside_the_bundle_first() -> None:
    found = {"resourceType": "Patient", "id": "1", "active": True}
    asking = {"resourceType": "Observation", "id": "2", "subject": {"reference": "urn:uuid:1"}}
    bundle = {
        "resourceType": "Bundle",
        "entry": [
            {"fullUrl": "urn:uuid:1", "resource": found},
            {"fullUrl": "http://x.test/Observation/2", "resource": asking},
        ],
    }
    run = compile_expression("entry.resource.ofType(Observation).subject.resolve().active")
    assert run(bundle) == [True]


def test_resolve_then_asks_the_environment() -> None:
    asked: list[str] = []

    def resolve(reference: str) -> Any:
        asked.append(reference)
        return {"resourceType": "Patient", "id": "9"} if reference == "Patient/9" else None

    run = compile_expression("subject.resolve().id | performer.resolve().id")
    node = {"resourceType": "Observation", "subject": {"reference": "Patient/9"}, "performer": [{"reference": "X/1"}]}
    assert run(node, environment=Environment(resolve=resolve)) == ["9"]
    assert asked == ["Patient/9", "X/1"]


def test_member_of_asks_the_port() -> None:
    port = FakeCodeValidator({("urn:vs", "urn:s", "N"): "next of kin"})
    run = compile_expression("contact.relationship.memberOf('urn:vs')")
    node = {"resourceType": "Patient", "contact": [{"relationship": [{"coding": [{"system": "urn:s", "code": "N"}]}]}]}
    assert run(node, environment=Environment(code_validator=port)) == [True]
    assert run(node, environment=Environment(member_of=lambda _code, _url: None)) == []


def test_conforms_to_asks_the_environment() -> None:
    environment = Environment(conforms_to=lambda _node, url: {"urn:yes": True, "urn:no": False}.get(url))
    answers = [compile_expression(f"conformsTo('{url}')")({}, environment=environment) for url in ("urn:yes", "urn:no")]
    assert answers == [[True], [False]]
    with pytest.raises(FhirPathError):
        compile_expression("conformsTo('urn:unknown')")({}, environment=environment)


def test_constants_and_functions_of_the_caller() -> None:
    environment = Environment(
        constants={"limit": 5, "c": {"x": [1, 2]}}, functions={"double": lambda items: [2 * item for item in items]}
    )
    run = compile_expression("(%c.x | %limit).double()", functions={"double"}, constants={"c", "limit"}, strict=True)
    assert run({}, environment=environment) == [2, 4, 10]


def test_terminologies() -> None:
    class Service:
        def expand(self, value_set: list[Any]) -> dict[str, Any]:
            return {"resourceType": "ValueSet", "url": value_set[0], "expansion": {"contains": [{"code": "a"}]}}

        def subsumes(self, _system: str, general: str, special: str) -> str:
            return "subsumes" if special.startswith(general) else "not-subsumed"

    environment = Environment(terminologies=Service())
    run = compile_expression("%terminologies.expand('urn:vs').expansion.contains.code")
    assert run({}, environment=environment) == ["a"]
    codes = compile_expression("a.subsumes(b) | b.subsumedBy(a) | b.subsumes(a)")
    node = {"a": {"system": "s", "code": "1"}, "b": {"system": "s", "code": "12"}}
    assert codes(node, environment=environment) == [True, False]


def test_a_primitive_comes_with_its_sibling() -> None:
    run = compile_expression("extension.value | hasValue()", context="Patient.birthDate")
    node = Primitive(None, {"extension": [{"url": "u", "valueCode": "unknown"}]})
    assert run(node) == ["unknown", False]
    assert compile_expression("value.matches('^19')", context="Patient.birthDate")("1974") == [True]


@pytest.mark.parametrize("value", [1.1, Decimal("1.1"), Decimal("1.10")])
def test_numbers_in_any_form(value: Any) -> None:
    node = {"resourceType": "Observation", "valueQuantity": {"value": value}}
    assert compile_expression("value.value = 1.1 and value.value > 1")(node) == [True]


@pytest.mark.parametrize("release", ["R4", "R4B", "R5"])
def test_every_release(release: str) -> None:
    run = compile_expression("name.given", release=release, context="Patient", strict=True)
    assert run({"resourceType": "Patient", "name": [{"given": ["A"]}]}) == ["A"]


def test_an_unknown_release_is_told() -> None:
    with pytest.raises(ValueError, match="R4, R4B, R5"):
        compile_expression("1", release="R3")


def test_the_port() -> None:
    evaluator = find("evaluator", "fhirpath")(release="R5")
    assert evaluator.evaluate("name.family", {"resourceType": "Patient", "name": [{"family": "A"}]}) == ["A"]
    with pytest.raises(ValueError, match="line 1, column 6"):
        evaluator.evaluate("name.", {})


def test_a_model_is_as_good_as_a_dict(patient: dict[str, Any]) -> None:
    models = pytest.importorskip("fhir.resources.R4B.patient", reason="fhir.resources is not installed")
    from samspil_core.jsontext import dumps

    del patient["name"]
    model = models.Patient.model_validate_json(dumps(patient))
    assert compile_expression("birthDate.extension.value | multipleBirth", context="Patient")(model) == [
        "1974-12-25T14:35:45-05:00",
        3,
    ]


def test_a_mapping_is_as_good_as_a_dict() -> None:
    node = MappingProxyType({"resourceType": "Patient", "active": True})
    assert compile_expression("active")(node) == [True]
    assert compile_expression("active.not()", context="Patient")(node) == [False]


def test_endless_repetition_is_stopped() -> None:
    with pytest.raises(FhirPathError) as found:
        compile_expression("repeatAll($this)")({"resourceType": "Patient"})
    assert found.value.issue.code == "SAM-FP-103"


def test_deep_data_is_no_crash() -> None:
    node: dict[str, Any] = {"resourceType": "Questionnaire", "item": []}
    at = node
    for number in range(900):
        at["item"] = [{"linkId": str(number)}]
        at = at["item"][0]
    assert compile_expression("descendants().linkId.count()", context="Questionnaire")(node) == [900]
    with pytest.raises(FhirPathError) as found:
        compile_expression("item = item.combine(item).first()")(node)
    assert found.value.issue.code == "SAM-FP-103"
