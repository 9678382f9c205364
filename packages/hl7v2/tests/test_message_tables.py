"""What the tables make of messages other than ADT and ORU, on messages of our own."""

from typing import Any

import pytest

from samspil_hl7v2 import convert


class Made:
    """The resources of a converted message by type, and what a reference leads to."""

    def __init__(self, type_: str, *lines: str, zone: str | None = "Europe/Copenhagen") -> None:
        message = "\r".join([rf"MSH|^~\&|APP|HOSPITAL|||20240115120000||{type_}|1|P|2.5", *lines])
        self.conversion = convert(message, timezone=zone)
        self.by_url = {entry["fullUrl"]: entry["resource"] for entry in self.conversion.bundle["entry"]}

    def all(self, type_: str) -> list[dict[str, Any]]:
        return [each for each in self.by_url.values() if each["resourceType"] == type_]

    def one(self, type_: str) -> dict[str, Any]:
        (found,) = self.all(type_)
        return found

    def to(self, reference: dict[str, str]) -> dict[str, Any]:
        return self.by_url[reference["reference"]]

    def lost(self) -> set[str]:
        idle = {"MSH-1", "MSH-2"}
        return {each.position for each in self.conversion.report.unmapped if each.reason != "dropped"} - idle


PID = "PID|1||44871^^^NORD||Hansen^Karen||19480101|F"
EXTENSION = "urn:samspil:v2:"


def extension(resource: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = [each for each in resource["extension"] if each["url"].endswith(name)]
    return found


# -- appointments --

SCH = "SCH|P1|F1|||||CHECK^Check-up||||{timing}|||||||||9^Ek^Lars|||||{status}"
RESOURCES = [
    "RGS|1",
    "AIS|1|A|XR^Chest X-ray^L|20240202100000|||30|MIN||Booked",
    "AIP|1|A|77^Berg^Ida|D^Doctor^L|||||||Y|Cancelled",
    "AIL|1|A|ROOM1^^^NORD",
]


def test_an_appointment_with_its_participants() -> None:
    """Patient, service, person and place take part; the state of a resource is that of its participation."""
    made = Made("SIU^S12", SCH.format(timing="^^^20240202100000^20240202103000", status="Booked"), PID, *RESOURCES)
    appointment = made.one("Appointment")
    assert appointment["status"] == "booked"
    assert appointment["start"] == "2024-02-02T10:00:00+01:00"
    assert appointment["end"] == "2024-02-02T10:30:00+01:00"
    actors = [
        made.to(each["actor"])["resourceType"] for each in appointment["participant"] if "reference" in each["actor"]
    ]
    assert sorted(actors) == ["Location", "Patient", "Practitioner", "Practitioner"]
    assert "declined" in [each.get("status") for each in appointment["participant"]]
    assert made.to(made.one("MessageHeader")["focus"][0])["resourceType"] in {"Patient", "Appointment"}


def test_the_end_follows_from_the_duration() -> None:
    """A start with a length of time gives both times, as R4 wants both or none."""
    appointment = Made("SIU^S12", SCH.format(timing="^^M45^20240202100000", status="Booked"), PID).one("Appointment")
    assert appointment["end"] == "2024-02-02T10:45:00+01:00"
    assert appointment["status"] == "booked"


def test_a_start_alone_is_a_period_asked_for() -> None:
    """Without an end the appointment has neither time, the state that would need them stands beside the one that does not."""
    appointment = Made("SIU^S12", SCH.format(timing="^^^20240202100000", status="Booked"), PID).one("Appointment")
    assert "start" not in appointment
    assert appointment["requestedPeriod"] == [{"start": "2024-02-02T10:00:00+01:00"}]
    assert appointment["status"] == "proposed"
    assert appointment["_status"]["extension"][0]["valueCodeableConcept"]["coding"][0]["code"] == "Booked"


def test_the_first_service_tells_the_time_where_nothing_else_does() -> None:
    """AIS-4 and AIS-7 become the times of the appointment."""
    appointment = Made("SIU^S12", SCH.format(timing="", status="Booked"), PID, *RESOURCES).one("Appointment")
    assert (appointment["start"], appointment["end"]) == ("2024-02-02T10:00:00+01:00", "2024-02-02T10:30:00+01:00")
    assert appointment["status"] == "booked"


@pytest.mark.parametrize(("trigger", "status"), [("S12", "booked"), ("S15", "cancelled"), ("S26", "noshow")])
def test_the_event_tells_the_state_where_no_field_does(trigger: str, status: str) -> None:
    """Without SCH-25 the trigger event says what became of the appointment."""
    lines = [SCH.format(timing="^^^20240202100000^20240202103000", status=""), PID]
    assert Made(f"SIU^{trigger}", *lines).one("Appointment")["status"] == status


# -- medication --

ORC = "ORC|NW|P7|F7||||||20240110|||77^Berg^Ida"
RXO = "RXO|AMX^Amoxicillin^L|250|500|mg^mg^UCUM|CAP^Capsule^L||||N||30|CAP||||||250|mg||||||5|mL"
RXR = "RXR|PO^Oral^HL70162"
RXE = "RXE||AMX^Amoxicillin^L|1||TAB|||||||2|||RX99"


def test_an_order_of_medication() -> None:
    """The order names its medication, dose and prescriber."""
    made = Made("OMP^O09", PID, ORC, RXO, RXR)
    request = made.one("MedicationRequest")
    assert request["status"] == "active"
    assert request["intent"] == "order"
    assert [each["value"] for each in request["identifier"]] == ["P7", "F7"]
    (dosage,) = request["dosageInstruction"]
    assert float(dosage["doseAndRate"][0]["doseRange"]["low"]["value"]) == 250
    assert dosage["route"]["coding"][0]["code"] == "PO"
    medication = made.to(request["medicationReference"])
    assert medication["code"]["coding"][0]["code"] == "AMX"
    strength = medication["ingredient"][0]["strength"]
    assert float(strength["denominator"]["value"]) == 5
    assert not made.all("ServiceRequest")


def test_a_strength_has_both_its_numbers() -> None:
    """R4's rule rat-1: where no volume is told, the strength is that of one unit."""
    medication = Made("OMP^O09", PID, ORC, RXO.removesuffix("||||||5|mL"), RXR).one("Medication")
    assert float(medication["ingredient"][0]["strength"]["denominator"]["value"]) == 1


def test_the_encoded_order_is_based_on_the_one_asked_for() -> None:
    """RXO and RXE under one ORC are two requests; the second refers to the first."""
    made = Made("RDE^O11", PID, ORC, RXO, RXR, RXE, "TQ1|1||BID", RXR, "RXC|A|NACL^Salt^L|3|g")
    asked, encoded = made.all("MedicationRequest")
    assert asked["intent"] == "original-order"
    assert encoded["intent"] == "filler-order"
    assert made.to(encoded["basedOn"][0]) is asked
    assert [each["value"] for each in encoded["identifier"]] == ["RX99"]
    assert encoded["dispenseRequest"]["numberOfRepeatsAllowed"] == 2
    items = made.to(encoded["medicationReference"])["ingredient"]
    assert [each["itemCodeableConcept"]["coding"][0]["code"] for each in items] == ["NACL"]


def test_an_order_of_medication_in_a_general_order() -> None:
    """ORM_O01 with an RXO makes a MedicationRequest; with an OBR a ServiceRequest."""
    made = Made("ORM^O01", PID, ORC, RXO, "ORC|NW|P8", "OBR|1|P8||CRP^CRP^L", "NTE|1||fasting")
    assert made.one("MedicationRequest")["identifier"][0]["value"] == "P7"
    request = made.one("ServiceRequest")
    assert request["code"]["coding"][0]["code"] == "CRP"
    assert request["note"] == [{"text": "fasting"}]


def test_a_dispense_refers_to_its_order() -> None:
    """RXD tells what was handed over on which order."""
    made = Made("RDS^O13", PID, ORC, "RXD|1|AMX^Amoxicillin^L|20240111101500|30|CAP")
    dispense = made.one("MedicationDispense")
    assert made.to(dispense["authorizingPrescription"][0])["identifier"][0]["value"] == "P7"
    assert dispense["status"] == "completed"
    assert made.to(dispense["medicationReference"])["code"]["coding"][0]["code"] == "AMX"


def test_an_administration_refers_to_its_order() -> None:
    """RXA of a RAS is an administration, not an immunization."""
    made = Made("RAS^O17", PID, ORC, "RXA|0|1|20240111|20240111|AMX^Amoxicillin^L|1|CAP||||||||||||||CP", RXR)
    administration = made.one("MedicationAdministration")
    assert made.to(administration["request"])["resourceType"] == "MedicationRequest"
    assert administration["dosage"]["route"]["coding"][0]["code"] == "PO"
    assert not made.all("Immunization")


GIVEN = "RXA|0|{count}|20240111{hour}00||AMX^Amoxicillin^L|1|CAP||||||||||||||CP"


def test_each_administration_has_the_numbers_and_the_provider_of_its_order() -> None:
    """ORC[MedicationAdministration] of the guide, at every RXA under the ORC, and not at those of another order."""
    order = "ORC|RE|P{n}^APP|F{n}^LAB||||||||| 77^Berg^Ida||||||||||||||||R^Restricted^HL70177".replace(" ", "")
    made = Made(
        "RAS^O17",
        PID,
        order.format(n=1),
        GIVEN.format(count=1, hour="08"),
        RXR,
        GIVEN.format(count=2, hour="20"),
        RXR,
        order.format(n=2),
        GIVEN.format(count=1, hour="08"),
        RXR,
    )
    given = made.all("MedicationAdministration")
    assert [[each["value"] for each in one["identifier"]] for one in given] == [
        ["P1", "F1"],
        ["P1", "F1"],
        ["P2", "F2"],
    ]
    assert [one["identifier"][0]["type"]["coding"][0]["code"] for one in given] == ["PLAC"] * 3
    for one in given:
        (performer,) = one["performer"]
        assert performer["function"]["coding"][0]["code"] == "OP"
        assert made.to(performer["actor"])["name"][0]["family"] == "Berg"
        assert one["meta"]["security"][0]["code"] == "R"
        assert extension(one, "order-control")["valueCodeableConcept"]["coding"][0]["code"] == "RE"
    assert [made.to(one["request"])["identifier"][0]["value"] for one in given] == ["P1", "P1", "P2"]


def test_an_administration_keeps_its_id_from_message_to_message_and_none_takes_anothers() -> None:
    """The order's number, the count of RXA-2, the time and the medicine identify it: two of one order and time are two."""
    first, second = (
        Made("RAS^O17", PID, "ORC|RE|P7^APP", GIVEN.format(count=1, hour="08"), RXR, *more)
        for more in ((), (GIVEN.format(count=2, hour="08"), RXR))
    )
    known = first.one("MedicationAdministration")["id"]
    ids = [each["id"] for each in second.all("MedicationAdministration")]
    assert len(set(ids)) == 2
    assert ids[0] == known


# -- immunization --

VXU = [
    "ORC|RE||65",
    "RXA|0|1|20240110||08^HepB^CVX|999|||00||||||LOT1|||||CP|A",
    "RXR|IM",
    "OBX|1|CE|64994-7^Eligibility^LN||V02",
]


def test_an_immunization() -> None:
    """ORC, RXA and RXR make one Immunization; what was observed with it is part of it; 999 is no dose."""
    made = Made("VXU^V04", PID, *VXU)
    immunization = made.one("Immunization")
    assert immunization["status"] == "completed"
    assert immunization["vaccineCode"]["coding"][0]["system"] == "http://hl7.org/fhir/sid/cvx"
    assert immunization["lotNumber"] == "LOT1"
    assert "doseQuantity" not in immunization
    assert made.to(made.one("Observation")["partOf"][0]) is immunization
    assert not made.all("ServiceRequest")


def test_a_deleted_immunization_is_an_error() -> None:
    """RXA-21 D takes back what was sent."""
    lines = [PID, VXU[0], VXU[1].removesuffix("A") + "D"]
    assert Made("VXU^V04", *lines).one("Immunization")["status"] == "entered-in-error"


# -- documents --


def test_a_document() -> None:
    """TXA describes the document, OBX is its content, each line its own attachment."""
    made = Made(
        "MDM^T02",
        "EVN||20240115",
        PID,
        "PV1|1|I",
        "TXA|1|DS^Discharge summary^L|TX|20240114090000||20240114100000|||77^Berg^Ida|||D1^APP|||||LA||AV",
        "OBX|1|TX|DS^Discharge summary^L||all well||||||F",
    )
    document = made.one("DocumentReference")
    assert document["status"] == "current"
    assert document["docStatus"] == "final"
    assert document["masterIdentifier"]["value"] == "D1"
    assert made.to(document["subject"])["resourceType"] == "Patient"
    assert made.to(document["author"][0])["name"][0]["family"] == "Berg"
    assert "YWxsIHdlbGw=" in [each["attachment"].get("data") for each in document["content"]]
    assert made.lost() == set()


# -- laboratory orders --


def test_a_laboratory_order_with_its_specimen() -> None:
    """The order refers to its specimen, an observation on the specimen to that."""
    made = Made(
        "OML^O21",
        PID,
        "ORC|NW|P1",
        "OBR|1|P1||CRP^CRP^L",
        "DG1|1||I10^Hypertension^I10",
        "OBX|1|ST|Q1^Fasting^L||yes",
        "SPM|1|S1||SER^Serum^L",
        "OBX|1|NM|VOL^Volume^L||5",
    )
    request = made.one("ServiceRequest")
    assert made.to(request["specimen"][0])["resourceType"] == "Specimen"
    assert made.to(request["reasonReference"][0])["resourceType"] == "Condition"
    of_patient, of_specimen = made.all("Observation")
    assert made.to(request["supportingInfo"][0]) is of_patient
    assert made.to(of_specimen["specimen"])["resourceType"] == "Specimen"


# -- billing, problems, referrals, answers --


def test_a_charge() -> None:
    """FT1 is a ChargeItem of the patient; GT1 is who pays."""
    made = Made(
        "DFT^P03",
        "EVN||20240115",
        PID + "||||||||||A77",
        "PV1|1|O",
        "FT1|1|T1||20240110||CG|99213^Visit^C4|||2|100&USD",
        "GT1|1||Hansen^Ole",
    )
    charge = made.one("ChargeItem")
    assert charge["code"]["coding"][0]["code"] == "99213"
    assert float(charge["quantity"]["value"]) == 2
    assert charge["priceOverride"]["currency"] == "USD"
    guarantor = made.to(made.one("Account")["guarantor"][0]["party"])
    assert guarantor["name"][0]["family"] == "Hansen"


def test_a_problem_and_a_goal() -> None:
    """PRB is a Condition, resolved where a date says so; GOL is a Goal that addresses it."""
    made = Made(
        "PPR^PC1",
        PID,
        "PRB|AD|20240101|I10^Hypertension^I10|7|||20230101||20240110",
        "GOL|AD|20240101|G1^Lower pressure^L|8",
    )
    condition = made.one("Condition")
    assert condition["clinicalStatus"]["coding"][0]["code"] == "resolved"
    assert made.to(made.one("Goal")["addresses"][0]) is condition


def test_a_referral() -> None:
    """RF1 is a ServiceRequest, PRD who refers or is referred to."""
    made = Made(
        "REF^I12", "RF1|A|R|MED^Medicine^L||||20240110|20240210|20240109|", "PRD|RP^Referring^HL70286|Berg^Ida", PID
    )
    request = made.one("ServiceRequest")
    assert request["status"] == "active"
    assert request["occurrencePeriod"]["start"] == "2024-01-10"
    assert made.one("Practitioner")["name"][0]["family"] == "Berg"


@pytest.mark.parametrize(("code", "status"), [("AA", "ok"), ("AE", "fatal-error")])
def test_an_answer(code: str, status: str) -> None:
    """MSA is the response of the MessageHeader, ERR an OperationOutcome that it refers to."""
    made = Made("ACK", f"MSA|{code}|17", "ERR||PID^1^5|101^Required field missing^HL70357|E")
    response = made.one("MessageHeader")["response"]
    assert response["code"] == status
    assert response["identifier"] == "17"
    (issue,) = made.to(response["details"])["issue"]
    assert issue["severity"] == "error"
    assert issue["location"] == ["PID^1^5"]


# -- merges, links, moves --


def test_linked_persons_refer_to_each_other_and_unlinked_ones_do_not() -> None:
    """A24 makes a link that says see also; A37 tells what it was linked to."""
    lines = ["EVN||20240115", PID, "PID|2||99^^^NORD||Hansen^K"]
    first, second = Made("ADT^A24", *lines).all("Patient")
    assert "link" not in first
    assert second["link"][0]["type"] == "seealso"
    _, apart = Made("ADT^A37", *lines).all("Patient")
    assert "link" not in apart
    assert extension(apart, "unlinked-from")["valueReference"]


@pytest.mark.parametrize("trigger", ["A18", "A34", "A36", "A40"])
def test_merged_persons(trigger: str) -> None:
    """The record that stays replaces the other, which is out of use."""
    made = Made(f"ADT^{trigger}", "EVN||20240115", PID, "MRG|99^^^NORD")
    stays, gone = made.all("Patient")
    assert made.to(stays["link"][0]["other"]) is gone
    assert (stays["link"][0]["type"], gone["link"][0]["type"]) == ("replaces", "replaced-by")
    assert gone["active"] is False


def test_what_moves_makes_no_link() -> None:
    """A45 moves a visit: its former number stays with it, and the two persons stay two."""
    made = Made("ADT^A45", "EVN||20240115", PID, "MRG|99^^^NORD||||V8", "PV1|1|I|||||||||||||||||V9")
    receiver, source = made.all("Patient")
    assert made.to(extension(receiver, "moved-from")["valueReference"]) is source
    assert "link" not in receiver
    assert [each.get("use") for each in made.one("Encounter")["identifier"]] == [None, "old"]


def test_what_several_segments_say_of_one_dosage_is_one() -> None:
    """Dose, route and timing of one order are one Dosage; a second route is another."""
    second = "RXR|IV^Intravenous^HL70162"
    made = Made("OMP^O09", PID, ORC, "TQ1|1||BID", RXO, RXR, second, zone=None)
    first, other = made.one("MedicationRequest")["dosageInstruction"]
    assert {"doseAndRate", "route", "timing"} <= set(first)
    assert set(other) == {"route"}
    assert made.lost() == set()


# -- whom an order is charged to, what it is part of, what it asks for --


def test_the_department_of_a_charge_is_an_organization() -> None:
    """FT1-13 keeps its code beside its name."""
    made = Made("DFT^P03", PID, "FT1|1|||20240115||CG|A^Aspirin^L||||||RAD-1^Radiology^L")
    department = made.to(made.one("ChargeItem")["costCenter"])
    assert department["name"] == "Radiology"
    assert department["identifier"][0]["value"] == "RAD-1"
    assert not made.lost()


@pytest.mark.parametrize(
    ("kind", "detail", "type_"),
    [
        ("RDE^O11", "RXE||A^B^L|1||mg", "MedicationRequest"),
        ("ORM^O01", "RXO|A^B^L", "MedicationRequest"),
        ("ORM^O01", "OBR|1|P7||CRP^CRP^L", "ServiceRequest"),
    ],
)
def test_an_order_names_its_clinical_trial_and_who_is_charged(kind: str, detail: str, type_: str) -> None:
    """CTI and BLG stand with the order they follow."""
    trial, charge = "CTI|S1^SPONSOR|2^Phase II^L|T1^Week 1^L", "BLG||CH|AC1^^^NORD|01^Reason^L"
    made = Made(kind, PID, ORC, detail, *((trial, charge) if kind == "ORM^O01" else (charge, trial)))
    order = made.one(type_)
    parts = {each["url"]: each for each in extension(order, "clinical-trial")["extension"]}
    study = made.to(parts["study"]["valueReference"])
    assert study["resourceType"] == "ResearchStudy"
    assert study["identifier"][0]["value"] == "S1"
    assert study["phase"]["coding"][0]["display"] == "Phase II"
    assert parts["scheduled-time-point"]["valueCodeableConcept"]["coding"][0]["code"] == "T1"
    billing = {each["url"]: each for each in extension(order, "billing")["extension"]}
    assert billing["account-id"]["valueIdentifier"]["value"] == "AC1"
    assert not {each for each in made.lost() if each.startswith(("CTI", "BLG"))}


def test_an_order_of_supplies() -> None:
    """RQD and RQ1 make a SupplyRequest, which the order refers to."""
    rqd = "RQD|1|23455^Implant^L||I45323^Implant^H|2|EA^each^L|AC1^^^NORD|N1^Natural^L|ORS^Supplies^L|20240203"
    made = Made("ORM^O01", PID, ORC, rqd, "RQ1|100|GPC^Maker^L|CAT1|V1^Vendor^L|CAT2|Y|N")
    supply = made.one("SupplyRequest")
    assert supply["itemCodeableConcept"]["coding"][0]["code"] == "23455"
    assert extension(supply, "hospital-item-code")["valueCodeableConcept"]["coding"][0]["code"] == "I45323"
    assert (supply["quantity"]["value"], supply["quantity"]["unit"]) == (2, "each")
    assert made.to(supply["deliverTo"])["name"] == "Supplies"
    assert made.to(supply["supplier"][0])["name"] == "Vendor"
    assert made.to(extension(supply, "manufacturer")["valueReference"])["name"] == "Maker"
    assert supply["occurrenceDateTime"] == "2024-02-03"
    assert made.to(made.one("ServiceRequest")["supportingInfo"][0]) is supply
    assert not {each for each in made.lost() if each.startswith("RQ")}


@pytest.mark.parametrize("codes", ["|E1^External^L|", "||H1^Hospital^L", "||"])
def test_a_supply_without_a_code_of_the_sender_has_another_or_says_that_it_is_unknown(codes: str) -> None:
    """SupplyRequest.item is required."""
    made = Made("ORM^O01", PID, ORC, f"RQD|1|{codes}|1")
    (coding,) = made.one("SupplyRequest")["itemCodeableConcept"]["coding"]
    assert coding["code"] == (codes.strip("|").partition("^")[0] or "unknown")


def test_an_authorization_stands_with_the_procedure_or_the_referral_it_is_for() -> None:
    """AUT in the group of a PR1 is the procedure's; one before the patient the referral's, where no insurance is told."""
    made = Made(
        "REF^I12",
        "RF1|A|R",
        "AUT|PPO|HC1|Payor|||A1",
        "PRD|RP|Berg^Ida",
        PID,
        "PR1|1||P1^Op^L|",
        "AUT|PPO|HC2|Payor|||A2",
    )
    for type_, number in (("ServiceRequest", "A1"), ("Procedure", "A2")):
        parts = {each["url"]: each for each in extension(made.one(type_), "authorization")["extension"]}
        assert parts["authorization-identifier"]["valueIdentifier"]["value"] == number
    assert not made.all("Coverage")


@pytest.mark.parametrize(
    ("kind", "segment", "type_"),
    [
        ("RDE^O11", "RXE||A^B^L|1||mg||{}", "MedicationRequest"),
        ("OMP^O09", "RXO|A^B^L||||||{}", "MedicationRequest"),
        ("RDS^O13", "RXD|1|A^B^L|20240111||||||||||||{}", "MedicationDispense"),
    ],
)
def test_each_instruction_of_a_dose_is_kept(kind: str, segment: str, type_: str) -> None:
    """The instructions repeat, the dose does not."""
    made = Made(kind, PID, ORC, segment.format("I1^slowly^L~I2^with food^L~I3^at night^L"))
    (dose,) = [one for each in made.all(type_) for one in each.get("dosageInstruction", [])]
    assert [each["coding"][0]["code"] for each in dose["additionalInstruction"]] == ["I1", "I2", "I3"]


def test_the_type_of_a_dispense() -> None:
    """RXD-33 tells a first fill from a refill."""
    made = Made("RDS^O13", PID, ORC, "RXD|1|A^B^L|20240111" + "|" * 30 + "RF^Refill^HL70484")
    assert made.one("MedicationDispense")["type"]["coding"][0]["display"] == "Refill"


PARTICIPANT = (
    "PRT|{n}|AD||{role}^Role^L|58^Jackson^Ann|PPT||Mayo^L|W1^2^B||20240101|20240102"
    "||||UDI1^^2.51.1.1^ISO|20140401|20220712|LOT|SER"
)


@pytest.mark.parametrize(
    ("kind", "detail", "type_"),
    [
        ("OML^O21", "OBR|1|P7||CRP^CRP^L", "ServiceRequest"),
        ("OMG^O19", "OBR|1|P7||CRP^CRP^L", "ServiceRequest"),
        ("RDE^O11", "RXE||A^B^L|1||mg", "MedicationRequest"),
    ],
)
def test_who_else_takes_part_in_an_order_stands_with_it(kind: str, detail: str, type_: str) -> None:
    """A participation after the order of another role than that of who asks for it, or of no role of FHIR's, is kept whole."""
    first, second = PARTICIPANT.format(n=1, role="AD"), PARTICIPANT.format(n=2, role="CP")
    made = Made(kind, PID, ORC, first, detail, second, PARTICIPANT.format(n=3, role="X").replace("|AD|", "|D|", 1))
    (order,) = (each for each in made.all(type_) if "extension" in each)
    told = [each for each in order["extension"] if each["url"].endswith("participation")]
    assert len(told) == 2
    for each, role in zip(told, ("AD", "CP"), strict=True):
        parts = {part["url"]: part for part in each["extension"]}
        assert parts["role"]["valueCodeableConcept"]["coding"][0]["code"] == role
        assert made.to(parts["person"]["valueReference"])["name"][0]["family"] == "Jackson"
        assert made.to(parts["organization"]["valueReference"])["name"] == "Mayo"
        assert parts["location"]["valueReference"]
        assert parts["begin"]["valueDateTime"] == "2024-01-01"
        device = made.to(parts["device"]["valueReference"])
        assert (device["lotNumber"], device["serialNumber"]) == ("LOT", "SER")
        assert device["identifier"][0]["value"] == "UDI1"


def test_a_note_after_the_document_of_an_order_is_the_orders() -> None:
    """OUL_R22 has the notes of an order after its OBX and TXA."""
    made = Made(
        "OUL^R22",
        PID,
        "SPM|1|||BLD^Blood^L",
        "OBR|1|P7||CRP^CRP^L",
        "ORC|SC|P7",
        "OBX|1|ST|D^Document^L||x||||||F",
        "TXA|1|DS^Summary^L|TX|20240114|||||||D1^APP|||||LA||AV",
        "NTE|1||fasting||77^Berg^Ida",
    )
    (note,) = [note for each in made.all("ServiceRequest") for note in each.get("note", [])]
    assert note["text"] == "fasting"
    assert made.to(note["authorReference"])["name"][0]["family"] == "Berg"
    assert not {each for each in made.lost() if each.startswith("NTE")}
