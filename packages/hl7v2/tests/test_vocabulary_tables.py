"""The vocabulary tables as data: well formed, complete, within what FHIR R4 allows."""

from importlib.resources import files

import pytest

from samspil_hl7v2 import facts
from samspil_hl7v2.r4.elements import r4

PACKAGE = "samspil_hl7v2"
GUIDE = "tables/guide"
SNOMED = "http://snomed.info/sct"
FOLDER = files(PACKAGE).joinpath(GUIDE, "vocabulary")
NAMES = sorted(one.name for one in FOLDER.iterdir() if one.name.endswith(".csv") and one.name != "index.csv")


def table(name: str) -> list[list[str]]:
    return list(facts.rows(PACKAGE, f"{GUIDE}/{name}"))


@pytest.mark.parametrize("name", NAMES)
def test_each_row_maps_one_code_to_one_target(name: str) -> None:
    """Rows have six cells, a code, a target and an absolute system; SNOMED CT stands apart, without terms."""
    rows = table(f"vocabulary/{name}")
    assert rows
    assert len({row[0] for row in rows}) == len(rows)
    for code, target, system, display, when, _note in rows:
        assert code.strip() == code != ""
        assert target.strip() == target != ""
        assert system.startswith(("http://", "https://", "urn:"))
        assert (system == SNOMED) == name.endswith(".snomed.csv")
        assert not (system == SNOMED and display)
        assert not when


def test_the_index_names_every_table() -> None:
    """The index lists all maps of the guide, those without a usable row too."""
    listed = {row[0] for row in table("vocabulary/index.csv")}
    assert {name.removesuffix(".csv").removesuffix(".snomed") for name in NAMES} <= listed


@pytest.mark.parametrize(
    ("name", "root", "path"),
    [
        ("AdministrativeSex", "Patient", "gender"),
        ("AddressType[Type]", "Address", "type"),
        ("AddressType[Use]", "Address", "use"),
        ("NameType", "HumanName", "use"),
        ("TelecommunicationUseCode", "ContactPoint", "use"),
        ("TelecommunicationEquipmentType", "ContactPoint", "system"),
        ("ObservationResultStatusCodesInterpretation", "Observation", "status"),
        ("ResultStatus[Non-Queries]", "DiagnosticReport", "status"),
        ("OrderStatus", "ServiceRequest", "status"),
        ("OrderControlCode[ServiceRequest.status]", "ServiceRequest", "status"),
        ("ExtendedPriorityCodes", "ServiceRequest", "priority"),
        ("PatientClass[EncounterStatus]", "Encounter", "status"),
        ("Event[EncounterStatus]", "Encounter", "status"),
        ("FillerStatusCodes[Appointment]", "Appointment", "status"),
        ("CompletionStatus", "Immunization", "status"),
        ("AllergyType", "AllergyIntolerance", "type"),
        ("AllergenType[AllergyIntoleranceCategory]", "AllergyIntolerance", "category"),
        ("AllergySeverity[AllergyIntolerance.criticality]", "AllergyIntolerance", "criticality"),
        ("AllergySeverity[AllergyIntolerance.reaction.severity]", "AllergyIntolerance", "reaction.severity"),
        ("YesNoIndicator[AvailabilityStatus]", "Specimen", "status"),
    ],
)
def test_targets_are_codes_of_the_element(name: str, root: str, path: str) -> None:
    """What is written to a closed code element is among its codes, the default too."""
    defaults = {row[0]: row[3] for row in table("vocabulary/index.csv")}
    targets = {row[1] for row in table(f"vocabulary/{name}.csv")} | {defaults[name]} - {""}
    assert targets <= (r4().codes(root, path) or frozenset())


def test_coding_system_names_are_unique_and_in_capitals() -> None:
    """Names are looked up without regard to case."""
    rows = table("coding-systems.csv")
    assert len({name for name, _ in rows}) == len(rows)
    assert all(name == name.upper() for name, _ in rows)
    assert ["LN", "http://loinc.org"] in rows
