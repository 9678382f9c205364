"""The guide's CSV tables, read for the oracle alone: rows with their words, none of our tables."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

_NAME = re.compile(r"(?:FHIR R4_|Concept Map_) ?(.+?) - [^-]*\.csv$")
_SEGMENT = 3
_SOURCE = re.compile(r"([A-Z][A-Z0-9]{1,2})[-.](\d+)(?:\.(\d+))?(?:\.(\d+))?")


class FieldRow(NamedTuple):
    """A row of a segment or datatype map with a target; `parts` are the numbers of its source, `type` its FHIR type."""

    number: int
    name: str
    parts: tuple[int, ...]
    v2_type: str
    condition: str
    target: str
    type: str
    map: str
    vocabulary: str
    value: str


class MessageRow(NamedTuple):
    """A row of a message map: the place of its segment, and what it asks for (`target` is empty on rows without)."""

    number: int
    path: str
    segment: str
    required: bool
    condition: str
    target: str
    map: str
    references: str


class Pair(NamedTuple):
    """A row of a code map with a code on both sides."""

    number: int
    source: str
    target: str


@dataclass
class Guide:
    """All tables; names of maps in small letters, since the guide's references to them differ in case."""

    messages: dict[str, list[MessageRow]] = field(default_factory=dict[str, list[MessageRow]])
    segments: dict[str, list[FieldRow]] = field(default_factory=dict[str, list[FieldRow]])
    datatypes: dict[str, list[FieldRow]] = field(default_factory=dict[str, list[FieldRow]])
    codes: dict[str, list[Pair]] = field(default_factory=dict[str, list[Pair]])
    names: dict[str, str] = field(default_factory=dict[str, str])
    positions: dict[tuple[str, tuple[int, ...]], tuple[str, str]] = field(
        default_factory=dict[tuple[str, tuple[int, ...]], tuple[str, str]]
    )
    """Of each position: its HL7 v2 datatype and its name."""

    def map(self, name: str) -> list[FieldRow]:
        """The rows of the datatype map that a row names, or none."""
        return self.datatypes.get(key(name), [])


def key(name: str) -> str:
    """Bring a map's name to the form of the keys: no blanks, small letters."""
    return re.sub(r"[\s/]", "", name).lower()


def read(folder: Path) -> Guide:
    """Read the tables of a folder with `messages`, `segments`, `datatypes` and `codesystems`."""
    guide = Guide()
    for kind in ("messages", "segments", "datatypes", "codesystems"):
        for file in sorted((folder / kind).glob("*.csv")):
            named = _NAME.search(file.name)
            name = re.sub(r"\s", "", named[1]) if named else file.stem
            guide.names[key(name)] = name
            if kind == "messages":
                guide.messages[name] = list(_message_rows(file))
            elif kind == "codesystems":
                guide.codes[key(name)] = list(_pairs(file))
            else:
                maps = guide.segments if kind == "segments" else guide.datatypes
                every = list(_field_rows(file, name.partition("[")[0]))
                guide.positions |= {(row.name, row.parts): (row.v2_type, label) for row, label in every if row.v2_type}
                maps[key(name)] = [row for row, _ in every if row.target]
    return guide


def _cells(file: Path) -> Iterator[tuple[int, list[str]]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        for number, cells in enumerate(csv.reader(lines), 1):
            yield number, [cell.strip() for cell in cells] + [""] * 20


def _field_rows(file: Path, base: str) -> Iterator[tuple[FieldRow, str]]:
    for number, cells in _cells(file):
        if number > 2:  # noqa: PLR2004  two header rows
            found = _SOURCE.match(cells[1].replace(" ", ""))
            parts = (
                tuple(int(part) for part in found.groups()[1:] if part)
                if found
                else (int(cells[0]) if cells[0].isdigit() and "." not in cells[1] else 0,)
            )
            name = found[1] if found else base
            yield FieldRow(number, name, parts, cells[3], cells[6], cells[9], cells[11], *cells[14:17]), cells[2]


def _message_rows(file: Path) -> Iterator[MessageRow]:
    for number, cells in _cells(file):
        path = cells[1]
        if number > 2 and path and not path.startswith("/"):  # noqa: PLR2004  two header rows
            last = path.rpartition(".")[2]
            segment = last if len(last) == _SEGMENT and "---" not in cells[3] else ""
            yield MessageRow(number, path, segment, cells[4] == "1", cells[6], cells[9], cells[10], cells[11])


def _pairs(file: Path) -> Iterator[Pair]:
    rows = list(_cells(file))
    targets = [at for at, cell in enumerate(rows[1][1]) if cell.lower() == "code"]
    for number, cells in rows[2:]:
        source, target = cells[targets[0]].strip('"'), cells[targets[-1]].strip('"')
        if source and target:
            yield Pair(number, source.split(",")[0], target.split(",")[0])
