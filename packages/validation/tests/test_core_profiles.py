"""Profiles: cardinality, constants, slices by every kind of discriminator, extensions, references."""

import pytest

from samspil_validation import Settings, Validator

URL = "http://example.org/profile"
PATIENT = {"resourceType": "Patient", "active": True}


def sliced(define, kind, path, *slices, rules="open", **more):
    slicing = {"discriminator": [{"type": kind, "path": path}], "rules": rules, **more}
    return [define("Patient.identifier", "0..*", "Identifier", slicing=slicing), *slices]


def by_system(define, name, system, cardinality="0..1"):
    slice_ = define(f"Patient.identifier:{name}", cardinality, "Identifier")
    return [slice_, define(f"Patient.identifier:{name}.system", "1..1", "uri", fixedUri=system)]


def identifiers(*systems):
    return {**PATIENT, "identifier": [{"system": each, "value": "1"} for each in systems]}


def test_a_profile_may_ask_for_an_element(with_profile, define, told):
    validator = with_profile("Patient", [define("Patient.birthDate", "1..1", "date")])
    assert told(validator, PATIENT, URL) == [("SAM-VAL-110", "Patient")]
    assert told(validator, {**PATIENT, "birthDate": "1948"}, URL) == []


def test_a_profile_may_forbid_an_element(with_profile, define, told):
    validator = with_profile("Patient", [define("Patient.active", "0..0", "boolean")])
    assert told(validator, PATIENT, URL) == [("SAM-VAL-111", "Patient")]


def test_a_profile_may_leave_one_type_of_a_choice(with_profile, define, told):
    validator = with_profile("Patient", [define("Patient.deceased[x]", "0..1", "boolean")])
    assert told(validator, {**PATIENT, "deceasedDateTime": "2020"}, URL) == [("SAM-VAL-115", "Patient.deceased")]


def test_a_fixed_value_is_met_exactly_and_told_at_the_differing_part(with_profile, define, told):
    fixed = {"coding": [{"system": "http://s", "code": "m"}], "text": "m"}
    validator = with_profile(
        "Patient", [define("Patient.maritalStatus", "0..1", "CodeableConcept", fixedCodeableConcept=fixed)]
    )
    assert told(validator, {**PATIENT, "maritalStatus": fixed}, URL) == []
    other = {**fixed, "text": "x"}
    assert told(validator, {**PATIENT, "maritalStatus": other}, URL) == [("SAM-VAL-204", "Patient.maritalStatus.text")]


def test_a_pattern_allows_more_than_it_asks_for(with_profile, define, told):
    pattern = {"coding": [{"code": "m"}]}
    validator = with_profile(
        "Patient", [define("Patient.maritalStatus", "0..1", "CodeableConcept", patternCodeableConcept=pattern)]
    )
    more = {"coding": [{"system": "http://s", "code": "x"}, {"system": "http://s", "code": "m"}], "text": "t"}
    assert told(validator, {**PATIENT, "maritalStatus": more}, URL) == []
    assert told(validator, {**PATIENT, "maritalStatus": {"text": "t"}}, URL) == [
        ("SAM-VAL-205", "Patient.maritalStatus")
    ]


def test_a_slice_is_counted(with_profile, define, told):
    validator = with_profile("Patient", sliced(define, "value", "system", *by_system(define, "a", "http://a", "1..1")))
    assert told(validator, identifiers("http://a", "http://other"), URL) == []
    assert told(validator, identifiers("http://other"), URL) == [("SAM-VAL-120", "Patient")]
    assert told(validator, identifiers("http://a", "http://a"), URL) == [("SAM-VAL-121", "Patient")]


def test_a_closed_slicing_refuses_what_fits_no_slice(with_profile, define, told):
    slices = by_system(define, "a", "http://a")
    validator = with_profile("Patient", sliced(define, "value", "system", *slices, rules="closed"))
    assert told(validator, identifiers("http://a", "http://b"), URL) == [("SAM-VAL-122", "Patient.identifier[1]")]


def test_open_at_end_wants_the_others_last(with_profile, define, told):
    slices = by_system(define, "a", "http://a")
    validator = with_profile("Patient", sliced(define, "value", "system", *slices, rules="openAtEnd"))
    assert told(validator, identifiers("http://a", "http://b"), URL) == []
    assert told(validator, identifiers("http://b", "http://a"), URL) == [("SAM-VAL-124", "Patient.identifier[1]")]


def test_ordered_slices_stand_in_their_order(with_profile, define, told):
    slices = [*by_system(define, "a", "http://a"), *by_system(define, "b", "http://b")]
    validator = with_profile("Patient", sliced(define, "value", "system", *slices, ordered=True))
    assert told(validator, identifiers("http://a", "http://b"), URL) == []
    assert told(validator, identifiers("http://b", "http://a"), URL) == [("SAM-VAL-123", "Patient.identifier[1]")]


def test_a_slice_by_presence(with_profile, define, told):
    slice_ = define("Patient.identifier:used", "0..1", "Identifier")
    use = define("Patient.identifier:used.use", "1..1", "code")
    validator = with_profile("Patient", sliced(define, "exists", "use", slice_, use))
    twice = {**PATIENT, "identifier": [{"use": "usual"}, {"use": "official"}, {"value": "1"}]}
    assert told(validator, twice, URL) == [("SAM-VAL-121", "Patient")]


def test_a_slice_by_type_of_a_choice(with_profile, define, told):
    slicing = {"discriminator": [{"type": "type", "path": "$this"}], "rules": "open"}
    elements = [
        define("Patient.deceased[x]", "0..1", "boolean|dateTime", slicing=slicing),
        define("Patient.deceased[x]:deceasedBoolean", "0..1", "boolean", fixedBoolean=False),
    ]
    validator = with_profile("Patient", elements)
    assert told(validator, {**PATIENT, "deceasedBoolean": True}, URL) == [("SAM-VAL-204", "Patient.deceased")]
    assert told(validator, {**PATIENT, "deceasedDateTime": "2020"}, URL) == []


def test_a_slice_by_position(with_profile, define, told):
    first = define("Patient.identifier:first", "0..1", "Identifier")
    use = define("Patient.identifier:first.use", "1..1", "code")
    validator = with_profile("Patient", sliced(define, "position", "$this", first, use))
    assert told(validator, {**PATIENT, "identifier": [{"value": "1"}, {"value": "2"}]}, URL) == [
        ("SAM-VAL-110", "Patient.identifier[0]")
    ]


def test_a_reslice_divides_its_slice_by_the_same_discriminators(with_profile, define, told):
    slicing = {
        "discriminator": [{"type": "value", "path": "system"}, {"type": "value", "path": "use"}],
        "rules": "open",
    }
    elements = [
        define("Patient.identifier", "0..*", "Identifier", slicing=slicing),
        *by_system(define, "a", "http://a", "0..*"),
        define("Patient.identifier:a/old", "0..1", "Identifier"),
        define("Patient.identifier:a/old.system", "1..1", "uri", fixedUri="http://a"),
        define("Patient.identifier:a/old.use", "1..1", "code", fixedCode="old"),
    ]
    validator = with_profile("Patient", elements)
    several = {**PATIENT, "identifier": [{"system": "http://a", "use": use} for use in ("old", "usual", "usual")]}
    assert told(validator, several, URL) == []
    several["identifier"][1]["use"] = "old"
    assert told(validator, several, URL) == [("SAM-VAL-121", "Patient")]


EXTENSION = "http://example.org/extension"


def extension(define, context="Patient", **facts):
    """An extension with a text as its value."""
    from copy import deepcopy

    elements = [define("Extension", "0..*"), define("Extension.url", "1..1", "uri", fixedUri=EXTENSION)]
    elements.append(define("Extension.value[x]", "1..1", "string"))
    elements[0].update(deepcopy(facts))
    return {
        "resourceType": "StructureDefinition",
        "url": EXTENSION,
        "name": "E",
        "status": "active",
        "kind": "complex-type",
        "abstract": False,
        "type": "Extension",
        "derivation": "constraint",
        "context": [{"type": "element", "expression": context}],
        "snapshot": {"element": elements},
    }


@pytest.mark.parametrize(
    ("context", "content", "wanted"),
    [
        ("Patient", {"extension": [{"url": EXTENSION, "valueString": "x"}]}, []),
        ("HumanName", {"name": [{"extension": [{"url": EXTENSION, "valueString": "x"}]}]}, []),
        ("Patient.birthDate", {"_birthDate": {"extension": [{"url": EXTENSION, "valueString": "x"}]}}, []),
        ("Element", {"name": [{"extension": [{"url": EXTENSION, "valueString": "x"}]}]}, []),
        (
            "Organization",
            {"extension": [{"url": EXTENSION, "valueString": "x"}]},
            [("SAM-VAL-133", "Patient.extension[0]")],
        ),
        (
            "Patient",
            {"extension": [{"url": EXTENSION, "valueBoolean": True}]},
            [("SAM-VAL-115", "Patient.extension[0].value")],
        ),
        (
            "Patient",
            {"modifierExtension": [{"url": EXTENSION, "valueString": "x"}]},
            [("SAM-VAL-134", "Patient.modifierExtension[0]")],
        ),
        (
            "Patient",
            {"extension": [{"url": "http://x.test/e", "valueString": "x"}]},
            [("SAM-VAL-130", "Patient.extension[0]")],
        ),
        (
            "Patient",
            {"modifierExtension": [{"url": "http://x.test/e", "valueString": "x"}]},
            [("SAM-VAL-132", "Patient.modifierExtension[0]")],
        ),
        ("Patient", {"extension": [{"url": "inner", "valueString": "x"}]}, [("SAM-VAL-137", "Patient.extension[0]")]),
    ],
)
def test_extensions(context, content, wanted, with_profile, define):
    """An extension is known, of its type, and in its place; otherwise that is told."""
    validator = with_profile("Patient", [], extension(define, context))
    found = validator.validate({**PATIENT, **content})
    assert [(each.code, each.where) for each in found] == wanted


def test_a_reference_stays_where_aggregation_allows_it(with_profile, define, told):
    kept = {
        "code": "Reference",
        "targetProfile": ["http://hl7.org/fhir/StructureDefinition/Organization"],
        "aggregation": ["contained"],
    }
    validator = with_profile("Patient", [define("Patient.managingOrganization", "0..1", "", type=[kept])])
    outside = {**PATIENT, "managingOrganization": {"reference": "Organization/1"}}
    assert told(validator, outside, URL) == [("SAM-VAL-404", "Patient.managingOrganization")]
    inside = {
        **PATIENT,
        "contained": [{"resourceType": "Organization", "id": "o", "name": "O"}],
        "managingOrganization": {"reference": "#o"},
    }
    assert told(validator, inside, URL) == []


def test_aggregation_binds_outside_bundles_when_it_is_asked_to(with_profile, define, told):
    kept = {"code": "Reference", "aggregation": ["bundled"]}
    profile = with_profile("Patient", [define("Patient.managingOrganization", "0..1", "", type=[kept])])
    outside = {**PATIENT, "managingOrganization": {"reference": "Organization/1"}}
    found = {}
    for asked in (True, False):
        validator = Validator(profile.schema.definitions, settings=Settings(aggregation_outside_bundles=asked))
        found[asked] = [code for code, _ in told(validator, outside, URL)]
    assert found == {True: ["SAM-VAL-404"], False: []}


def test_a_fetched_target_is_held_against_profiles_when_that_is_asked_for(with_profile, define, told):
    named = "http://example.org/named"
    elements = [define("Organization", "0..*"), define("Organization.name", "1..1", "string")]
    other = {**PROFILE_OF_ORGANIZATION, "url": named, "snapshot": {"element": elements}}
    kept = {"code": "Reference", "targetProfile": [named]}
    profile = with_profile("Patient", [define("Patient.managingOrganization", "0..1", "", type=[kept])], other)
    patient = {**PATIENT, "managingOrganization": {"reference": "Organization/1"}}
    fetched = {"resourceType": "Organization", "id": "1", "identifier": [{"value": "1"}]}
    found = {}
    for asked in ("type", "profile"):
        settings = Settings(fetched_targets=asked)
        validator = Validator(profile.schema.definitions, settings=settings, fetch={"Organization/1": fetched}.get)
        found[asked] = [code for code, _ in told(validator, patient, URL)]
    assert found == {"type": [], "profile": ["SAM-VAL-406"]}


PROFILE_OF_ORGANIZATION = {
    "resourceType": "StructureDefinition",
    "name": "N",
    "status": "active",
    "kind": "resource",
    "abstract": False,
    "type": "Organization",
    "derivation": "constraint",
}


def test_the_target_of_a_reference_meets_its_profile(with_profile, define, told):
    named = "http://example.org/named"
    elements = [define("Organization", "0..*"), define("Organization.name", "1..1", "string")]
    organization = {**PROFILE_OF_ORGANIZATION, "url": named, "snapshot": {"element": elements}}
    kept = {"code": "Reference", "targetProfile": [named]}
    validator = with_profile("Patient", [define("Patient.managingOrganization", "0..1", "", type=[kept])], organization)
    patient = {
        **PATIENT,
        "contained": [{"resourceType": "Organization", "id": "o", "identifier": [{"value": "1"}]}],
        "managingOrganization": {"reference": "#o"},
    }
    assert told(validator, patient, URL) == [("SAM-VAL-406", "Patient.managingOrganization")]
    patient["contained"][0]["name"] = "O"
    assert told(validator, patient, URL) == []


def test_a_profile_of_another_type_is_refused(with_profile, told):
    validator = with_profile("Organization", [])
    assert told(validator, PATIENT, URL) == [("SAM-VAL-311", "Patient")]


def test_a_finding_names_the_profile_it_comes_from(with_profile, define):
    from samspil_validation.report import operation_outcome

    validator = with_profile("Patient", [define("Patient.birthDate", "1..1", "date")])
    rendered = operation_outcome(validator.validate(PATIENT, [URL]), file="p.json")
    authority = "http://hl7.org/fhir/StructureDefinition/operationoutcome-authority"
    assert rendered["issue"][0]["extension"] == [{"url": authority, "valueUri": URL}]
    assert rendered["issue"][0]["expression"] == ["Patient"]
