"""How places of HL7's validator cases are compared with ours."""

import pytest

from samspil_core.outcome import Kind
from tools.validator_cases import Check, located, perfect, places, plain, verdict

WRONG = Kind("SAM-VAL-999", "error", "invalid", "t", "f", "t", "f")
HINT = Kind("SAM-VAL-998", "warning", "invalid", "t", "f", "t", "f")


def check(state, expected, *found):
    errors = [{"expression": each, "text": "x", "tx": False} for each in expected]
    errors.append({"expression": "Patient.tx", "text": "only a server knows", "tx": True})
    return Check(
        {"id": "c", "expected": {"base": {"valid_without_tx": state == "valid", "errors": errors}}}, "base", found
    )


@pytest.mark.parametrize(
    ("place", "ours"),
    [
        ("Bundle.entry[0].resource/*Patient/p*/.name[0]", "Bundle.entry[0].resource.name[0]"),
        ("Observation.value.ofType(Coding).code", "Observation.value.code"),
        ("Patient.extension[1][url='http://x|1.0']", "Patient.extension[1]"),
        ("CodeSystem.concept[0].property[0].value[x]", "CodeSystem.concept[0].property[0].value"),
    ],
)
def test_places_are_written_alike(place, ours):
    assert plain(place) == ours


def test_the_verdict_is_whether_there_is_an_error():
    assert verdict(check("valid", [], HINT.at("Patient"))) is None
    assert verdict(check("invalid", ["Patient"], WRONG.at("Patient.name"))) is None
    assert verdict(check("valid", [], WRONG.at("Patient.name"))) == "false errors: SAM-VAL-999 Patient.name"
    assert verdict(check("invalid", ["Patient"], HINT.at("Patient"))) == "missed: Patient: x"


def test_every_place_expected_must_be_found():
    found = check("invalid", ["Patient.a", "Patient.b"], WRONG.at("Patient.a"), WRONG.at("Patient.c"))
    assert located(found) == "not found at Patient.b"
    more = check("invalid", ["Patient.a"], WRONG.at("Patient.a"), WRONG.at("Patient.c"))
    assert located(more) is None
    assert not perfect(more)
    assert perfect(check("invalid", ["Patient.a"], WRONG.at("Patient.a"), HINT.at("Patient.c")))


def test_paths_of_xml_match_without_indexes():
    wanted, found = places(check("invalid", ["/f:Group/f:characteristic"], WRONG.at("Group.characteristic[0]")))
    assert wanted == found
    wanted, found = places(check("invalid", ["(xml)"], WRONG.at("")))
    assert wanted == found
