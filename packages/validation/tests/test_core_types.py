"""Types: elements, cardinality, choices, primitives, and JSON's own shapes."""

import pytest

from samspil_core import Outcome
from samspil_validation import Report, Validator, findings, findings_rules

CASES = {
    "a plain patient is valid": ({"name": [{"family": "Hansen"}], "birthDate": "1948-01-01"}, []),
    "an element the type lacks is told at the element that has it": ({"nam": []}, [("SAM-VAL-103", "Patient")]),
    "a repeating element is an array": ({"name": {"family": "A"}}, [("SAM-VAL-105", "Patient.name")]),
    "an element that does not repeat is no array": ({"gender": ["male"]}, [("SAM-VAL-106", "Patient.gender")]),
    "an array is not empty": ({"name": []}, [("SAM-VAL-107", "Patient.name")]),
    "an object is not empty": ({"name": [{}]}, [("SAM-VAL-108", "Patient.name[0]")]),
    "an id alone is no content": ({"name": [{"id": "n"}]}, [("SAM-VAL-108", "Patient.name[0]")]),
    "null stands for nothing": ({"gender": None}, [("SAM-VAL-109", "Patient.gender")]),
    "null among values needs a sibling": (
        {"name": [{"given": ["A", None]}]},
        [("SAM-VAL-109", "Patient.name[0].given[1]")],
    ),
    "null among values with a sibling is fine": (
        {
            "name": [
                {
                    "given": ["A", None],
                    "_given": [None, {"id": "x", "extension": [{"url": "http://example.org/e", "valueCode": "x"}]}],
                }
            ]
        },
        None,
    ),
    "an id alone is no value, nor stands it for one": (
        {"_birthDate": {"id": "x"}, "name": [{"given": ["A", None], "_given": [None, {"id": "y"}]}]},
        [("SAM-VAL-108", "Patient.birthDate"), ("SAM-VAL-108", "Patient.name[0].given[1]")],
    ),
    "an id beside a value is fine": ({"birthDate": "2020", "_birthDate": {"id": "x"}}, None),
    "a needed element is missed where it belongs": (
        {"contact": [{"name": {"family": "A"}}]},
        [("SAM-VAL-110", "Patient.contact[0]")],
    ),
    "a choice is made once": (
        {"deceasedBoolean": True, "deceasedDateTime": "2020"},
        [("SAM-VAL-112", "Patient.deceased")],
    ),
    "a choice of a type that is not there is unknown": (
        {"deceasedString": "x"},
        [("SAM-VAL-103", "Patient")],
    ),
    "a value of a choice stands under the element's name": (
        {"deceasedDateTime": "yesterday"},
        [("SAM-VAL-201", "Patient.deceased")],
    ),
    "a date is of the calendar": ({"birthDate": "2023-02-29"}, [("SAM-VAL-201", "Patient.birthDate")]),
    "a boolean is no text": ({"active": "true"}, [("SAM-VAL-202", "Patient.active")]),
    "a text is no number": ({"name": [{"family": 7}]}, [("SAM-VAL-202", "Patient.name[0].family")]),
    "an object is no text": ({"name": ["Hansen"]}, [("SAM-VAL-104", "Patient.name[0]")]),
    "a required code is of its value set": ({"gender": "m"}, [("SAM-VAL-210", "Patient.gender")]),
    "a code below another is in the value set": ({"gender": "unknown"}, []),
    "an invariant is told where it fails": (
        {"contact": [{"relationship": [{"text": "aunt"}]}]},
        [("SAM-VAL-301", "Patient.contact[0]")],
    ),
    "a reference leads to a type that is allowed": (
        {"managingOrganization": {"reference": "Patient/1"}},
        [("SAM-VAL-401", "Patient.managingOrganization")],
    ),
    "an absolute reference tells its type too": (
        {"managingOrganization": {"reference": "http://server/fhir/Patient/1/_history/2"}},
        [("SAM-VAL-401", "Patient.managingOrganization")],
    ),
    "a contained resource is used": (
        {"contained": [{"resourceType": "Organization", "id": "o", "name": "O"}]},
        [("SAM-VAL-411", "Patient.contained[0]")],
    ),
    "a contained resource that is used is fine": (
        {
            "contained": [{"resourceType": "Organization", "id": "o", "name": "O"}],
            "managingOrganization": {"reference": "#o"},
        },
        [],
    ),
    "a reference to a contained resource tells its type": (
        {
            "contained": [{"resourceType": "Patient", "id": "o", "active": True}],
            "managingOrganization": {"reference": "#o"},
        },
        [("SAM-VAL-401", "Patient.managingOrganization")],
    ),
    "a contained resource contains none": (
        {
            "contained": [
                {
                    "resourceType": "Organization",
                    "id": "o",
                    "name": "#p",
                    "contained": [{"resourceType": "Organization", "id": "p", "name": "P"}],
                }
            ],
            "managingOrganization": {"reference": "#o"},
        },
        [("SAM-VAL-410", "Patient.contained[0]")],
    ),
    "a profile that nobody has leaves the verdict open": (
        {"meta": {"profile": ["http://example.org/nobody"]}, "active": True},
        [("SAM-VAL-310", "Patient")],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_type(name, validator, told):
    content, wanted = CASES[name]
    found = told(validator, {"resourceType": "Patient", **content})
    if wanted is None:
        assert not any(code.startswith("SAM-VAL-1") and code != "SAM-VAL-130" for code, _ in found)
    else:
        assert found == wanted


@pytest.mark.parametrize("resource", [None, 7, "x", [], {}, {"resourceType": 3}, {"resourceType": "Alien"}])
def test_what_is_no_resource_gets_an_outcome(resource, validator):
    assert not validator.validate(resource).ok


def test_depth_gets_an_outcome(validator):
    top = {"resourceType": "Bundle", "type": "collection"}
    at = top
    for _ in range(2000):
        at["entry"] = [{"resource": {"resourceType": "Bundle", "type": "collection"}}]
        at = at["entry"][0]["resource"]
    assert [each.code for each in validator.validate(top)] == ["SAM-VAL-116"]


def test_nothing_undecided_reads_as_valid(validator):
    report = validator.examine(
        {"resourceType": "Patient", "meta": {"profile": ["http://example.org/nobody"]}, "active": True}
    )
    assert report.outcome.ok
    assert report.verdict == "undecided"
    assert [each.code for each in report.undecided] == ["SAM-VAL-310"]


def test_what_a_rule_could_not_decide_does_not_read_as_valid_either():
    incomplete = [each for each in vars(findings).values() if getattr(each, "issue_type", "") == "incomplete"]
    incomplete += [each for each in vars(findings_rules).values() if getattr(each, "issue_type", "") == "incomplete"]
    assert len(incomplete) > len(findings_rules.UNDECIDED_BY_RULES)
    for each in incomplete:
        assert Report(Outcome((each.at(),))).verdict == "undecided"


def test_a_profile_the_caller_asks_for_must_be_there(validator, told):
    found = told(validator, {"resourceType": "Patient", "active": True}, "http://example.org/nobody")
    assert found == [("SAM-VAL-314", "Patient")]


def test_entries_of_a_bundle_find_each_other(validator, told):
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [
            {
                "fullUrl": "urn:uuid:6a0f0f5e-6f37-4d0f-9c6c-111111111111",
                "resource": {"resourceType": "Patient", "id": "p", "active": True},
            },
            {
                "fullUrl": "http://server/fhir/Patient/q",
                "resource": {
                    "resourceType": "Patient",
                    "id": "q",
                    "managingOrganization": {"reference": "urn:uuid:6a0f0f5e-6f37-4d0f-9c6c-111111111111"},
                },
            },
        ],
    }
    assert told(validator, bundle) == [("SAM-VAL-401", "Bundle.entry[1].resource.managingOrganization")]


@pytest.mark.parametrize("system", ["http://example.org/cs/gender", "http://example.org/vs/gender", "", [], None, 1])
@pytest.mark.parametrize("code", ["male", "nobody", [], {}, None, 1])
def test_a_coding_of_any_shape_is_decided_with_all_rules(system, code, small_core):
    patient = {"resourceType": "Patient", "maritalStatus": {"coding": [{"system": system, "code": code}]}}
    found = [each.code for each in Validator(small_core).validate(patient)]
    assert findings.INTERNAL.code not in found
    assert ("SAM-VAL-590" in found) == (system == "http://example.org/cs/gender" and code == "nobody")
