"""The ports of samspil_core: found by name, over a store, files or a catalogue, and never raising."""

import pytest
from fhir.resources.R4B.valueset import ValueSet

from samspil_core import ports
from samspil_core.jsontext import dumps
from samspil_core.values import Coding
from samspil_terminology import Catalog, code_validator, expand, translator

URL, SET, MAP = "http://example.org/s", "http://example.org/v", "http://example.org/m"


@pytest.fixture
def catalog(make):
    group = {
        "source": URL,
        "target": "http://example.org/t",
        "element": [{"code": "a", "target": [{"code": "x", "equivalence": "wider"}]}],
    }
    concept_map = {"resourceType": "ConceptMap", "url": MAP, "status": "active", "group": [group]}
    system = make.system(URL, make.concept("a", "Alpha"), make.concept("b", "Beta"))
    return Catalog([system, make.value_set(SET, {"system": URL, "concept": [{"code": "a"}]}), concept_map])


def codes(answer):
    return [each.code for each in answer.outcome.issues]


def test_they_are_found_by_name(tmp_path, make) -> None:
    """A package that needs a terminology finds this one by the name of the port."""
    (tmp_path / "s.json").write_bytes(dumps(make.system(URL, make.concept("a", "Alpha"))))
    validator = ports.find("code-validator", "embedded")(tmp_path)
    assert validator.validate_code(Coding(URL, "a")).valid
    assert ports.find("translator", "embedded")(tmp_path).translate(Coding(URL, "a"), MAP).matches == ()


@pytest.mark.parametrize(
    ("coding", "value_set", "found"),
    [
        (Coding(URL, "a"), "", []),
        (Coding(URL, "a"), SET, []),
        (Coding(URL, "nope"), "", ["SAM-TRM-302"]),
        (Coding(URL, "b"), SET, ["SAM-TRM-303"]),
        (Coding("http://example.org/other", "a"), "", ["SAM-TRM-301"]),
        (Coding(URL, "a"), "http://example.org/none", ["SAM-TRM-307"]),
        (Coding(URL, "a", "Wrong"), "", ["SAM-TRM-304"]),
    ],
)
def test_the_validator_says_why_not(catalog, coding, value_set, found) -> None:
    """Each reason is a finding of its own."""
    answer = code_validator(catalog).validate_code(coding, value_set)
    assert set(codes(answer)) == set(found)
    assert answer.valid == (not found)


def test_the_translator_gives_targets_and_reasons(catalog) -> None:
    """Targets with R4's equivalence; an unknown map or an unmapped code is a finding."""
    port = translator(catalog)
    found = port.translate(Coding(URL, "a"), MAP)
    assert [(each.coding.code, each.equivalence) for each in found.matches] == [("x", "wider")]
    assert codes(port.translate(Coding(URL, "b"), MAP))
    assert codes(port.translate(Coding(URL, "a"), "http://example.org/none"))


def test_a_model_is_taken_where_a_dict_is(catalog) -> None:
    """A fhir.resources model is a value set like any other."""
    model = ValueSet(status="active", url=SET, compose={"include": [{"system": URL}]})
    assert expand(catalog, model).codes() == [(URL, "a"), (URL, "b")]
    assert Catalog().add(model).value_set(SET)["url"] == SET
