"""Rows of the guide that R4 leaves room for are carried out, where the plain reading of R4 seems to speak against them."""

from typing import Any

import pytest

from samspil_hl7v2 import convert

MSH = r"MSH|^~\&|LAB|NORTH|||202405011200+0200||ORU^R01^ORU_R01|1|P|2.5.1"
ABSENT = [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]


def made(type_: str, *lines: str, header: str = MSH) -> list[dict[str, Any]]:
    """Give the resources of a type that a message becomes; nothing of it may be reported but what is named."""
    done = convert("\r".join([header, *lines]))
    assert done.bundle is not None
    return [entry["resource"] for entry in done.bundle["entry"] if entry["resource"]["resourceType"] == type_]


@pytest.mark.parametrize(
    ("authority", "system"),
    [
        ("EPJ", "urn:id:EPJ"),
        ("EPJ NORTH", "urn:id:EPJ%20NORTH"),
        ("EPJ&1.2.208.1&ISO", "urn:oid:1.2.208.1"),
        ("EPJ&not an oid&ISO", "urn:id:EPJ"),
        ("&ward7&ISO", "urn:id:ward7"),
        ("&1.2.208.1&ISO", "urn:oid:1.2.208.1"),
    ],
)
def test_an_authority_without_a_uri_gives_a_system_of_its_own(authority, system):
    """HD[uri] takes HD.1 as the system; an Identifier.system is an absolute URI, so it becomes a local one."""
    (patient,) = made("Patient", f"PID|1||4711^^^{authority}^MR")
    assert [each.get("system") for each in patient["identifier"]] == [system]


def test_an_ordering_facility_that_is_not_named_is_an_organization():
    """ORC-22 and ORC-23 are the address and telephone of the requester's organization, with a name that is absent."""
    order = "ORC|RE|1|2|||||||||||||||||||HARBOUR STREET 1^^AARHUS^^8000^DK^B|^WPN^PH^^^^123"
    (organization,) = [
        each
        for each in made("Organization", "PID|1||1^^^X", order, "OBR|1|1|2|A^B^L||||||||||||||||||||||F")
        if "address" in each
    ]
    assert organization["address"][0]["city"] == "AARHUS"
    assert organization["telecom"][0]["value"] == "123"
    assert organization["_name"] == {"extension": ABSENT}
    assert made("ServiceRequest", "PID|1||1^^^X", order, "OBR|1|1|2|A^B^L")[0]["requester"]


def test_the_contact_person_of_an_organization_that_is_not_named():
    """NK1-30 to NK1-32 are the contact of the organization that is next of kin; the related person has them too."""
    lines = [
        "PID|1||1^^^X",
        "NK1|1|LIND^ADA" + "|" * 28 + "HOLM^IDA|^WPN^PH^^^^123|HARBOUR STREET 1^^AARHUS^^8000^DK^B",
    ]
    (organization,) = [each for each in made("Organization", *lines) if "contact" in each]
    (contact,) = organization["contact"]
    assert contact["name"]["family"] == "HOLM"
    assert contact["telecom"][0]["value"] == "123"
    assert contact["address"]["city"] == "AARHUS"
    assert organization["_name"] == {"extension": ABSENT}
    (patient,) = made("Patient", *lines)
    assert patient["contact"][0]["organization"]
    assert patient["contact"][0]["name"]["family"] == "LIND"


def test_the_country_of_a_sender_that_is_not_named():
    """MSH-17 is the country of the sending organization."""
    (header,) = made("MessageHeader", header=MSH.replace("|NORTH|", "||") + "|||||DK")
    (sender,) = made("Organization", header=MSH.replace("|NORTH|", "||") + "|||||DK")
    assert sender["address"] == [{"country": "DK"}]
    assert sender["_name"] == {"extension": ABSENT}
    assert header["sender"]


@pytest.mark.parametrize(
    ("street", "lines"),
    [
        ("HARBOUR STREET 1", ["HARBOUR STREET 1"]),
        ("HARBOUR STREET 1&Harbour Street&1", ["HARBOUR STREET 1"]),
        ("THE MILL&HARBOUR STREET&1", ["THE MILL", "HARBOUR STREET", "1"]),
        ("4861&HARBOUR STREET&48", ["4861", "HARBOUR STREET", "48"]),
        ("&HARBOUR STREET&1", ["HARBOUR STREET 1"]),
    ],
)
def test_street_and_house_number_are_lines_unless_the_first_line_has_them(street, lines):
    """SAD.2 and SAD.3 are lines two and three; what SAD.1 says already is no line again."""
    (patient,) = made("Patient", f"PID|1||1^^^X||LIND||||||{street}^FLAT 2^AARHUS")
    assert patient["address"][0]["line"] == [*lines, "FLAT 2"]


@pytest.mark.parametrize(
    ("said", "language"), [("da", "da"), ("^^^da", "da"), ("en^^^da", "en"), ("^^^^^^^^Danish", None), ("^^^dan", "da")]
)
def test_the_language_of_a_message_may_be_its_alternate_code(said, language):
    """CWE[code] takes CWE.4 where CWE.1 is empty."""
    (header,) = made("MessageHeader", header=f"{MSH}|||||||{said}")
    assert header.get("language") == language


def test_the_unit_of_a_composite_quantity_is_its_original_text():
    """CWE[string], by which CQ.2 becomes the unit, takes CWE.9 before CWE.2."""
    (specimen,) = made(
        "Specimen", "PID|1||1^^^X", "OBR|1|1|2|A^B^L", "SPM|1|||BLD||||||||3^mL&millilitre&UCUM&&&&&&a little"
    )
    quantity = specimen["collection"]["quantity"]
    assert (quantity["value"], quantity["unit"], quantity["code"]) == (3, "a little", "mL")


@pytest.mark.parametrize(
    ("status", "element"), [("active", "status"), ("Inactive", "status"), ("C", "operationalStatus")]
)
def test_the_status_of_a_location_is_fhirs_own_or_that_of_the_bed(status, element):
    """PL.5 is the status or availability of a location: FHIR's own codes are Location.status, others operationalStatus."""
    locations = made("Location", "PID|1||1^^^X", f"PV1|1|I|W1^2^3^H^{status}")
    told = [each for each in locations if {"status", "operationalStatus"} & each.keys()]
    assert [
        (each["physicalType"]["coding"][0]["code"], {"status", "operationalStatus"} & each.keys()) for each in told
    ] == [("bd", {element})]
    if element == "status":
        assert told[0]["status"] == status.lower()


def test_a_number_that_is_written_out_is_the_value_of_a_contact_point():
    """XTN.12 is the value, and the parts beside it are extensions of it; without it the parts are joined."""
    (patient,) = made(
        "Patient", "PID|1||1^^^X||LIND||||||||^PRN^PH^^45^86^123456^^^^^+45 8612 3456~^PRN^PH^^45^86^123456"
    )
    written, joined = patient["telecom"]
    assert (written["value"], joined["value"]) == ("+45 8612 3456", "+45 86 123456")
    assert [each["valueString"] for each in written["extension"]] == ["45", "86", "123456"]


@pytest.mark.parametrize("field", ["ORC", "OBR"])
def test_only_a_telephone_is_the_callback_phone_number_of_an_order(field):
    """The extension of the guide takes telephones alone (clb-1); any other callback is kept beside it."""
    callback = "^WPN^PH^^^^123~^NET^Internet^a@example.org~^WPN^FX^^^^456~789"
    order = {"ORC": f"ORC|RE|1|2|||||||||||{callback}", "OBR": "ORC|RE|1|2"}[field]
    request = {"ORC": "OBR|1|1|2|A^B^L", "OBR": f"OBR|1|1|2|A^B^L|||||||||||||{callback}"}[field]
    (made_of_it,) = made("ServiceRequest", "PID|1||1^^^X", order, request)
    told = {
        name: [each["valueContactPoint"] for each in made_of_it["extension"] if each["url"].endswith(name)]
        for name in ("order-callback-phone-number", "order-callback")
    }
    assert {each["system"] for each in told["order-callback-phone-number"]} == {"phone"}
    assert [each["value"] for each in told["order-callback-phone-number"]] == ["123", "789"]
    assert [(each["system"], each["value"]) for each in told["order-callback"]] == [
        ("email", "a@example.org"),
        ("fax", "456"),
    ]


def test_a_message_that_names_no_sender_has_a_source_whose_endpoint_is_absent():
    """MSH-3 and MSH-24 are empty: the guide's rows 32 and 33 say so with data-absent-reason."""
    (header,) = made("MessageHeader", header=MSH.replace("|LAB|", "||"))
    assert header["source"] == {"_endpoint": {"extension": ABSENT}}


@pytest.mark.parametrize(
    ("kind", "segment", "type_"),
    [
        ("RDE^O11", "RXE||A^B^L|1||mg", "MedicationRequest"),
        ("VXU^V04", "RXA|0|1|20240501||03^MMR^CVX|1", "Immunization"),
    ],
)
def test_the_business_event_of_another_order_than_a_service_is_an_extension_of_ours(kind, segment, type_):
    """The extension businessEvent is defined for ServiceRequest and DiagnosticReport alone."""
    (order,) = made(type_, "PID|1||1^^^X", "ORC|NW|1|2", segment, header=MSH.replace("ORU^R01^ORU_R01", kind))
    (control,) = [each for each in order["extension"] if each["url"] == "urn:samspil:v2:order-control"]
    assert control["valueCodeableConcept"]["coding"] == [
        {"code": "NW", "system": "http://terminology.hl7.org/CodeSystem/v2-0119"}
    ]
    assert not [each for each in order["extension"] if each["url"].endswith("businessEvent")]


@pytest.mark.parametrize(
    ("indicator", "labels"),
    [
        ("Y", [{"code": "R", "system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"}]),
        ("N", None),
        ("SEC", [{"code": "SEC"}]),
    ],
)
def test_a_protection_that_is_neither_yes_nor_no_is_the_label_itself(indicator, labels):
    """PV2-22 becomes meta.security; yes and no are no labels."""
    (encounter,) = made("Encounter", "PID|1||1^^^X", "PV1|1|I", f"PV2{'|' * 22}{indicator}")
    assert encounter.get("meta", {}).get("security") == labels


def test_the_security_of_a_message_can_be_searched_by_its_code():
    """MSH-8 names no code system: its text is code and display of the label."""
    (header,) = made("MessageHeader", "PID|1||1^^^X", header=MSH.replace("+0200||", "+0200|SECRET|"))
    assert header["meta"]["security"] == [{"code": "SECRET", "display": "SECRET"}]


def test_an_order_of_oul_is_one_though_its_orc_follows_the_obr():
    """OUL_R22 has OBR before ORC: status and numbers are those of the one order, and the next OBR has its own."""
    orders = made(
        "ServiceRequest",
        "PID|1||1^^^X",
        "SPM|1|S1||BLD",
        "OBR|1|P1|F1|1^X^L",
        "ORC|RE|P1|F1||CM",
        "OBR|2|P2|F2|2^Y^L",
        "ORC|RE|P2|F2||IP",
        header=MSH.replace("ORU^R01^ORU_R01", "OUL^R22^OUL_R22"),
    )
    assert [(each["code"]["coding"][0]["code"], each["status"]) for each in orders] == [
        ("1", "completed"),
        ("2", "active"),
    ]
    assert [[number["value"] for number in each["identifier"]] for each in orders] == [["P1", "F1"], ["P2", "F2"]]


@pytest.mark.parametrize("structure", ["OUL_R21", "OUL_R22", "OUL_R23", "OUL_R24"])
@pytest.mark.parametrize("results", [[], ["OBX|1|ST|9^Z^L||v||||||F"]], ids=["", "with results"])
def test_an_order_of_oul_is_one_though_its_orc_is_before_the_obr(structure: str, results: list[str]):
    """Senders write ORC first in OUL_R22 to R24 too: its numbers and status are never those of the order before."""
    specimen = ["SPM|1|S1||BLD", "SAC|||C1"] if structure in {"OUL_R22", "OUL_R23"} else []
    orders = made(
        "ServiceRequest",
        "PID|1||1^^^X",
        *specimen,
        "ORC|RE|P1|F1||CM",
        "OBR|1|P1|F1|1^X^L",
        *results,
        "ORC|RE|P2|F2||IP",
        "OBR|2|P2|F2|2^Y^L",
        *results,
        header=MSH.replace("ORU^R01^ORU_R01", f"OUL^{structure[4:]}^{structure}"),
    )
    assert [(each["code"]["coding"][0]["code"], each["status"]) for each in orders] == [
        ("1", "completed"),
        ("2", "active"),
    ]
    assert [[number["value"] for number in each["identifier"]] for each in orders] == [["P1", "F1"], ["P2", "F2"]]


def test_two_results_that_say_the_same_are_two():
    """Nothing is dropped: a second segment with the same content is a second measurement, in this order or in the next."""
    lines = [
        "PID|1||1^^^X",
        "OBR|1|P1|F1|1^X^L",
        *["OBX|1|ST|9^Z^L||v||||||F"] * 3,
        "OBR|2|P2|F2|1^X^L",
        "OBX|1|ST|9^Z^L||v||||||F",
    ]
    results = made("Observation", *lines)
    assert len({each["id"] for each in results}) == len(results) == 4
    assert [len(each["result"]) for each in made("DiagnosticReport", *lines)] == [3, 1]
    assert results == made("Observation", *lines)


def test_results_of_one_instance_identifier_are_one():
    """OBX-21 tells one observation from another."""
    lines = ["PID|1||1^^^X", "OBR|1|P1|F1|1^X^L", *["OBX|1|ST|9^Z^L||v||||||F||||||||||U1^LAB"] * 2]
    assert len(made("Observation", *lines)) == 1


@pytest.mark.parametrize("between", [[], ["NTE|1||note"], ["TQ1|1||||||20240501"]], ids=["", "NTE", "TQ1"])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_results_are_of_their_own_order_though_its_orc_is_behind_the_obr(number: int, between: list[str]):
    """In ORU the ORC comes first; a sender that writes OBR first must not get the results of one order into the next."""
    orders = [
        [f"OBR|{at}|P{at}|F{at}|{at}^X^L", f"ORC|RE|P{at}|F{at}||CM", *between, f"OBX|1|ST|9^Z^L||v{at}||||||F"]
        for at in range(1, number + 1)
    ]
    lines = ["PID|1||1^^^X", *(line for order in orders for line in order)]
    results = {each["id"]: each["valueString"] for each in made("Observation", *lines)}
    reports = made("DiagnosticReport", *lines)
    told = [
        (
            [each["value"] for each in report["identifier"]],
            report["code"]["coding"][0]["code"],
            [results[each["reference"].removeprefix("urn:uuid:")] for each in report["result"]],
        )
        for report in reports
    ]
    assert told == [([f"P{at}", f"F{at}"], str(at), [f"v{at}"]) for at in range(1, number + 1)]


def test_a_request_is_one_with_its_timing_though_its_orc_is_behind_the_obr():
    """OMG_O19 with OBR first: numbers, priority and time are those of the order's own OBR."""
    lines = [
        line
        for at in (1, 2)
        for line in (f"OBR|{at}|P{at}|F{at}|{at}^X^L", f"ORC|NW|P{at}|F{at}", f"TQ1|1||||||2024050{at}")
    ]
    header = MSH.replace("ORU^R01^ORU_R01", "OMG^O19^OMG_O19")
    requests = made("ServiceRequest", "PID|1||1^^^X", *lines, header=header)
    told = {
        (
            number["value"],
            request.get("code", {}).get("coding", [{}])[0].get("code"),
            request.get("occurrenceDateTime", ""),
        )
        for request in requests
        for number in request["identifier"]
    }
    assert {(number[1], code) for number, code, _ in told if code} == {("1", "1"), ("2", "2")}
    assert {(number[1], time[-1]) for number, _, time in told if time} <= {("1", "1"), ("2", "2")}
