"""The layers `dk` and `se` that travel in the package."""

from typing import Any

import pytest

from samspil_hl7v2 import convert
from samspil_hl7v2.mapping.layers import NATIONAL, shipped_folder
from samspil_hl7v2.mapping.making import faults_of
from samspil_hl7v2.mapping.reading import read_layer
from samspil_hl7v2.mapping.sets import load_mapping

PROFILE = "http://hl7.dk/fhir/core/StructureDefinition/dk-core-patient"


def resources(layer: str, type_: str, *lines: str) -> list[dict[str, Any]]:
    message = "\r".join([r"MSH|^~\&|PAS|TH|||20240115120000||ADT^A01|1|P|2.5", "EVN||20240115", *lines])
    bundle = convert(message, mapping=load_mapping(layer)).bundle
    return [entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == type_]


@pytest.mark.parametrize("name", NATIONAL)
def test_a_national_layer_passes_the_schema_and_compiles(name: str) -> None:
    """Every row is what the schema wants and fits FHIR R4, in every message table."""
    assert read_layer(shipped_folder(name)).name == name
    tables = load_mapping(name).tables
    assert faults_of(tables, tables.messages) == []


@pytest.mark.parametrize(
    ("identifier", "system", "value"),
    [
        ("010203-1234^^^CPR", "urn:oid:1.2.208.176.1.2", "0102031234"),
        ("0102031234^^^^NNDNK", "urn:oid:1.2.208.176.1.2", "0102031234"),
        ("0102031234^^^&1.2.208.176.1.2&ISO", "urn:oid:1.2.208.176.1.2", "0102031234"),
        ("01020A^^^CPR", "urn:oid:1.2.208.176.1.2", "01020A"),
        ("AB1234^^^X-ECPR", "urn:oid:1.2.208.176.1.6.1.1", "AB1234"),
        ("AB1234^^^D-ECPR", "urn:oid:1.2.208.176.1.6.1.3", "AB1234"),
        ("77^^^LOCAL", "urn:id:LOCAL", "77"),
    ],
)
def test_danish_persons(identifier: str, system: str, value: str) -> None:
    """Numbers of Danish registers get their systems; only a well-formed CPR number claims the profile."""
    (patient,) = resources("dk", "Patient", f"PID|1||{identifier}||Berggren^Nancy")
    assert patient["identifier"][0].get("system") == system
    assert patient["identifier"][0]["value"] == value
    assert (patient.get("meta", {}).get("profile") == [PROFILE]) == (value == "0102031234")


def test_danish_codes_organizations_and_times() -> None:
    """SKS is a coding system, SOR a register, and times are those of Copenhagen."""
    lines = [
        "PID|1||1^^^LOCAL||Berggren^Nancy",
        "PD1|||Klinik^^^^^SOR^^^^123456",
        "PV1|1|I",
        "DG1|1||DI109^Hypertension^SKS",
    ]
    (condition,) = resources("dk", "Condition", *lines)
    assert condition["code"]["coding"][0]["system"] == "urn:oid:1.2.208.176.2.4"
    (header,) = resources("dk", "MessageHeader", *lines)
    assert header
    systems = [i.get("system") for o in resources("dk", "Organization", *lines) for i in o.get("identifier", ())]
    assert "urn:oid:1.2.208.176.1.1" in systems


@pytest.mark.parametrize(
    ("identifier", "system"),
    [
        ("191212121212^^^&1.2.752.129.2.1.3.1&ISO", "http://electronichealth.se/identifier/personnummer"),
        ("191212721212^^^&1.2.752.129.2.1.3.3&ISO", "http://electronichealth.se/identifier/samordningsnummer"),
        ("191212121212^^^PNR", "http://electronichealth.se/identifier/personnummer"),
        ("7^^^&1.2.3.4.5&ISO", "urn:oid:1.2.3.4.5"),
    ],
)
def test_swedish_persons(identifier: str, system: str) -> None:
    """Numbers of Swedish registers get the systems of the Swedish base profiles."""
    (patient,) = resources("se", "Patient", f"PID|1||{identifier}||Berggren^Nancy")
    assert [each.get("system") for each in patient["identifier"]] == [system]


def test_swedish_staff() -> None:
    """An HSA id is known by the name of its register."""
    (doctor,) = resources("se", "Practitioner", "PID|1||1^^^L||B^N", "PV1|1|I|||||SE231-1^Ek^Lars^^^^^^HSA")
    assert doctor["identifier"][0]["system"] == "urn:oid:1.2.752.29.4.19"
