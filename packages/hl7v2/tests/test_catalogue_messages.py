"""Messages beyond the guide: catalogues, staff, places, diets, gives, consents, stocks, blood, queries."""

import pytest

from samspil_hl7v2 import convert, load_mapping
from samspil_hl7v2.v2.fields import field

PID = "PID|1||P1^^^HOSP^MR||Doe^Jane||19700501|F"


def made(kind: str, *segments: str) -> dict[str, list[dict]]:
    """Resources of a message by their type."""
    head = f"MSH|^~\\&|APP|HOSP|EHR|HOSP|20240517103045+0200||{kind}|ID1|P|2.5.1"
    bundle = convert("\r".join([head, *segments, ""]).encode()).bundle
    found: dict[str, list[dict]] = {}
    for entry in bundle["entry"]:
        found.setdefault(entry["resource"]["resourceType"], []).append(entry["resource"])
    return found


def code(concept: dict) -> str:
    return concept["coding"][0]["code"]


def test_a_catalogue_is_made_of_definitions() -> None:
    """MFN^M08: the observation, the specimen it needs and the service as it is ordered."""
    found = made(
        "MFN^M08^MFN_M08",
        "MFI|OMA^Numeric^HL70175||UPD|||AL",
        "MFE|MAD|M1|20240517|718-7^Hemoglobin^LN|CWE",
        "OM1|1|718-7^Hemoglobin^LN|NM~ZZ|Y|LAB^Laboratory^L||||Hemoglobin|HGB|||||PHOT^Photometry^L",
        "OM2|1|g/dL^^UCUM|1|mmol/L^^UCUM",
        "OM4|1|P|EDTA tube|3|mL^^UCUM|BLD^Whole blood^HL70487",
        "OM7|1|HB^Hemoglobin^L|HEM^Hematology^L|Blood count||20240101|20251231",
    )
    (observation,) = found["ObservationDefinition"]
    assert code(observation["code"]) == "718-7"
    assert observation["permittedDataType"] == ["Quantity"]
    assert observation["preferredReportName"] == "Hemoglobin"
    assert code(observation["quantitativeDetails"]["unit"]) == "mmol/L"
    (specimen,) = found["SpecimenDefinition"]
    assert specimen["typeTested"][0]["container"]["capacity"]["value"] == 3
    assert specimen["typeTested"][0]["preference"] == "preferred"
    (service,) = found["ActivityDefinition"]
    assert (service["status"], service["effectivePeriod"]["end"]) == ("active", "2025-12-31")


def test_staff_have_their_languages_and_education() -> None:
    """MFN^M02: LAN and EDU belong to the Practitioner that STF makes."""
    found = made(
        "MFN^M02^MFN_M02",
        "MFE|MAD|M1|20240517|1234^^^HR|CWE",
        "STF|1234|U1^^^HR|Doe^Jane||F",
        "LAN|1|da^Danish^ISO639",
        "EDU|1|MD",
    )
    (person,) = found["Practitioner"]
    assert code(person["communication"][0]) == "da"
    assert code(person["qualification"][0]["code"]) == "MD"


@pytest.mark.parametrize("kind", ["OMD^O03^OMD_O03", "ORM^O01^ORM_O01"])
def test_a_diet_is_a_nutrition_order(kind: str) -> None:
    """ODS: a diet, a supplement and a preference go where NutritionOrder has each."""
    found = made(
        kind,
        PID,
        "ORC|NW|O1^EHR|||||||20240517100000+0200",
        "ODS|D|L^Lunch^L|DB^Diabetic^L|No sugar",
        "ODS|S||PRO^Protein^L|Twice",
        "ODS|P||VEG^Vegetarian^L",
    )
    diet, supplement, preference = found["NutritionOrder"]
    assert (code(diet["oralDiet"]["type"][0]), diet["oralDiet"]["instruction"]) == ("DB", "No sugar")
    assert code(supplement["supplement"][0]["type"]) == "PRO"
    assert code(preference["foodPreferenceModifier"][0]) == "VEG"
    assert diet["dateTime"].startswith("2024-05-17T10:00:00")
    assert diet["patient"]["reference"]


def test_a_give_is_based_on_its_order() -> None:
    """RGV^O15: what is to be given is a MedicationRequest of its own, one instance of the order."""
    found = made(
        "RGV^O15^RGV_O15",
        PID,
        "ORC|RE|O1^EHR|F1^PHARM",
        "RXE||AMX^Amoxicillin^L|500||mg^^UCUM",
        "RXR|PO^Oral^HL70162",
        "RXG|1|1||AMX500^Amoxicillin 500 mg^L|1|2|TAB^Tablet^L",
        "RXR|PO^Oral^HL70162",
    )
    order, give = found["MedicationRequest"]
    assert (order["intent"], give["intent"]) == ("order", "instance-order")
    assert give["basedOn"][0]["reference"]
    assert give["dosageInstruction"][0]["doseAndRate"][0]["doseRange"]["high"]["value"] == 2


def test_a_consent_has_its_state_and_period() -> None:
    """CON: status by table 0498, what it is about, and from when to when."""
    found = made(
        "ZCN^Z01",
        PID,
        "CON|1|001^Release^HL70496|v1|F1||||||V^Verbal^HL70497|A^Active^HL70498||20240517|20240517|20250517",
    )
    (consent,) = found["Consent"]
    assert (consent["status"], consent["dateTime"]) == ("active", "2024-05-17")
    assert consent["provision"]["period"] == {"start": "2024-05-17", "end": "2025-05-17"}


def test_a_stock_is_a_substance_and_blood_an_order() -> None:
    """INV: how much of a substance is left; BPO: the product, how many, and why."""
    (stock,) = made("INU^U05^INU_U05", "EQU|AN1", "INV|RGT1^Reagent^L|OK|SR|C99||||40||||mL^^UCUM")["Substance"]
    assert code(stock["code"]) == "RGT1"
    orders = made("OMB^O27^OMB_O27", PID, "ORC|NW|O1^EHR", "BPO|1|RBC^Red cells^L||2|||20240518||||||ANEM^Anemia^L")
    (order,) = orders["ServiceRequest"]
    assert (code(order["code"]), order["quantityQuantity"]["value"]) == ("RBC", 2)


@pytest.mark.parametrize(
    ("kind", "segments", "expected"),
    [
        ("RSP^K22^RSP_K21", ("MSA|AA|Q1", "QAK|Q1|OK", "QPD|Q22|Q1", PID, "NK1|1|Doe^Jim|SPO"), {"RelatedPerson"}),
        ("QBP^Q22^QBP_Q21", ("QPD|Q22|Q1|@PID.5.1^DOE", "RCP|I|10^RD"), {"MessageHeader"}),
        ("VXQ^V01^VXQ_V01", ("QRD|20240517|R|I|Q1|||25^RD|1^Doe^Jane|VXI|^SIIS",), {"MessageHeader"}),
        ("MFN^M05^MFN_M05", ("MFE|MAD|M1||W1|PL", "LOC|W1^R1^B1^HOSP|Ward 1|N"), {"Location"}),
        ("SRM^S01^SRM_S01", ("ARQ|P1^EHR", PID, "RGS|1", "AIS|1|A|CHK^Check^L|20240601080000+0200"), {"Appointment", "Patient"}),
    ],
)  # fmt: skip
def test_other_messages_have_their_resources(kind: str, segments: tuple[str, ...], expected: set[str]) -> None:
    """Queries, answers, places and requested appointments are converted."""
    assert expected <= made(kind, *segments).keys()


def own(resource: dict, name: str) -> list[dict]:
    """The extensions of ours of that name."""
    return [each for each in resource.get("extension", ()) if each["url"] == f"urn:samspil:v2:{name}"]


def parts(extension: dict) -> dict[str, list]:
    """The values of the parts of an extension by name."""
    found: dict[str, list] = {}
    for part in extension["extension"]:
        found.setdefault(part["url"], []).extend(value for key, value in part.items() if key.startswith("value"))
    return found


def test_a_place_has_its_departments_characteristics_relations_and_charges() -> None:
    """LDP, LCH, LRL and LCC go with the place before them, each repetition by itself."""
    (place,) = [
        each
        for each in made(
            "MFN^M05^MFN_M05",
            "MFE|MAD|M1||W1|PL",
            "LOC|W1^^^HOSP|Ward 1|N",
            "LCH|W1|||SMK^Smoking^HL70324|N^No^HL70136",
            "LRL|W1|||ALI^Alias^HL70325|NORTH~SOUTH|W2^^^HOSP",
            "LDP|W1|CARD^Cardiology^L|S1^Heart^L~S2^Lungs^L|||A|20240101||||^WPN^PH^^^^123|C7",
            "LDP|W1|PED^Paediatrics^L|||||20240201",
            "LCC|W1|CARD^Cardiology^L|P^Private^L|99^Bed^L",
        )["Location"]
        if each.get("description") == "Ward 1"
    ]
    first, second = map(parts, own(place, "location-department"))
    assert [code(each) for each in first["service"]] == ["S1", "S2"]
    assert (code(first["department"][0]), code(second["department"][0])) == ("CARD", "PED")
    assert (first["activation-date"], second["activation-date"]) == (["2024-01-01"], ["2024-02-01"])
    assert place["status"] == "active"
    assert place["telecom"][0]["value"] == "123"
    (characteristic,) = map(parts, own(place, "location-characteristic"))
    assert (code(characteristic["characteristic"][0]), code(characteristic["value"][0])) == ("SMK", "N")
    (relation,) = map(parts, own(place, "location-relationship"))
    assert (len(relation["organization"]), len(relation["location"])) == (2, 1)
    (charge,) = map(parts, own(place, "location-charge"))
    assert code(charge["charge-code"][0]) == "99"


def test_a_dispensed_blood_product_is_a_product_of_its_order() -> None:
    """BPX: the donation and the product by their numbers, what it is, how much, and to whom it went."""
    found = made(
        "BPS^O29^BPS_O29",
        PID,
        "ORC|RE|O1^EHR",
        "BPO|1|RBC^Red cells^L",
        "BPX|1|RI^Ready^HL70510|F|20240517|D1^BANK|E0336^Red cells^ISBT128|||||A+^A pos^L||20240601|1|300|mL^^UCUM|U1^BANK",
    )
    (product,) = found["BiologicallyDerivedProduct"]
    assert [each["value"] for each in product["identifier"]] == ["D1", "U1"]
    assert (code(product["productCode"]), product["quantity"]) == ("E0336", 1)
    assert own(product, "amount")[0]["valueQuantity"]["value"] == 300
    assert own(product, "expiration-time")[0]["valueDateTime"] == "2024-06-01"
    (order,) = found["ServiceRequest"]
    assert product["request"] == [{"reference": f"urn:uuid:{order['id']}"}]


def test_an_instrument_is_a_device_and_its_reagent_stands_with_the_result() -> None:
    """EQU: the instrument and its state; SID: what was used up for the result before it."""
    (instrument,) = [
        each for each in made("ESU^U01^ESU_U01", "EQU|AN1^LAB|20240517|OP^Operating^HL70365|R||")["Device"]
        if own(each, "equipment-state")
    ]  # fmt: skip
    assert instrument["identifier"][0]["value"] == "AN1"
    assert own(instrument, "event-time")[0]["valueDateTime"] == "2024-05-17"
    found = made(
        "OUL^R22^OUL_R22", PID, "SPM|1|S1||BLD", "OBR|1|1|2|A^B^L", "OBX|1|NM|GLU^Glucose^L||5", "SID|M1|LOT7|C9|ACME"
    )
    (result,) = found["Observation"]
    (reagent,) = map(parts, own(result, "substance"))
    assert reagent["lot-number"] == ["LOT7"]
    assert reagent["container"] == [{"value": "C9"}]


def test_a_summary_of_a_product_is_a_report_of_its_own() -> None:
    """PSH: what was made and sent in the time of the report."""
    (report,) = made("SUR^P09^SUR_P09", "PSH|Summary|F7|20240517|20240101|20240331|500^box|400^box")["Basic"]
    assert (report["code"]["text"], report["identifier"][0]["value"]) == ("Summary", "F7")
    assert own(report, "report-interval")[0]["valuePeriod"] == {"start": "2024-01-01", "end": "2024-03-31"}
    assert own(report, "quantity-distributed")[0]["valueQuantity"]["value"] == 400


@pytest.mark.parametrize("segment", ["BPX", "EQU", "LCC", "LCH", "LDP", "LRL", "PSH", "SID"])
def test_each_row_of_an_own_segment_has_a_field_and_a_reason(segment: str) -> None:
    """Every field of the segment has a row, and each row says which element, or why none."""
    rows = [
        row
        for name, rows in load_mapping().tables.maps.items()
        if name.startswith(f"{segment}[")
        for row in rows.values()
    ]
    numbers = {row.source.parts[0] for row in rows}
    assert numbers == set(range(1, 1 + max(numbers)))
    assert field(segment, 1 + max(numbers)) is None
    assert all(row.note for row in rows)


def test_a_result_may_come_with_its_document_and_its_reagents() -> None:
    """OUL: TXA is a document beside the results, INV a substance; MDM: CON is a consent beside the document."""
    found = made(
        "OUL^R22^OUL_R22", PID, "SPM|1|S1||BLD", "OBR|1|1|2|A^B^L", "OBX|1|NM|GLU^Glucose^L||5",
        "TXA|1|CN^Note^HL70270||20240517||||||||D1^LAB|||||AU", "INV|RGT1^Reagent^L|OK|SR|C99",
    )  # fmt: skip
    (document,) = found["DocumentReference"]
    assert document["masterIdentifier"]["value"] == "D1"
    assert document["subject"]["reference"].startswith("urn:uuid:")
    assert code(found["Substance"][0]["code"]) == "RGT1"
    assert len(found["Observation"]) == 1
    consents = made(
        "MDM^T02^MDM_T02", PID, "TXA|1|CN||||||||||D1", "CON|1|001^Release^HL70496||||||||||A^Active^HL70498"
    )
    assert [each["status"] for each in consents["Consent"]] == ["active"]
