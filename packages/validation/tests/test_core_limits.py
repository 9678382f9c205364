"""Least lengths, what may stand for a value, canonicals, codes that are extensions alone, entries of several slices."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from samspil_validation import findings, findings_rules
from samspil_validation.checks.constants import same
from samspil_validation.checks.rivals import exclusive

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


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        ({}, True),
        ({"valueString": "x"}, False),
        ({"_valueString": {"extension": [{"url": REASON, "valueCode": "unknown"}]}}, False),
        ({"extension": [{"url": "part", "valueString": "x"}]}, False),
        ({"extension": [{"url": "part", "valueString": "x"}], "valueString": "x"}, True),
    ],
)
@pytest.mark.parametrize("name", ["extension", "modifierExtension"])
def test_an_extension_has_a_value_or_extensions(validator, name, content, wrong):
    patient = {**PATIENT, name: [{"url": "http://example.org/any", **content}]}
    found = {(each.code, each.where) for each in validator.validate(patient)}
    assert (("SAM-VAL-136", f"Patient.{name}[0]") in found) is wrong


@pytest.mark.parametrize(
    ("expression", "patient", "met"),
    [
        ("extension('urn:x').exists()", {"birthDate": "2020", "_birthDate": "urn:x"}, True),
        ("extension('urn:x').exists()", {"birthDate": "2020", "_birthDate": "urn:y"}, False),
        ("extension('urn:x').exists()", {"birthDate": "2020"}, False),
        ("hasValue()", {"_birthDate": "urn:x"}, False),
        ("hasValue() or extension('urn:x').exists()", {"_birthDate": "urn:x"}, True),
        ("toString().length() = 4", {"birthDate": "2020", "_birthDate": "urn:x"}, True),
        ("$this > @2019", {"birthDate": "2020", "_birthDate": "urn:x"}, True),
    ],
)
def test_an_invariant_of_a_primitive_sees_its_extensions(with_profile, define, expression, patient, met):
    rule = {"key": "b-1", "severity": "error", "human": "b", "expression": expression}
    validator = with_profile("Patient", [define("Patient.birthDate", "0..1", "date", constraint=[rule])])
    if "_birthDate" in patient:
        beside = {"extension": [{"url": patient["_birthDate"], "valueCode": "x"}]}
        patient = {**patient, "_birthDate": beside}
    found = {(each.code, each.where) for each in validator.validate({**PATIENT, **patient}, [URL])}
    assert (("SAM-VAL-301", "Patient.birthDate") in found) is not met


@pytest.mark.parametrize(
    ("limits", "value", "code"),
    [
        ({"minValueDate": "1900-01-01"}, "1900", None),
        ({"minValueDate": "1900-01-02"}, "1900-01-01", "SAM-VAL-206"),
        ({"minValueDate": "1900-02"}, "1900-01-31", "SAM-VAL-206"),
        ({"minValueDate": "1900-01-01"}, "1899", "SAM-VAL-206"),
        ({"minValueDate": "1900-06"}, "1900", "SAM-VAL-206"),
        ({"minValueDate": "1900-06-15"}, "1900-06", "SAM-VAL-206"),
        ({"maxValueDate": "1900-06-15"}, "1900-06", None),
        ({"maxValueDate": "2020-06"}, "2020-06-30", None),
        ({"maxValueDate": "2020-06"}, "2020-07-01", "SAM-VAL-207"),
        ({"maxValueDate": "2020-06-01"}, "2020", None),
        ({"maxValueDate": "2020-06-01"}, "2021", "SAM-VAL-207"),
    ],
)
def test_a_date_stands_for_its_first_day_and_a_limit_takes_in_its_month(with_profile, define, limits, value, code):
    validator = with_profile("Patient", [define("Patient.birthDate", "0..1", "date", **limits)])
    found = {each.code for each in validator.validate({**PATIENT, "birthDate": value}, [URL])}
    assert found & {"SAM-VAL-206", "SAM-VAL-207"} == ({code} if code else set())


@pytest.mark.parametrize(
    ("limit", "value", "code"),
    [
        ("2020-01-01T12:00:00Z", "2020-01-01T12:30:00+01:00", None),
        ("2020-01-01T12:00:00Z", "2020-01-01T11:30:00-01:00", "SAM-VAL-207"),
        ("2020-01-01T12:00:00Z", "2020-01-01", None),
        ("2020-01-01", "2020-01-01T23:00:00Z", None),
        ("2020-01-01", "2020-01-02T00:00:00Z", "SAM-VAL-207"),
    ],
)
def test_instants_are_compared_across_zones(with_profile, define, limit, value, code):
    validator = with_profile("Patient", [define("Patient.deceased[x]", "0..1", "dateTime", maxValueDateTime=limit)])
    found = {each.code for each in validator.validate({**PATIENT, "deceasedDateTime": value}, [URL])}
    assert found & {"SAM-VAL-207"} == ({code} if code else set())


def test_a_constant_is_told_at_each_part_that_differs(with_profile, define, told):
    fixed = {"family": "A", "given": ["B"], "use": "usual"}
    validator = with_profile("Patient", [define("Patient.name", "0..*", "HumanName", fixedHumanName=fixed)])
    patient = {**PATIENT, "name": [{"family": "C", "given": ["B"], "use": "old", "period": {"start": "2020"}}]}
    assert [each for each in told(validator, patient, URL) if each[0] == "SAM-VAL-204"] == [
        ("SAM-VAL-204", "Patient.name[0].family"),
        ("SAM-VAL-204", "Patient.name[0].use"),
        ("SAM-VAL-204", "Patient.name[0].period"),
    ]
    assert told(validator, {**PATIENT, "name": [fixed]}, URL) == []


@pytest.mark.parametrize(
    ("value", "fixed", "equal"),
    [
        (Decimal("1.0"), 1, False),
        (Decimal("1.0"), Decimal("1.00"), False),
        (Decimal("1.0"), Decimal("1.0"), True),
        (1, 1, True),
        (True, 1, False),
        (1, True, False),
        ("1", 1, False),
        ({"a": [1]}, {"a": [1]}, True),
    ],
)
def test_the_digits_of_a_number_belong_to_its_value(value, fixed, equal):
    assert same(value, fixed) is equal


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ({"system": "a"}, {"system": "b"}, True),
        ({"coding": [{"code": "a"}]}, {"coding": [{"code": "b"}]}, False),
        ({"coding": [{"code": "a"}], "text": "x"}, {"coding": [{"code": "b"}], "text": "y"}, True),
        ({"system": "a"}, {"code": "b"}, False),
    ],
)
def test_two_patterns_of_lists_may_be_met_side_by_side(one, other, apart):
    assert exclusive([[[], ["pattern", one]]], [[[], ["pattern", other]]]) is apart


@pytest.mark.parametrize(
    ("strength", "content", "code"),
    [
        ("extensible", {"text": "x"}, "SAM-VAL-215"),
        ("preferred", {"text": "x"}, None),
        ("extensible", {"coding": [{"system": "http://a", "code": "z"}]}, "SAM-VAL-213"),
    ],
)
def test_the_greatest_value_set_of_an_extensible_binding_asks_for_a_code(with_profile, define, strength, content, code):
    greatest = {"url": "http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet"}
    value_set = "http://example.org/vs/greatest"
    binding = {
        "strength": strength,
        "valueSet": "http://example.org/vs/some",
        "extension": [{**greatest, "valueCanonical": value_set}],
    }
    concept = {"include": [{"system": "http://a", "concept": [{"code": "a"}]}]}
    sets = [
        {"resourceType": "ValueSet", "url": url, "status": "active", "compose": concept}
        for url in (value_set, binding["valueSet"])
    ]
    element = define("Patient.maritalStatus", "0..1", "CodeableConcept", binding=binding)
    validator = with_profile("Patient", [element], *sets)
    found = {each.code for each in validator.validate({**PATIENT, "maritalStatus": content}, [URL])}
    assert found & {"SAM-VAL-213", "SAM-VAL-215"} == ({code} if code else set())


def test_every_kind_of_finding_is_raised_somewhere():
    folder = Path(findings.__file__).parent
    sources = "\n".join(each.read_text(encoding="utf-8") for each in folder.rglob("*.py"))
    kinds = [name for module in (findings, findings_rules) for name in vars(module) if name.isupper()]
    assert [name for name in kinds if len(re.findall(rf"\b{name}\b", sources)) == 1] == []
