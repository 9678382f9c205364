"""What holds of every message there could be."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from samspil_hl7v2 import convert
from samspil_hl7v2.batch import Options, convert_one
from samspil_hl7v2.reader import RawMessage

MSH = r"MSH|^~\&|PAS|TH|HUB|REG|20240315093000+0100||ADT^A01^ADT_A01|1|P|2.5.1"
ORU = [
    r"MSH|^~\&|LAB|TH|HUB|REG|20240315093000+0100||ORU^R01^ORU_R01|2|P|2.5.1",
    "PID|||2512489996^^^CPR&1.2.208.176.1.2&ISO^NNDNK||Berggren^Nancy Ann||19481225|F",
    "OBR|1|P1|F1|NPU02319^Hemoglobin^NPU",
    "OBX|1|NM|NPU02319^Hemoglobin^NPU||7.4|mmol/L^^UCUM|7.3-9.5|N|||F",
]
HEAD = [MSH, "EVN|A01|20240315093000", ORU[1]]
LOOSE = {
    "NK1": [
        "NK1|1|Berggren^Max|SPO^Spouse^HL70063|||||||||||||||||||||||||||||||K1^^^TH",
        "NK1|2|Berggren^Ida|CHD^Child^HL70063",
        "NK1|3|Hansen^Bo|EMC^Emergency contact^HL70063||+4512345678",
    ],
    "OBX": [
        "OBX|1|NM|8302-2^Height^LN||171|cm|||||F",
        "OBX|2|NM|29463-7^Weight^LN||64.5|kg|||||F",
        "OBX|3|ST|1234-5^Remark^LN||none||||||F",
    ],
    "AL1": ["AL1|1|DA|P1^Penicillin^L|SV|Rash", "AL1|2|FA|N1^Nuts^L|MO|Swelling", "AL1|3||C1^Cats^L"],
    "DG1": ["DG1|1||DJ459^Asthma^I10|||W", "DG1|2||DI109^Hypertension^I10|||F"],
}
PIECES = st.sampled_from(
    [
        *"|^~&\\\r\n\x0b\x1c\0 #1",
        *('""', "MSH|^~\\&|", "PID|", "OBX|1|", "ZXX|", "FHS|^~\\&\r", "BTS|1", "\\F\\", "\\X41\\"),
        *("ORU^R01", "ADT^A08", "20240315", "0000", "NM", "SN", "ED", "F1", "8859/1", "æ", "\u2028", "\ud7ff"),
    ]
)
FUZZED = st.lists(PIECES, max_size=60).map("".join)


def account(data: bytes) -> dict[str, Any]:
    line = convert_one(RawMessage(data, "test", 0), Options())
    report = json.loads(line.report)
    assert report["populated"] == report["mapped"] + report["reported"] == report["mapped"] + len(report["unmapped"])
    assert b"SAM-HL7-403" not in line.report
    assert (line.bundle is None) == (report["status"] == "failed")
    return report


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=300))
def test_any_bytes_get_an_account(data: bytes) -> None:
    """Whatever bytes come in, there is one report line, and it adds up."""
    account(data)


@settings(deadline=None, max_examples=200)
@given(FUZZED, st.sampled_from(["utf-8", "latin-1", "utf-16"]))
def test_any_text_after_msh_gets_an_account(text: str, encoding: str) -> None:
    """Any mixture of delimiters, segments and odd characters after an MSH adds up."""
    account(f"{MSH}\r{text}".encode(encoding, "replace"))


@settings(deadline=None, max_examples=200)
@given(st.lists(FUZZED, min_size=1, max_size=12), st.sampled_from(["PID", "PV1", "OBR", "OBX", "NK1", "DG1", "ORC"]))
def test_any_fields_get_an_account(fields: list[str], name: str) -> None:
    """Any text in the fields of a segment that rows read adds up."""
    text = "|".join(field.replace("\r", "").replace("\n", "").replace("|", "") for field in fields)
    account("\r".join([*ORU[:2], f"{name}|{text}"]).encode())


@settings(deadline=None, max_examples=100)
@given(FUZZED)
def test_twice_is_the_same(text: str) -> None:
    """Converting a message twice gives the same bytes, in the bundle and in the report."""
    data = f"{MSH}\r{text}".encode()
    one, two = convert(data), convert(data)
    assert one.json() == two.json()
    assert one.report_json() == two.report_json()


@settings(deadline=None, max_examples=100)
@given(
    st.integers(1, 3),
    st.integers(1, 40),
    st.sampled_from(["{}", "^{}", "^^^{}", "&{}", "^&{}", "~{}", "~^{}"]),
    st.text(alphabet="abc123", min_size=1, max_size=8),
)
def test_one_more_component_is_one_more_populated(number: int, field: int, shape: str, text: str) -> None:
    """A populated component added to a message adds exactly one to the populated positions."""
    fields = ORU[number].split("|")
    fields += [""] * (field + 1 - len(fields))
    fields[field] += shape.format(text) if not fields[field] or shape != "{}" else f"~{text}"
    longer = "\r".join([*ORU[:number], "|".join(fields), *ORU[number + 1 :]])
    assert account(longer.encode())["populated"] == account("\r".join(ORU).encode())["populated"] + 1


@settings(deadline=None, max_examples=40)
@given(st.fixed_dictionaries({name: st.permutations(segments) for name, segments in LOOSE.items()}))
def test_the_order_of_like_segments_is_free(order: dict[str, list[str]]) -> None:
    """The same next of kin, observations, allergies and diagnoses in any order become the same resources."""
    assert arranged(order) == arranged(LOOSE)


def arranged(order: dict[str, list[str]]) -> Any:
    """The resources of a message with these segments, by fullUrl, lists without their order."""
    lines = [
        *HEAD,
        *order["NK1"],
        "PV1|1|I|A^1^1^TH||||||||||||||||V1^^^TH",
        *order["OBX"],
        *order["AL1"],
        *order["DG1"],
    ]
    bundle = convert("\r".join(lines), timezone="Europe/Copenhagen").bundle
    assert bundle is not None
    return {entry["fullUrl"]: unordered(entry) for entry in bundle["entry"]}


def unordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: unordered(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return sorted((unordered(inner) for inner in value), key=repr)
    return value
