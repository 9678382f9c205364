"""What the types alone tell."""

import re
from importlib.resources import files

import pytest

from samspil_fhirpath import FhirPathError, compile_expression
from samspil_fhirpath.explain import explain
from samspil_fhirpath.model import RELEASES, load

WRONG = {
    "name.givn": "HumanName has no element 'givn'",
    "Encounter.status": "Patient is no Encounter",
    "deceasedBoolean": "no element 'deceasedBoolean'",
    "children().first()": "no order",
    "iif('x', 1, 2)": "no Boolean",
    "name.startsWith('x')": "takes a String",
    "@2020-01-01 + 7": "means nothing",
    "1 + 'a'": "means nothing",
    "birthDate < 5": "means nothing",
    "-active": "takes a number",
    "select(%none)": "%none",
    "defineVariable('a').defineVariable('a')": "defined already",
    "defineVariable('context', 1)": "defined already",
    "defineVariable('a', 1).id | %a": "%a",
    "contact.where(name.famly.exists())": "no element 'famly'",
}


@pytest.mark.parametrize("text", WRONG)
def test_strict_refuses(text: str) -> None:
    with pytest.raises(FhirPathError, match=WRONG[text]) as found:
        compile_expression(text, context="Patient", strict=True)
    assert found.value.issue.code == "SAM-FP-201"
    assert found.value.column >= 1


@pytest.mark.parametrize("text", WRONG)
def test_without_strict_it_is_listed(text: str) -> None:
    assert compile_expression(text, context="Patient").problems


@pytest.mark.parametrize(
    "text",
    [
        "name.given.first() + 'x'",
        "contained.where(code.exists())",
        "birthDate < today()",
        "birthDate + 1 year",
        "extension('u').value.exists()",
        "Resource.id | DomainResource.text.status",
        "defineVariable('a', name).select(%a.given)",
        "name.select(given | family).distinct()",
        "managingOrganization.resolve().name",
        "descendants().where(reference = '#')",
        "gender.matches('x') and telecom.value.startsWith('x')",
    ],
)
def test_strict_accepts(text: str) -> None:
    assert compile_expression(text, context="Patient", strict=True).problems == ()


def test_names_of_choices_in_json_are_allowed_on_request() -> None:
    node = {"resourceType": "Patient", "deceasedBoolean": True}
    assert compile_expression("deceasedBoolean", context="Patient")(node) == []
    run = compile_expression("deceasedBoolean", context="Patient", strict=True, polymorphic_names=True)
    assert run(node) == [True]


def test_explain() -> None:
    lines = list(explain(compile_expression("name.where(use = 'official').given.first()", context="Patient")))
    assert lines[1].split() == ["1:1", "name", "HumanName*"]
    assert "gives string?" in lines


@pytest.mark.parametrize("release", RELEASES)
def test_the_table_says_where_it_comes_from(release: str) -> None:
    lines = (files("samspil_fhirpath") / "types" / f"{release.lower()}.txt").read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# facts from package hl7.fhir.")
    assert re.fullmatch(r"# sha256 [0-9a-f]{64}", lines[1])


@pytest.mark.parametrize("release", RELEASES)
def test_the_types_of_a_release(release: str) -> None:
    model = load(release)
    assert model.at("Patient.contact.name") == "HumanName"
    assert model.at("Questionnaire.item.item") == "Questionnaire.item"
    assert model.is_a("code", "string")
    assert model.is_a("Age", "Quantity")
    assert model.declared("Patient.contact") == "BackboneElement"
    assert len(model.elements("Extension")) == 4
    for name in model.derived("Element"):
        for element in model.elements(name):
            assert all(one in model or one == "Resource" for one in element.types), (name, element)
