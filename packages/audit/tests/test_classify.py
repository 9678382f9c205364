"""What a resource is, told by tables: category, origins, patients."""

from pathlib import Path
from typing import Any

import pytest

from samspil_audit.classify import load_tables, touched

TABLES = load_tables()
OBSERVATION = "http://terminology.hl7.org/CodeSystem/observation-category"
SERVICE = "http://terminology.hl7.org/CodeSystem/v2-0074"


def coded(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


LABELLED = [
    ({"resourceType": "Patient"}, "patient-summary"),
    ({"resourceType": "AllergyIntolerance"}, "patient-summary"),
    ({"resourceType": "MedicationRequest"}, "electronic-prescription"),
    ({"resourceType": "MedicationDispense"}, "electronic-dispensation"),
    ({"resourceType": "ImagingStudy"}, "medical-imaging"),
    ({"resourceType": "Observation", "category": [coded(OBSERVATION, "laboratory")]}, "test-result"),
    ({"resourceType": "Observation", "category": [coded(OBSERVATION, "imaging")]}, "medical-imaging"),
    ({"resourceType": "Observation", "category": [coded(OBSERVATION, "vital-signs")]}, "patient-summary"),
    ({"resourceType": "Observation", "category": [coded("urn:x", "laboratory")]}, "unclassified"),
    ({"resourceType": "Observation"}, "unclassified"),
    ({"resourceType": "DiagnosticReport", "category": [coded(SERVICE, "RAD")]}, "medical-imaging"),
    ({"resourceType": "DiagnosticReport", "category": [coded(SERVICE, "LAB")]}, "test-result"),
    ({"resourceType": "DocumentReference", "type": coded("http://loinc.org", "18842-5")}, "discharge-report"),
    ({"resourceType": "Composition", "type": coded("http://loinc.org", "60591-5")}, "patient-summary"),
    ({"resourceType": "Basic"}, "unclassified"),
    (
        {
            "resourceType": "Bundle",
            "type": "document",
            "entry": [{"resource": {"resourceType": "Composition", "type": coded("http://loinc.org", "11502-2")}}],
        },
        "test-result",
    ),
]


@pytest.mark.parametrize(("resource", "category"), LABELLED, ids=lambda value: str(value)[:60])
def test_a_resource_has_the_category_of_its_row(resource: dict[str, Any], category: str) -> None:
    assert TABLES.category(resource).code == category


def test_each_category_comes_with_its_evidence() -> None:
    assert TABLES.category({"resourceType": "Basic"}).evidence == "no row for Basic"
    assert TABLES.category({"resourceType": "Observation"}).evidence == "no row fits this Observation"
    assert TABLES.category({"resourceType": "Patient"}).evidence.startswith("row 71")


def test_rows_of_your_own_come_first(tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_text(
        "id,resource,path,system,code,category,reason\nx1,Basic,code.coding,urn:x,rx,electronic-prescription,ours\n"
    )
    tables = load_tables(own)
    assert tables.category({"resourceType": "Basic", "code": coded("urn:x", "rx")}).code == "electronic-prescription"
    assert tables.category({"resourceType": "Basic"}).code == "unclassified"
    own.write_text("id,resource\nx1,Basic,too,many\n")
    with pytest.raises(ValueError, match="cells"):
        load_tables(own)


def test_origins_come_from_the_answer() -> None:
    body = {
        "resourceType": "Bundle",
        "type": "searchset",
        "entry": [
            {
                "resource": {
                    "resourceType": "Condition",
                    "id": "a",
                    "meta": {"source": "https://east.example.org#1", "versionId": "4"},
                }
            },
            {
                "resource": {
                    "resourceType": "DocumentReference",
                    "id": "b",
                    "custodian": {"reference": "Organization/west"},
                }
            },
            {
                "resource": {
                    "resourceType": "Procedure",
                    "id": "c",
                    "performer": [{"actor": {"reference": "Organization/north"}}],
                }
            },
            {"resource": {"resourceType": "Goal", "id": "d"}},
            {"resource": {"resourceType": "Flag", "id": "e"}},
            {
                "resource": {
                    "resourceType": "Provenance",
                    "id": "p",
                    "target": [{"reference": "Goal/d"}],
                    "agent": [
                        {"who": {"reference": "Practitioner/x"}, "onBehalfOf": {"reference": "Organization/south"}}
                    ],
                }
            },
            {"resource": {"resourceType": "OperationOutcome", "issue": []}},
        ],
    }
    found = {each.reference: [origin.code for origin in each.origins] for each in touched(body, TABLES)}
    assert found == {
        "Condition/a/_history/4": ["https://east.example.org"],
        "DocumentReference/b": ["Organization/west"],
        "Procedure/c": ["Organization/north"],
        "Goal/d": ["Organization/south"],
        "Flag/e": ["unknown"],
        "Provenance/p": ["unknown"],
    }
    own = {each.reference: each.origins[0] for each in touched(body, TABLES, "Organization/home")}
    assert own["Flag/e"] == ("Organization/home", "this system")


@pytest.mark.parametrize(
    ("resource", "patients"),
    [
        ({"resourceType": "Condition", "subject": {"reference": "Patient/1"}}, ["Patient/1"]),
        ({"resourceType": "Coverage", "beneficiary": {"reference": "https://x.org/fhir/Patient/2"}}, ["Patient/2"]),
        ({"resourceType": "Task", "for": {"reference": "Patient/3"}}, ["Patient/3"]),
        (
            {
                "resourceType": "Appointment",
                "participant": [{"actor": {"reference": "Patient/4"}}, {"actor": {"reference": "Practitioner/4"}}],
            },
            ["Patient/4"],
        ),
        ({"resourceType": "Patient", "id": "5", "identifier": [{"system": "s", "value": "v"}]}, ["Patient/5"]),
        ({"resourceType": "Observation", "subject": {"reference": "Location/1"}}, []),
        ({"resourceType": "Practitioner", "id": "6"}, []),
    ],
)
def test_whom_a_resource_is_about(resource: dict[str, Any], patients: list[str]) -> None:
    (found,) = touched(resource, TABLES)
    assert [patient.get("reference") for patient in found.patients] == patients


def test_a_subject_known_by_number_alone_counts() -> None:
    (found,) = touched({"resourceType": "Condition", "subject": {"identifier": {"system": "s", "value": "v"}}}, TABLES)
    assert found.patients == ({"identifier": {"system": "s", "value": "v"}},)


def test_patients_of_a_transaction_are_named_as_the_server_will_know_them() -> None:
    """An entry that is updated under an id has that id, whatever the entries call it among themselves."""
    patient = {"resourceType": "Patient", "id": "p"}
    seen = {"resourceType": "Observation", "subject": {"reference": "urn:uuid:1"}}
    entries = [
        {"fullUrl": "urn:uuid:1", "resource": patient, "request": {"method": "PUT", "url": "Patient/p"}},
        {"fullUrl": "urn:uuid:2", "resource": seen, "request": {"method": "POST", "url": "Observation"}},
    ]
    found = touched({"resourceType": "Bundle", "type": "transaction", "entry": entries}, load_tables())
    assert [each.patients for each in found] == [({"reference": "Patient/p"},)] * 2


def test_a_resource_whose_type_is_a_concept_is_no_bundle() -> None:
    """What a DocumentReference calls its type is asked for as that of a Bundle nowhere."""
    document = {
        "resourceType": "DocumentReference",
        "type": {"coding": [{"system": "http://loinc.org", "code": "18842-5"}]},
        "subject": {"reference": "Patient/p1"},
    }
    (one,) = touched(document, TABLES)
    assert (one.category.code, one.patients) == ("discharge-report", ({"reference": "Patient/p1"},))
