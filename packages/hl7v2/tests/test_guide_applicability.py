"""Every position that the guide's own tables have a target for is mapped: its CSV files are read here, not ours.

Narrative conditions and those that no plain reading takes count as true, so that the share errs on the strict side.
"""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pytest

from samspil_hl7v2 import convert
from samspil_hl7v2.conversion import message_type
from samspil_hl7v2.grouping import group_segments
from samspil_hl7v2.message import Message, Segment, parse
from samspil_hl7v2.v2.structures import structure_of
from tools.rows.conditions import REF, Text, holds

LEAST = 0.98
WORST = 40
NAME = re.compile(r"FHIR R4_ (.+?) - ")


class Row(NamedTuple):
    """A row of a segment or datatype map that writes what it reads: `parts` are the numbers of its source."""

    parts: tuple[int, ...]
    condition: str
    map: str


@dataclass
class Guide:
    """The guide's tables, as far as they say which positions have a target."""

    messages: dict[str, list[tuple[str, str, str, str]]] = field(default_factory=dict)
    maps: dict[str, list[Row]] = field(default_factory=dict)


def cells(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for row in list(csv.reader(lines))[2:]:
            yield [cell.strip() for cell in row] + [""] * 20


def read_guide(folder: Path) -> Guide:
    guide = Guide()
    for path in sorted((folder / "messages").glob("*.csv")):
        rows = guide.messages.setdefault(NAME.search(path.name)[1], [])
        for row in cells(path):
            if row[9] and "[" in row[10]:
                *groups, segment = re.sub(r":follow:\w+", "", row[1].lstrip("/")).split(".")
                rows.append((".".join(groups[1:]), segment, row[6], row[10].strip()))
    for kind in ("segments", "datatypes"):
        for path in sorted((folder / kind).glob("*.csv")):
            name = NAME.search(path.name)[1].replace(" ", "")
            guide.maps[name.upper()] = list(map_rows(name.partition("[")[0], cells(path)))
    return guide


def map_rows(base: str, rows: Iterator[list[str]]) -> Iterator[Row]:
    for row in rows:
        target, datatype_map, value = row[9], row[14].replace(" ", ""), row[16]
        if not target or is_constant(value):
            continue
        own = REF.fullmatch(row[1].replace(" ", ""))
        sources = [ref for ref in REF.finditer(value) if ref[1] == base] if not value.startswith("/") else []
        for ref in sources or ([own] if own else []):
            parts = tuple(int(part) for part in ref.groups()[1:] if part)
            yield Row(parts, row[6], "" if sources else datatype_map)


def is_constant(value: str) -> bool:
    if not value or value.startswith("/"):
        return False
    return REF.search(value) is None


# -- which positions have an applicable row --


def part(value: str, numbers: tuple[int, ...]) -> str:
    for number, delimiter in zip((*numbers, 1, 1)[:2], "^&", strict=True):
        pieces = value.split(delimiter)
        value = pieces[number - 1] if number <= len(pieces) else ""
    return value


def before(message: Message, segment: Segment, name: str) -> Segment | None:
    return next((each for each in message.segments[segment.index :: -1] if each.name == name), None)


def text_in(message: Message, segment: Segment, number: int, repetition: str) -> Text:
    """Texts for the conditions of a segment map: its own fields, and the first segments of other names."""

    def text(name: str, numbers: tuple[int, ...]) -> list[str]:
        if name == segment.name and numbers[0] == number:
            return [part(repetition, numbers[1:]), *segment.fields[number].split("~")[1:]]
        found = segment if name == segment.name else before(message, segment, name)
        if found is None or numbers[0] >= len(found.fields) or not found.fields[numbers[0]]:
            return []
        return [part(each, numbers[1:]) for each in found.fields[numbers[0]].split("~")]

    return text


def has_target(guide: Guide, name: str, value: str, depth: int, numbers: tuple[int, int]) -> bool:
    """Whether a datatype map has a row for a component (depth 0) or sub-component (depth 1) of `value`."""
    component, sub = numbers
    number = component if depth == 0 else sub
    pieces = value.split("^&"[depth])

    def text(_name: str, refs: tuple[int, ...]) -> list[str]:
        one = pieces[refs[0] - 1] if refs[0] <= len(pieces) else ""
        one = one.split("&")[0] if len(refs) == 1 else part(one.replace("&", "^"), refs[1:])
        return [one] if one else []

    for row in guide.maps.get(name.upper(), ()):
        if row.parts[0] != number or not holds(row.condition, text):
            continue
        if depth == 0 and row.map:
            if has_target(guide, row.map, pieces[number - 1], 1, numbers):
                return True
        elif (row.parts[1:] or (1,))[0] == (sub if depth == 0 else 1):
            return True
    return False


def applicable(guide: Guide, message: Message, structure: str) -> Iterator[str]:
    """Positions that some row of the guide's tables applies to and has a real FHIR target for."""
    name = structure if structure in guide.messages else "ADT_A01"
    rows = guide.messages[name]
    known = name == structure
    for segment in message.segments:
        path = segment.group.kind.path
        at = [row for row in rows if row[1] == segment.name and (row[0] == path or not known)]
        live: dict[tuple[int, int], list[Row]] = {}
        truths: dict[str, bool] = {}
        for leaf in segment.leaves():
            if leaf.text == '""' or leaf.text.isspace():
                continue
            repetition = segment.fields[leaf.field].split("~")[leaf.repetition]
            place = (leaf.field, leaf.repetition)
            if place not in live:
                test = judge(message, segment, leaf.field, repetition, truths)
                live[place] = list(live_rows(guide, at, leaf.field, test))
            if any(reaches(guide, row, repetition, leaf) for row in live[place]):
                yield segment.position(leaf)


def judge(
    message: Message, segment: Segment, number: int, repetition: str, truths: dict[str, bool]
) -> Callable[[str], bool]:
    """What tells whether a condition holds; one that does not ask for the field at hand is evaluated once a segment."""
    text = text_in(message, segment, number, repetition)

    def test(condition: str) -> bool:
        if f"-{number}" in condition or f".{number}" in condition:
            return holds(condition, text)
        if condition not in truths:
            truths[condition] = holds(condition, text)
        return truths[condition]

    return test


def live_rows(
    guide: Guide, at: list[tuple[str, str, str, str]], number: int, test: Callable[[str], bool]
) -> Iterator[Row]:
    """Rows of a field whose conditions, and those of the message rows that lead to them, hold."""
    for _, _, condition, name in at:
        found = [row for row in guide.maps.get(name.upper(), ()) if row.parts[0] == number]
        if found and test(condition):
            yield from (row for row in found if test(row.condition))


def reaches(guide: Guide, row: Row, repetition: str, leaf) -> bool:
    place = (leaf.component, leaf.subcomponent)
    if len(row.parts) > 1:
        if row.parts[1] != leaf.component:
            return False
        if not row.map:
            return (row.parts[2:] or (1,))[0] == leaf.subcomponent
        pieces = repetition.split("^")
        return has_target(guide, row.map, pieces[leaf.component - 1], 1, place)
    if not row.map or row.map.upper() not in guide.maps:
        return place == (1, 1)
    return has_target(guide, row.map, repetition, 0, place)


PLACE = re.compile(r"\[\d+\]")


def test_what_the_guide_has_a_row_for_is_mapped(corpus, capsys) -> None:
    """Of the positions of all ADT and ORU messages that a row of the guide applies to, at least 98 % are mapped."""
    guide = read_guide(corpus.tables)
    total, worst = 0, Counter[tuple[str, str, str]]()
    for raw in corpus.messages():
        message = parse(raw.data)
        if not isinstance(message, Message):
            continue
        code, trigger, declared = message_type(message.segments[0])
        structure = structure_of(code, trigger, declared)
        if code not in {"ADT", "ORU"} or not structure:
            continue
        group_segments(message.segments, structure)
        reported = {each.position: each for each in convert(raw.data).report.unmapped}
        for position in applicable(guide, message, structure):
            total += 1
            if position in reported:
                each = reported[position]
                worst[PLACE.sub("", position), each.reason, f"{each.row} {each.detail}"] += 1
    share = 1 - worst.total() / total
    with capsys.disabled():
        print(f"\n{total} positions with a row of the guide, {share:.2%} mapped")  # noqa: T201
        for (position, reason, detail), number in worst.most_common(WORST):
            print(f"{number:6} {position} {reason} {detail}")  # noqa: T201
    assert share >= LEAST


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("IF PV1-43 VALUED", True),
        ("IF PID-33 AND PID-34 VALUED", False),
        ("IF PID-33 OR PV1-43 IS VALUED", True),
        ('IF PV1-43.1 NOT IN ("a", "b") AND PID-33 NOT VALUED', True),
        ("IF OBX-5 LST.count LESS THAN OR EQUALS 1", True),
        ("IF PL3.NOT VALUED", True),
    ],
)
def test_conditions_are_read(condition: str, expected: bool) -> None:
    """Plain conditions are evaluated, and what cannot be read counts as true."""
    assert holds(condition, lambda name, _numbers: ["c"] if name == "PV1" else []) is expected
