"""Least lengths, what may stand for a value, canonicals, codes that are extensions alone, entries of several slices."""

import pytest

URL = "http://example.org/profile"
PATIENT = {"resourceType": "Patient", "active": True}
LEAST = {"url": "http://hl7.org/fhir/StructureDefinition/minLength", "valueInteger": 3}
REASON = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
ALTERNATIVE = {
    "url": "http://hl7.org/fhir/5.0/StructureDefinition/extension-ElementDefinition.valueAlternatives",
    "valueCanonical": REASON,
}


def test_a_text_is_as_long_as_a_profile_asks(with_profile, define, told):
    validator = with_profile("Organization", [define("Organization.name", "0..1", "string", extension=[LEAST])])
    assert told(validator, {"resourceType": "Organization", "name": "ab"}, URL) == [
        ("SAM-VAL-208", "Organization.name")
    ]
    assert told(validator, {"resourceType": "Organization", "name": "abc"}, URL) == []


@pytest.mark.parametrize("key", ["valueAlternatives", "extension"])
def test_only_the_extensions_that_a_profile_names_stand_for_a_value(with_profile, define, key):
    said = {"valueAlternatives": [REASON]} if key == "valueAlternatives" else {"extension": [ALTERNATIVE]}
    validator = with_profile("Patient", [define("Patient.active", "0..1", "boolean", **said)])

    def codes(url):
        patient = {"resourceType": "Patient", "_active": {"extension": [{"url": url, "valueCode": "x"}]}}
        return {each.code for each in validator.validate(patient, [URL]) if each.severity == "error"}

    assert codes("http://example.org/other") == {"SAM-VAL-217"}
    assert codes(REASON) == set()


@pytest.mark.parametrize(
    ("profile", "wrong"),
    [("http://x", False), ("#p", False), ("urn:uuid:x", False), ("StructureDefinition/x", True), ("x", True)],
)
def test_a_canonical_is_absolute_or_of_a_contained_resource(validator, profile, wrong):
    found = {each.code for each in validator.validate({**PATIENT, "meta": {"profile": [profile]}})}
    assert ("SAM-VAL-209" in found) is wrong


@pytest.mark.parametrize(("named", "wrong"), [("#o", False), ("#x", True), ("#", False)])
def test_a_canonical_of_a_contained_resource_leads_to_one(validator, named, wrong):
    organization = {"resourceType": "Organization", "id": "o", "name": "O"}
    patient = {**PATIENT, "contained": [organization], "meta": {"profile": [named]}}
    found = {each.code for each in validator.validate(patient)}
    assert ("SAM-VAL-219" in found) is wrong


def test_a_required_code_that_is_an_extension_alone_is_a_warning(validator):
    extension = {"extension": [{"url": "http://example.org/x", "valueCode": "x"}]}
    found = {each.code: each for each in validator.validate({**PATIENT, "_gender": extension})}
    assert found["SAM-VAL-218"].severity == "warning"
    assert found["SAM-VAL-218"].where == "Patient.gender"
    assert "SAM-VAL-218" not in {
        each.code for each in validator.validate({**PATIENT, "gender": "male", "_gender": extension})
    }


def test_an_entry_that_two_slices_take_is_told(with_profile, define, told):
    slicing = {"discriminator": [{"type": "pattern", "path": "$this"}], "rules": "open"}
    validator = with_profile(
        "Patient",
        [
            define("Patient.identifier", "0..*", "Identifier", slicing=slicing),
            define("Patient.identifier:a", "0..*", "Identifier", patternIdentifier={"system": "http://a"}),
            define("Patient.identifier:b", "0..*", "Identifier", patternIdentifier={"use": "official"}),
            define("Patient.identifier:c", "0..*", "Identifier", patternIdentifier={"system": "http://c"}),
        ],
    )
    both = {"system": "http://a", "use": "official", "value": "1"}
    assert told(validator, {**PATIENT, "identifier": [both]}, URL) == [("SAM-VAL-126", "Patient.identifier[0]")]
    assert told(validator, {**PATIENT, "identifier": [{"system": "http://a", "value": "1"}]}, URL) == []
