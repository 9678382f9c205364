"""No CPR number and no personnummer is ever written, in no form and in no file."""

from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samspil_audit import AuditLog
from samspil_audit.canonical import canonical
from samspil_audit.pseudonyms import IDENTITY_SYSTEMS, Pseudonyms

PSEUDONYMS = Pseudonyms(bytes(32))
NUMBERS = [
    "251248-9996",
    "2512489996",
    "811218-9876",
    "8112189876",
    "19811218-9876",
    "198112189876",
    "121212+1212",
    "251248 9996",
]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize(
    "around", ["{}", "Patient/{}", "urn:oid:1.2.208.176.1.2|{}", "x={}&y=1", "identifier=urn%3Aoid%3A1%7C{}", "({})"]
)
def test_an_identity_number_in_a_text_becomes_a_pseudonym(number: str, around: str) -> None:
    cleaned = PSEUDONYMS.clean_text(around.format(number))
    assert number not in cleaned
    assert PSEUDONYMS.of(number) in cleaned


def test_the_ways_to_write_a_number_give_one_pseudonym() -> None:
    assert len({PSEUDONYMS.of(number) for number in ("8112189876", "811218-9876", "19811218-9876")}) == 1
    assert PSEUDONYMS.of("2512489996") != Pseudonyms(bytes(31) + b"\x01").of("2512489996")


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-01T12:00:00Z",
        "110153",
        "01995123-4567-7000-8000-000000000000",
        "20123456-1234-7abc-8abc-1234567890ab",
        "9999999999",
        "4433221100",
        "12345678901234",
        "2001:0db8:85a3:0000:0000:8a2e:0370:7334",
    ],
)
def test_what_is_no_identity_number_stays(text: str) -> None:
    assert PSEUDONYMS.clean_text(text) == text


def test_numbers_inside_queries_and_identifiers_are_replaced() -> None:
    query = b64encode(b"Patient?identifier=urn:oid:1.2.208.176.1.2|2512489996").decode()
    event = {
        "entity": [
            {"query": query, "what": {"identifier": {"system": "urn:oid:1.2.208.176.1.2", "value": "not a number"}}}
        ],
        "agent": [{"altId": "251248-9996"}],
    }
    text = canonical(PSEUDONYMS.clean(event)).decode()
    assert b64encode(b"2512489996").decode()[:8] not in text
    assert "not a number" not in text
    assert "251248" not in text
    assert not PSEUDONYMS.is_clean(canonical(event))


@given(st.dates(), st.integers(0, 9999), st.sampled_from(["", "-"]), st.text("abc/|=&? .,", max_size=5))
def test_the_quick_look_never_calls_a_text_clean_that_holds_a_number(
    day: Any, serial: int, sign: str, around: str
) -> None:
    number = f"{day:%d%m%y}{sign}{serial:04d}"
    text = f"{around}{number}{around}"
    if PSEUDONYMS.clean_text(text) != text:
        assert not PSEUDONYMS.is_clean(canonical({"a": text}))
        query = b64encode(text.encode()).decode()
        assert not PSEUDONYMS.is_clean(canonical({"entity": [{"query": "eD0x"}, {"query": query}]}))


@pytest.mark.parametrize("system", sorted(IDENTITY_SYSTEMS))
def test_the_quick_look_calls_no_text_clean_that_names_a_system_of_identity_numbers(system: str) -> None:
    assert not PSEUDONYMS.is_clean(canonical({"what": {"identifier": {"system": system, "value": "x"}}}))


@pytest.mark.parametrize("query", ["GET Observation?code=1", "Patient?_count=20", "x=2026-01-01T12:00:00Z"])
def test_a_query_without_a_number_costs_no_second_look(query: str) -> None:
    event = {"entity": [{"query": b64encode(query.encode()).decode()}]}
    assert PSEUDONYMS.is_clean(canonical(event))
    assert PSEUDONYMS.clean(event) == event
    assert not PSEUDONYMS.is_clean(canonical({"entity": [{"query": "no base64!"}]}))
    assert not PSEUDONYMS.is_clean(canonical({"entity": [{"query": ["eD0x"]}]}))


def test_no_number_is_in_any_file_and_the_person_is_found_by_it(
    log: AuditLog, make_event: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    number = {"system": "urn:oid:1.2.208.176.1.2", "value": "2512489996"}
    event = make_event(1, "Patient/1", outcomeDesc="asked for 251248-9996")
    event["entity"][0]["what"]["identifier"] = number
    log.append(event)
    log.append(make_event(2, "Patient/2512489996"))
    log.append(make_event(3, "Patient/1"))
    files = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    exported = b"".join(canonical(found.event or {}) for found in log.read())
    assert b"2512489996" not in files + exported
    assert b"251248-9996" not in files + exported
    by_number = log.about("urn:oid:1.2.208.176.1.2|251248-9996")
    assert [found.index for found in by_number] == [2, 0]
    assert log.about("Patient/1") == by_number
    assert [found.index for found in log.about("Patient/2512489996")] == [1]
