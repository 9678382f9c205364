"""One message in, one bundle out: an admission and a laboratory report of our own."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

import pytest
from fhir.resources.R4B.bundle import Bundle

from samspil_core.testing import FakeTranslator
from samspil_core.values import Coding
from samspil_hl7v2 import Conversion, Report, Unmapped, convert, convert_all
from samspil_hl7v2.conversion import message_type
from samspil_hl7v2.message import Message, parse

CPH = "Europe/Copenhagen"
MSH = r"MSH|^~\&|PAS^1.2.208.999.1^ISO|TH|HUB|REG|20240315093000||ADT^A01^ADT_A01|M1|P|2.5.1"
PID = (
    "PID|1||2512489996^^^CPR&1.2.208.176.1.2&ISO^NNDNK~A123^^^TH^MR||Berggren^Nancy^Ann||19481225|F|||"
    "Vej 1^^Ærøskøbing^^5970^DK^H|||||M"
)
PV1 = "PV1|1|I|M2^12^A^TH||||||||||||||||V1^^^TH"
ADT = [MSH, "EVN|A01|20240315093000", PID, PV1]
ORU = [
    r"MSH|^~\&|LAB|TH|HUB|REG|20240315100000+0100||ORU^R01^ORU_R01|M2|P|2.5.1",
    PID,
    "OBR|1|P7|F7|NPU01566^Blodprøve^NPU|||20240315080000|||||||||||||||20240315095000|||F",
]


def converted(lines: list[str], **options: Any) -> Conversion:
    return convert("\r".join(lines), **{"timezone": CPH, **options})


def resources(conversion: Conversion, type_: str) -> list[dict[str, Any]]:
    assert conversion.bundle is not None
    found = [entry["resource"] for entry in conversion.bundle["entry"]]
    return [resource for resource in found if resource["resourceType"] == type_]


def one(lines: list[str], type_: str, **options: Any) -> dict[str, Any]:
    (resource,) = resources(converted(lines, **options), type_)
    return resource


def reasons(conversion: Conversion) -> dict[str, str]:
    return {each.position: each.reason for each in conversion.report.unmapped}


def codes(conversion: Conversion) -> set[str]:
    return {issue.code for issue in conversion.outcome}


# -- the patient --


def test_identifiers() -> None:
    """Each PID-3 becomes an identifier: the system from the authority's OID or name, the type from table 0203."""
    number, local = one(ADT, "Patient")["identifier"]
    assert (number["system"], number["value"]) == ("urn:oid:1.2.208.176.1.2", "2512489996")
    assert number["type"]["coding"][0] == {
        "code": "NNDNK",
        "system": "http://terminology.hl7.org/CodeSystem/v2-0203",
    }
    assert (local["system"], local["value"]) == ("urn:id:TH", "A123")
    assert local["assigner"]["reference"].startswith("urn:uuid:")


def test_name_birth_date_gender_and_address() -> None:
    """Name, date of birth, gender and address arrive as they were sent."""
    patient = one(ADT, "Patient")
    assert patient["name"] == [{"family": "Berggren", "given": ["Nancy", "Ann"]}]
    assert patient["birthDate"] == "1948-12-25"
    assert patient["gender"] == "female"
    assert patient["address"] == [
        {"line": ["Vej 1"], "city": "Ærøskøbing", "postalCode": "5970", "country": "DK", "use": "home"}
    ]


@pytest.mark.parametrize(
    ("code", "gender"), [("M", "male"), ("F", "female"), ("O", "other"), ("A", "other"), ("U", "unknown")]
)
def test_gender(code: str, gender: str) -> None:
    """Codes of table 0001 become codes of FHIR."""
    assert one([MSH, f"PID|||1||X||19481225|{code}"], "Patient")["gender"] == gender


def test_a_code_outside_a_required_binding_is_kept_beside_the_element() -> None:
    """A sex that FHIR's gender has no code for stands in an extension of the patient, and the gender stays empty."""
    patient = one([MSH, "PID|||1||X||19481225|Q"], "Patient")
    assert "gender" not in patient
    (extension,) = patient["extension"]
    assert extension["url"] == "urn:samspil:v2:administrative-sex"
    assert extension["valueCodeableConcept"]["coding"][0]["code"] == "Q"


def test_a_code_that_an_element_does_not_know_is_reported() -> None:
    """A required code without a counterpart is left out and reported, with a finding."""
    conversion = converted([MSH, f"PID|||1||X{'|' * 25}perhaps"])
    assert not any(name.startswith("deceased") for name in resources(conversion, "Patient")[0])
    assert reasons(conversion)["PID-30"] == "code-unmapped"
    assert "SAM-HL7-202" in codes(conversion)
    assert conversion.report.status == "partial"


def test_a_code_of_a_concept_stays_with_its_translation() -> None:
    """A code in a CodeableConcept has its translation before it; without one it stays as it came."""
    known, other = (one([MSH, f"PID|||1||X|||||||||||{code}"], "Patient")["maritalStatus"] for code in "MÆ")
    assert [coding["system"].rpartition("/")[2] for coding in known["coding"]] == ["v3-MaritalStatus", "v2-0002"]
    assert other["coding"] == [{"code": "Æ", "system": "urn:id:HL70002"}]


def test_the_encounter() -> None:
    """PV1 becomes an Encounter of the patient, its place a chain of Locations."""
    conversion = converted(ADT)
    (encounter,) = resources(conversion, "Encounter")
    assert encounter["class"]["code"] == "IMP"
    assert encounter["status"] == "in-progress"
    assert [each["identifier"][0]["value"] for each in resources(conversion, "Location")] == ["TH", "M2", "12", "A"]


# -- results --


def observation(obx: str) -> dict[str, Any]:
    return one([*ORU, obx], "Observation")


def value(type_: str, text: str) -> dict[str, Any]:
    """The value elements of an Observation with this OBX-2 and OBX-5."""
    made = observation(f"OBX|1|{type_}|C^T^L||{text}|mmol/L|||||F")
    return {name: item for name, item in made.items() if name.startswith("value")}


@pytest.mark.parametrize(
    ("type_", "text", "expected"),
    [
        ("NM", "7.40", {"valueQuantity": {"value": Decimal("7.40"), "unit": "mmol/L"}}),
        ("NM", "seven", {"valueString": "seven"}),
        ("SN", "<^4", {"valueQuantity": {"comparator": "<", "value": Decimal(4), "unit": "mmol/L"}}),
        ("SN", "^7", {"valueQuantity": {"value": Decimal(7), "unit": "mmol/L"}}),
        ("ST", r"a\T\b", {"valueString": "a&b"}),
        ("FT", r"a\.br\b", {"valueString": "a\nb"}),
        ("TX", "x", {"valueString": "x"}),
        ("CWE", "A^B^LN", {"valueCodeableConcept": {"coding": [{"code": "A", "display": "B"}]}}),
        ("CE", "A^B^LN", {"valueCodeableConcept": {"coding": [{"code": "A", "display": "B"}]}}),
        ("DT", "20240101", {"valueDateTime": "2024-01-01"}),
        ("DTM", "202401011000+0100", {"valueDateTime": "2024-01-01T10:00:00+01:00"}),
        ("TM", "1030", {"valueTime": "10:30:00"}),
        ("DR", "2024^2025", {"valuePeriod": {"start": "2024", "end": "2025"}}),
        ("NR", "1^2", {"valueRange": {"low": {"value": Decimal(1)}, "high": {"value": Decimal(2)}}}),
        ("", "plain", {"valueString": "plain"}),
        ("XX", "odd", {"valueString": "odd"}),
    ],
)
def test_value_by_type(type_: str, text: str, expected: dict[str, Any]) -> None:
    """OBX-2 decides what the value of an Observation is."""
    found = value(type_, text)
    if "valueCodeableConcept" in found:
        assert found["valueCodeableConcept"]["coding"][0].pop("system") == "http://loinc.org"
    assert found == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"^4', {"valueQuantity": {"value": Decimal(4), "unit": "mmol/L"}}),
        (
            '"^1^:^3',
            {
                "valueRatio": {
                    "extension": [
                        {"url": "http://hl7.org/fhir/StructureDefinition/originalText", "valueString": "1 : 3"}
                    ],
                    "numerator": {"value": Decimal(1), "unit": "mmol/L"},
                    "denominator": {"value": Decimal(3), "unit": "mmol/L"},
                }
            },
        ),
    ],
)
def test_a_lone_quotation_mark_for_a_comparator_is_a_broken_null(text: str, expected: dict[str, Any]) -> None:
    """The number stands as with the null that was meant, and a finding names the place of the mark."""
    assert value("SN", text) == expected
    conversion = converted([*ORU, f"OBX|1|SN|C^T^L||{text}|mmol/L|||||F"])
    assert [each.where for each in conversion.outcome.issues if each.code == "SAM-HL7-209"] == ["OBX-5.1"]


@pytest.mark.parametrize("text", ["<>^4", "+^4", "''^4"])
def test_no_number_stands_beside_a_sign_that_fhir_lacks(text: str) -> None:
    """A sign that is no comparator of FHIR may change what the number says."""
    assert "value" not in value("SN", text).get("valueQuantity", {})


def test_a_decimal_keeps_its_digits_in_the_json() -> None:
    """7.40 stays 7.40 to the last digit."""
    assert b'"value":7.40,' in converted([*ORU, "OBX|1|NM|C^T^L||7.40|mmol/L|||||F"]).json()


def test_range_flag_status_and_note() -> None:
    """Reference range, interpretation and status are the Observation's, and a note after the OBX is its own."""
    made = observation("OBX|1|NM|C^T^L||1|mmol/L|2-3|L|||C\rNTE|1||ved behov")
    assert made["referenceRange"][0]["text"] == "2-3"
    assert made["interpretation"][0]["coding"][0]["code"] == "L"
    assert made["status"] == "corrected"
    assert [note["text"] for note in made["note"]] == ["ved behov"]


def test_results_are_of_the_patient_and_in_the_report() -> None:
    """Each Observation refers to the patient, and the DiagnosticReport to each Observation."""
    conversion = converted([*ORU, "OBX|1|NM|A^A^L||1||||||F", "OBX|2|NM|B^B^L||2||||||F"])
    assert conversion.bundle is not None
    urls = {entry["resource"]["resourceType"]: entry["fullUrl"] for entry in conversion.bundle["entry"]}
    made = resources(conversion, "Observation")
    assert {each["subject"]["reference"] for each in made} == {urls["Patient"]}
    (report,) = resources(conversion, "DiagnosticReport")
    assert len(report["result"]) == 2
    assert report["subject"]["reference"] == urls["Patient"]


def test_patients_of_one_message_keep_their_results_apart() -> None:
    """In an ORU of two patients each result is of its own patient."""
    other = "PID|1||1^^^CPR&1.2.208.176.1.2&ISO||Hansen^Bo"
    lines = [*ORU, "OBX|1|NM|A^A^L||1||||||F", other, "OBR|1|P8|F8|X^Y^L", "OBX|1|NM|A^A^L||2||||||F"]
    conversion = converted(lines)
    assert conversion.bundle is not None
    names = {e["fullUrl"]: e["resource"]["name"][0]["family"] for e in conversion.bundle["entry"] if is_patient(e)}
    found = {
        each["valueQuantity"]["value"]: each["subject"]["reference"] for each in resources(conversion, "Observation")
    }
    assert {number: names[url] for number, url in found.items()} == {1: "Berggren", 2: "Hansen"}


def is_patient(entry: dict[str, Any]) -> bool:
    return entry["resource"]["resourceType"] == "Patient"


# -- the bundle --


@pytest.mark.parametrize("lines", [ADT, [*ORU, "OBX|1|NM|A^A^L||1||||||F"]], ids=["adt", "oru"])
def test_references_resolve(lines: list[str]) -> None:
    """Every reference leads to an entry, and the models of FHIR R4B accept the bundle."""
    conversion = converted(lines)
    assert conversion.bundle is not None
    urls = {entry["fullUrl"] for entry in conversion.bundle["entry"]}
    found = set(references(conversion.bundle))
    assert found
    assert found <= urls
    Bundle.model_validate_json(conversion.json())


def references(item: Any) -> Iterator[str]:
    if isinstance(item, dict):
        if "reference" in item:
            yield item["reference"]
        item = list(item.values())
    if isinstance(item, list):
        for inner in item:
            yield from references(inner)


def test_ids_are_stable() -> None:
    """The same message gives the same ids, and a later message of the same patient the same for the patient."""

    def urls(conversion: Conversion) -> dict[str, str]:
        assert conversion.bundle is not None
        return {entry["resource"]["resourceType"]: entry["fullUrl"] for entry in conversion.bundle["entry"]}

    first, later = urls(converted(ADT)), urls(converted([MSH.replace("M1", "M9"), *ADT[1:2], PID + "|x", PV1]))
    assert first == urls(converted(ADT))
    assert first["Patient"] == later["Patient"]
    assert first["Encounter"] == later["Encounter"]
    assert first["MessageHeader"] != later["MessageHeader"]


def test_a_transaction_says_what_to_do_with_each_entry() -> None:
    """In a transaction a patient is updated by identifier, and an organisation only created where it is not known."""
    bundle = converted(ADT).bundle
    assert bundle is not None
    assert bundle["type"] == "transaction"
    requests = [(entry["resource"]["resourceType"], entry["request"]) for entry in bundle["entry"]]
    assert (
        "Patient",
        {"method": "PUT", "url": "Patient?identifier=urn%3Aoid%3A1.2.208.176.1.2%7C2512489996"},
    ) in requests
    assert "identifier=urn%3Aietf%3Arfc%3A3986%7Curn%3Aoid%3A1.2.208.176.1.2" in {
        request.get("ifNoneExist") for type_, request in requests if type_ == "Organization"
    }


def test_a_collection_has_ids_and_no_requests() -> None:
    """A collection holds the same resources with ids, and nothing to do."""
    bundle = converted(ADT, bundle_type="collection").bundle
    assert bundle is not None
    assert bundle["type"] == "collection"
    assert all("request" not in entry for entry in bundle["entry"])
    assert all(entry["fullUrl"] == f"urn:uuid:{entry['resource']['id']}" for entry in bundle["entry"])


# -- what is not carried over --


def test_an_explicit_null_is_reported_as_dropped() -> None:
    """An explicit null writes nothing, and the report says why; the message still counts as converted."""
    conversion = converted([MSH, 'PID|||1||X^""||""'])
    assert resources(conversion, "Patient")[0]["name"] == [{"family": "X"}]
    assert reasons(conversion) == {"MSH-1": "dropped", "MSH-2": "dropped", "PID-5.2": "dropped", "PID-7": "dropped"}
    assert conversion.report.status == "converted"


def test_a_z_segment_is_reported() -> None:
    """A Z-segment that no layer maps is reported, position by position."""
    conversion = converted([*ADT, "ZDK|1|a^b"])
    assert {each: why for each, why in reasons(conversion).items() if each[0] == "Z"} == dict.fromkeys(
        ("ZDK-1", "ZDK-2.1", "ZDK-2.2"), "unknown-segment"
    )
    assert conversion.report.status == "partial"
    assert conversion.outcome.ok


def test_a_date_that_is_none_is_reported() -> None:
    """A date of birth that is no date is left out and reported."""
    conversion = converted([MSH, "PID|||1||X||19480231"])
    assert "birthDate" not in resources(conversion, "Patient")[0]
    assert reasons(conversion)["PID-7"] == "not-parsable"
    assert "SAM-HL7-203" in codes(conversion)


def test_what_is_no_message_fails() -> None:
    """Without MSH there is no bundle, one finding and an empty account."""
    conversion = convert(b"PID|1")
    assert (conversion.bundle, conversion.json(), conversion.report.status) == (None, b"null", "failed")
    assert codes(conversion) == {"SAM-HL7-101"}
    assert not conversion.outcome.ok


def test_an_unknown_structure_is_converted_segment_by_segment() -> None:
    """A message type that nobody knows still gives the resources of its segments, with a warning."""
    conversion = converted([MSH.replace("ADT^A01^ADT_A01", "ZZZ^Z01"), PID])
    assert resources(conversion, "Patient")
    assert "SAM-HL7-133" in codes(conversion)


# -- options --


def test_time_zone() -> None:
    """A time without offset has that of the zone given; without one its date stands, and its text beside it."""
    lines = [*ORU[:2], "OBR|1|P|F|X^Y^L|||20240715080000"]
    lines[0] = lines[0].replace("+0100", "")
    assert one(lines, "DiagnosticReport")["effectiveDateTime"] == "2024-07-15T08:00:00+02:00"
    conversion = converted(lines, timezone=None)
    (made,) = resources(conversion, "DiagnosticReport")
    assert made["effectiveDateTime"] == "2024-07-15"
    assert made["_effectiveDateTime"]["extension"][0]["valueString"] == "20240715080000"
    assert "SAM-HL7-204" in codes(conversion)
    assert "OBR-7" not in reasons(conversion)


def test_the_offset_of_msh_7_stands_in() -> None:
    """Where no zone is given the offset of MSH-7 holds for the message."""
    lines = [*ORU[:2], "OBR|1|P|F|X^Y^L|||20240715080000"]
    assert one(lines, "DiagnosticReport", timezone=None)["effectiveDateTime"] == "2024-07-15T08:00:00+01:00"


def test_the_hour_that_comes_twice_is_reported() -> None:
    """A time in the hour that the clocks go back is read, with a warning."""
    conversion = converted([*ORU[:2], "OBR|1|P|F|X^Y^L|||20241027023000"])
    assert "SAM-HL7-205" in codes(conversion)


def test_an_unknown_zone_is_an_error() -> None:
    """A zone that does not exist is the caller's mistake."""
    with pytest.raises(ZoneInfoNotFoundError):
        converted(ADT, timezone="Europe/Atlantis")


def test_now_is_recorded() -> None:
    """The time of conversion is in Provenance where the caller gives it, and nowhere else is a clock read."""
    now = datetime(2024, 3, 15, 12, tzinfo=UTC)
    recorded = [each.get("recorded") for each in resources(converted(ADT, now=now), "Provenance")]
    assert "2024-03-15T12:00:00+00:00" in recorded
    assert b"12:00:00" not in converted(ADT).json()


def test_the_translator_is_asked_first() -> None:
    """A translator's answer goes before the tables, which stand in where it knows nothing."""
    system = "http://terminology.hl7.org/CodeSystem/v2-0001"
    translator = FakeTranslator({("urn:samspil:v2:ConceptMap:Gender", system, "F"): Coding(system="x", code="other")})
    maps = {url for coding, url in asked(translator) if coding.code == "F"}
    assert maps, "the translator was not asked for PID-8"
    known = FakeTranslator({(maps.copy().pop(), system, "F"): Coding(system="x", code="other")})
    assert one(ADT, "Patient", translator=known)["gender"] == "other"
    assert one(ADT, "Patient", translator=FakeTranslator())["gender"] == "female"


def asked(translator: FakeTranslator) -> list[tuple[Coding, str]]:
    converted(ADT, translator=translator)
    return translator.asked


def test_charset_of_the_site() -> None:
    """Bytes that declare no character set are read in that of the caller."""
    data = f"{MSH}\rPID|||1||Bjørn€".encode("iso8859-15")
    patient = resources(convert(data, charset="8859/15"), "Patient")[0]
    assert patient["name"] == [{"family": "Bjørn€"}]


def test_several_messages() -> None:
    """`convert_all` gives one conversion for each message, with the same options."""
    data = "\r".join(ADT).encode()
    first, second = convert_all([data, b"junk"], bundle_type="collection")
    assert first.bundle is not None
    assert first.bundle["type"] == "collection"
    assert second.bundle is None


def test_lineage_names_position_and_row() -> None:
    """With lineage each element tells its position, its row and the layer of the row."""
    conversion = converted(ADT, with_lineage=True)
    (trace,) = [each for each in conversion.lineage if each.element.endswith(".birthDate")]
    assert (trace.position, trace.row, trace.layer) == ("PID-7", "PID[Patient]/7a", "guide")
    assert converted(ADT).lineage == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ADT^A01^ADT_A01", ("ADT", "A01", "ADT_A01")),
        ("adt^a01", ("ADT", "A01", "")),
        ("ADT_A01", ("ADT", "A01", "")),
        ("ADT&x^A01~ORU", ("ADT", "A01", "")),
        ("", ("", "", "")),
    ],
)
def test_message_type(text: str, expected: tuple[str, str, str]) -> None:
    """MSH-9 is read in its usual forms."""
    message = parse(rf"MSH|^~\&|||||||{text}|1")
    assert isinstance(message, Message)
    assert message_type(message.segments[0]) == expected


# -- faults that are known --


def mended(name: str, *segments: str):
    """A message that once did not become a valid bundle."""
    known_case = known(name, *segments)
    return pytest.param(*known_case.values, id=name)


def known(reason: str, *lines: str) -> Any:
    """A message that is converted wrongly, and why; strict, so that a repair shows."""
    return pytest.param("\r".join(lines), marks=pytest.mark.xfail(strict=True, reason=reason), id=reason)


ID = r"MSH|^~\&"
PANEL = "OBR||1^F||2^Panel^L|||202410211125"
TIMED = "OBR||1||2^Echo^L"


@pytest.mark.parametrize(
    "message",
    [
        mended("KeyError where the first root is empty", f"{ID}|^1.2.3^ISO|^1.2.4^ISO{'|' * 20}^D"),
        mended("KeyError where a telecom has its second root only", ID, "NK1||||||&a^^^b&&"),
        mended("an empty string of a field without content", ID, f"PID{'|' * 12}&&"),
        mended("an empty string of an escaped line break", rf"{ID}||\.br\||||||20230816123358"),
        mended("a text of white space beyond ASCII", ID, "PID||||||\u2028"),
        mended("two choices of one element after a merge", ID, f"{PANEL}{'|' * 18}F", f"{PANEL}|^{'|' * 17}F"),
        mended(
            "a timing and a time after a merge",
            rf"{ID}|||||||MDM^T10^MDM_T10",
            "TQ1|||^^^^^^^^^s",
            TIMED,
            f"{TIMED}||20060131155500",
        ),
        mended("minutes beyond 32 bits", ID, "TQ1|||||99999999999"),
    ],
)
def test_odd_content_still_gives_a_valid_bundle(message: str) -> None:
    """Whatever a message holds, the models of FHIR R4B accept what becomes of it."""
    Bundle.model_validate_json(convert(message, timezone=CPH).json())


def test_two_texts_for_one_element_are_not_lost_unseen() -> None:
    """A mapped value stands in the bundle: one that another value displaces is reported."""
    conversion = converted([MSH, "PID|||1", "PV1||I", "DG1|1||^Asthma|Attack"])
    assert b"Asthma" in conversion.json() or "DG1-3.2" in reasons(conversion)


TIMING = "TQ1|||Q6H|||{bounds}|{start}"


def test_what_a_second_segment_finds_taken_is_reported() -> None:
    """A second TQ1 of an order adds what has room; what would displace a value or another type of it is reported."""
    segments = [TIMING.format(bounds="3^D", start=""), TIMING.format(bounds="", start="20240101080000+0100")]
    head = r"MSH|^~\&|||||||OMG^O19|1|P|2.5"
    conversion = converted([head, "PID|||1", "ORC|NW|1", *segments, "OBR|1|1||2^Echo^L"])
    (order,) = resources(conversion, "ServiceRequest")
    repeat = order["occurrenceTiming"]["repeat"]
    assert "boundsDuration" in repeat
    assert "boundsPeriod" not in repeat
    assert reasons(conversion)["TQ1[2]-7"] == "cardinality"


@pytest.mark.parametrize(
    ("identifier", "everywhere"),
    [
        ("44871", False),
        ("44871^^^^PI", False),
        ("44871^^^HOSP", False),
        ("44871^^^HOSP^PI", False),
        ("44871^^^HOSP&1.2.3.4&ISO", True),
        ("44871^^^HOSP&1.2.3.4&ISO^PI", True),
    ],
)
def test_another_sender_never_overwrites_a_person_by_a_number_that_only_its_own_system_tells_apart(
    identifier: str, *, everywhere: bool
) -> None:
    """A number with no system, or with one that is a name alone, may be somebody else's at the next hospital."""

    def requests(sender: str, number: int) -> list[str]:
        head = f"MSH|^~\\&|{sender}|||20240131||ADT^A08|{number}|P|2.5"
        bundle = convert(f"{head}\rPID|||{identifier}||Hansen^Karen\rPV1|1|I|||||12^Doe^J^^^^^^HOSP".encode()).bundle
        return [
            each["request"]["url"]
            for each in bundle["entry"]
            if each["resource"]["resourceType"] in {"Patient", "Practitioner"} and "ifNoneExist" not in each["request"]
        ]

    for number in range(1, 60):  # also where messages of this shape came before
        north, south = requests("ADT|NORD", number), requests("ADT|SYD", number)
        assert north == requests("ADT|NORD", number)
        assert (north[0] == south[0]) is everywhere
        assert ("Patient?" in north[0]) is everywhere
        assert north[1] != south[1]


def test_a_report_made_by_hand_has_its_line() -> None:
    """A report holds any tuple of positions: what was made by hand is told as what a conversion has made."""
    lost = (
        Unmapped("PID-8", "code-unmapped", "PID[Patient]/8a", "AdministrativeGender"),
        Unmapped("ZZZ-1", "x", "", ""),
    )
    made = Report("1", "ADT_A01", "ADT_A01", "partial", 9, 7, lost)
    assert made.reported == 2
    assert made.as_dict()["reported"] == 2
    assert made.as_dict()["unmapped"] == [
        {"position": "PID-8", "reason": "code-unmapped", "row": "PID[Patient]/8a", "detail": "AdministrativeGender"},
        {"position": "ZZZ-1", "reason": "x"},
    ]
    assert [issue.where for issue in made.issues()] == ["PID-8", "ZZZ-1"]
    conversion = converted(ADT)
    by_hand = conversion.report._replace(unmapped=tuple(conversion.report.unmapped))
    assert by_hand == conversion.report
    assert by_hand.as_dict() == conversion.report.as_dict()
