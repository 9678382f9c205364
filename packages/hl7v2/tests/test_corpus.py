"""What must hold of every message of the corpora, whoever wrote it."""

import random
import string
from collections.abc import Iterator
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle

from samspil_hl7v2 import convert
from samspil_hl7v2.batch import Options, convert_one
from samspil_hl7v2.conversion import Conversion
from samspil_hl7v2.message import Leaf, Message, Segment, parse
from samspil_hl7v2.reader import RawMessage

OPTIONS = Options(timezone="Europe/Copenhagen")
SEED, SAMPLE, POSITIONS, LARGEST = 20240315, 200, 20, 20_000


@pytest.fixture(scope="module")
def converted(origin, corpus) -> list[tuple[RawMessage, Conversion]]:
    """The messages of one origin and what became of each."""
    found = [(raw, convert(raw.data, timezone=OPTIONS.timezone)) for raw in corpus.messages(origin)]
    assert found
    return found


def test_every_origin_is_tested(corpus, origins) -> None:
    """No folder of the corpora is left out."""
    assert {origin for origin, _ in corpus.files} == set(origins)


def test_populated_is_mapped_and_reported(converted) -> None:
    """Every populated position is mapped or reported with a reason, and each reported one once."""
    for raw, conversion in converted:
        report = conversion.report
        assert report.populated == report.mapped + report.reported, raw.source
        positions = [each.position for each in report.unmapped]
        assert len(positions) == len(set(positions)), raw.source
        assert all(each.reason for each in report.unmapped), raw.source


def test_what_is_counted_is_what_a_plain_split_counts(converted) -> None:
    """The number of populated positions is that of the non-empty parts of the text, counted without the engine."""
    for raw, conversion in converted:
        message = parse(raw.data)
        if isinstance(message, Message):
            fields = [text for segment in message.segments for text in segment.raw[3 if segment.name == "MSH" else 1 :]]
            parts = "".join(fields_split(text) for text in fields)
            assert conversion.report.populated == sum(map(bool, message.segments[0].raw[1:3])) + len(parts), raw.source


def fields_split(text: str) -> str:
    """One mark for each non-empty part of a field."""
    for delimiter in "^&":
        text = text.replace(delimiter, "~")
    return "".join("." for part in text.split("~") if part)


def test_no_message_breaks_the_converter(converted) -> None:
    """No message of the corpora meets a fault of ours, and where no MSH stands nothing is converted."""
    for raw, _ in converted:
        line = convert_one(raw, OPTIONS)
        assert b"SAM-HL7-403" not in line.report, raw.source
        assert (line.bundle is None) == (line.status == "failed"), raw.source


def test_every_bundle_loads_in_fhir_resources(converted) -> None:
    """Each bundle is valid for the pydantic models of FHIR R4B."""
    for raw, conversion in converted:
        if conversion.bundle is not None:
            try:
                Bundle.model_validate_json(conversion.json())
            except ValueError as error:
                raise AssertionError(f"{raw.source}: {error}") from None


def test_every_reference_resolves_in_its_bundle(converted) -> None:
    """Each reference is the fullUrl of an entry, and no two entries share one."""
    for raw, conversion in converted:
        if conversion.bundle is not None:
            entries = conversion.bundle.get("entry", [])
            urls = [entry["fullUrl"] for entry in entries]
            assert len(urls) == len(set(urls)), raw.source
            assert set(references(entries)) <= set(urls), raw.source


def references(value: Any) -> Iterator[str]:
    """Every literal reference in a value."""
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield value["reference"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_the_traced_build_agrees_with_the_fast_one(converted) -> None:
    """With lineage the bundle and the report are the same, byte by byte."""
    for raw, fast in converted:
        traced = convert(raw.data, timezone=OPTIONS.timezone, with_lineage=True)
        assert traced.json() == fast.json(), raw.source
        assert traced.report_json() == fast.report_json(), raw.source


def test_what_is_traced_is_what_is_mapped(corpus) -> None:
    """The positions that lineage names are those that the report counts as mapped."""
    wrong: dict[str, tuple[list[str], list[str]]] = {}
    for raw in corpus.messages():
        message = parse(raw.data)
        if isinstance(message, Message):
            traced = convert(raw.data, timezone=OPTIONS.timezone, with_lineage=True)
            mapped = positions(message) - {each.position for each in traced.report.unmapped}
            seen = {trace.position for trace in traced.lineage}
            if mapped != seen:
                wrong[raw.source] = (sorted(mapped - seen)[:4], sorted(seen - mapped)[:4])
    first = dict(list(wrong.items())[:10])
    assert not wrong, f"{len(wrong)} messages; mapped and not traced, traced and not mapped: {first}"


def positions(message: Message) -> set[str]:
    """Every populated position, in words."""
    return {segment.position(leaf) for segment in message.segments for leaf in segment.leaves()}


# -- the account has teeth --

DECIDING = {("MSH", 1), ("MSH", 2), ("MSH", 9), ("MSH", 12), ("MSH", 18), ("OBX", 2)}
"""Fields that decide how others are read."""
KEY = {("MSH", 3), ("MSH", 4), ("MSH", 7), ("MSH", 10)}
"""Fields that ids are made of where a resource has no key of its own."""
IDLE = {"no-row", "dropped", "cardinality", "unknown-segment"}
"""Reasons for which any other value of the same form would be reported too."""


def test_a_mapped_value_shows_and_a_reported_one_does_not(corpus) -> None:
    """Another value at a mapped position changes the bundle or gets reported; at a reported position it changes nothing."""
    chance = random.Random(SEED)
    files = [raw for raw in corpus.messages() if len(raw.data) <= LARGEST]
    faults: list[str] = []
    for raw in chance.sample(files, SAMPLE):
        message = parse(raw.data)
        if not isinstance(message, Message):
            continue
        plain = convert(rewritten(message))
        reasons = {each.position: each.reason for each in plain.report.unmapped}
        places = [(s, leaf) for s in message.segments for leaf in s.leaves() if is_open(s, leaf)]
        for segment, leaf in chance.sample(places, min(POSITIONS, len(places))):
            position = segment.position(leaf)
            changed = convert(rewritten(message, segment, leaf))
            same = changed.json() == plain.json()
            reported = position in {each.position for each in changed.report.unmapped}
            if position not in reasons and same and not reported:
                faults.append(f"{raw.source} {position} is mapped, and nothing shows it")
            if reasons.get(position) in IDLE and not same and (segment.name, leaf.field) not in KEY:
                faults.append(f"{raw.source} {position} is reported {reasons[position]}, and shows")
    assert not faults, "\n".join(faults)


def is_open(segment: Segment, leaf: Leaf) -> bool:
    """Whether a value can be replaced by another of the same form."""
    deciding = (segment.name, leaf.field) in DECIDING
    return not deciding and "\\" not in leaf.text and rotated(leaf.text) != leaf.text


def rotated(text: str) -> str:
    """Each letter and digit the next one, around the end."""
    return text.translate(NEXT)


NEXT = {
    ord(one): other
    for row in (string.digits, string.ascii_lowercase, string.ascii_uppercase)
    for one, other in zip(row, row[1:] + row[0], strict=True)
}


def rewritten(message: Message, segment: Segment | None = None, leaf: Leaf | None = None) -> str:
    """The text of a message, the value at one position replaced by another."""
    lines: list[str] = []
    for each in message.segments:
        raw = list(each.raw)
        if each is segment and leaf is not None:
            raw[leaf.field] = replaced(raw[leaf.field], (leaf.repetition, leaf.component - 1, leaf.subcomponent - 1))
        lines.append("MSH|^~\\&|" + "|".join(raw[3:]) if each.name == "MSH" else "|".join(raw))
    return "\r".join(lines)


def replaced(text: str, at: tuple[int, ...], delimiters: str = "~^&") -> str:
    """The text of a field with the part at `at` rotated."""
    if not at:
        return rotated(text)
    parts = text.split(delimiters[0])
    parts[at[0]] = replaced(parts[at[0]], at[1:], delimiters[1:])
    return delimiters[0].join(parts)
