"""How much of the HL7 v2-to-FHIR guide the tables carry out, row by row, read from the guide's own CSV files.

A row of the guide counts where it has a FHIR target; of a code map, where it has a code on both sides. It is `implemented`
where a row of ours that cites it writes the same source to the same element in the same way (a mended name or case is the
same; `conditioned` counts those under another condition than the guide's), `deviating` where ours does something else, with
the note of our row as the reason, or where no message runs a segment's map, and `missing` where none cites it.
https://hl7.org/fhir/uv/v2mappings/
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from .mapping.conditions import Both, Condition
from .mapping.layers import merge, shipped
from .mapping.rows import MessageRow, Row, Tables, Vocabulary

__all__ = ["KINDS", "GuideError", "MapCoverage", "RowCoverage", "measure"]

KINDS = {"messages": "Message", "segments": "Segment", "datatypes": "Data Type", "codes": "Concept Map"}
_IMPLEMENTED, _DEVIATING = "implemented", "deviating"
_FOLDERS = {"codes": "codesystems"}
_NAME = re.compile(r"(?:FHIR R4_|Concept Map_) ?(.+?) - [^-]*\.csv$")
_NOISE = re.compile(r"\[[^\]]*\]|=.*$|\s")
_BEHIND = re.compile(r"\((\w+)(?:\[\w+\])?\)?\.(.+)")
_OF = re.compile(r"@of ([A-Z0-9]{3})-(\d+)")
_WORD = re.compile(r"[A-Za-z]+")


class GuideError(ValueError):
    """A folder does not hold the guide's tables."""


class GuideRow(NamedTuple):
    """A row of the guide that asks for something: its number in the file (headers counted), and its words."""

    number: int
    source: str
    target: str
    made_by: str
    value: str


class Judgement(NamedTuple):
    """What one row of ours makes of a row of the guide."""

    status: str
    conditioned: bool
    row: str
    reason: str


_MISSING = Judgement("missing", conditioned=False, row="", reason="")


def _done(name: str, note: str, *, conditioned: bool = False) -> Judgement:
    return Judgement(_IMPLEMENTED, conditioned, name, note)


def _otherwise(name: str, note: str) -> Judgement:
    return Judgement(_DEVIATING, conditioned=False, row=name, reason=note)


class RowCoverage(NamedTuple):
    """What became of one row of the guide: `status`, our row's name and, where it deviates, its reason."""

    number: int
    source: str
    target: str
    status: str
    conditioned: bool
    row: str
    reason: str


@dataclass(frozen=True, slots=True)
class MapCoverage:
    """One map of the guide and its rows."""

    kind: str
    name: str
    rows: tuple[RowCoverage, ...]

    def count(self, status: str) -> int:
        """How many rows have this status; `conditioned` are some of the implemented ones."""
        if status == "conditioned":
            return sum(row.conditioned for row in self.rows)
        return sum(row.status == status for row in self.rows)


def measure(folder: str | Path) -> list[MapCoverage]:
    """The coverage of every map of the guide in a folder with `messages`, `segments`, `datatypes` and `codesystems`.

    Raises GuideError where the folder holds no such tables, and OSError where a file cannot be read.
    """
    lower, upper = (layer.tables for layer in shipped())
    effective = merge(shipped())
    run = _run(effective)
    found: list[MapCoverage] = []
    for kind in KINDS:
        files = sorted((Path(folder) / _FOLDERS.get(kind, kind)).glob("*.csv"))
        if not files:
            raise GuideError(f"{folder} holds no tables of the guide: {_FOLDERS.get(kind, kind)}/*.csv are missing")
        for file in files:
            named = _NAME.search(file.name)
            name = re.sub(r"\s", "", named[1]) if named else file.stem
            if kind == "codes":
                rows = _codes(list(_cells(file)), effective.vocabulary.get(name))
            elif kind == "messages":
                rows = _messages(name, _guide_rows(file, 11), (lower, upper, effective))
            else:
                rows = _fields(name, _guide_rows(file, 14), (lower, effective))
                rows = rows if kind == "datatypes" or name in run else (_never_run(row) for row in rows)
            found.append(MapCoverage(kind, name, tuple(rows)))
    return found


def _cells(file: Path) -> Iterator[tuple[int, list[str]]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        for number, cells in enumerate(csv.reader(lines), 1):
            yield number, [cell.strip() for cell in cells] + [""] * 20


def _guide_rows(file: Path, way: int) -> list[GuideRow]:
    """Rows with a target, by the positions of the guide's columns (their headers vary)."""
    value = 16 if way == 14 else 10  # noqa: PLR2004  the columns of the segment and datatype sheets
    return [
        GuideRow(number, cells[1], cells[9], cells[way if way == 14 else 10], cells[value])  # noqa: PLR2004  the same
        for number, cells in _cells(file)
        if number > 2 and cells[9]  # noqa: PLR2004  two header rows
    ]


# -- segment and datatype maps --


def _fields(name: str, rows: list[GuideRow], tables: tuple[Tables, Tables]) -> Iterator[RowCoverage]:
    maps = tables[1].maps
    lower, effective = tables[0].maps.get(name, {}), maps.get(name, {})
    citing = _citing(effective.items(), "")
    for row in rows:
        judged: list[Judgement] = []
        for key, ours in citing.get(row.number, []):
            transcript = lower.get(key)
            judgement = _judged(row, ours, transcript)
            other = None
            if judgement.status == _DEVIATING:
                other = _other(transcript, effective.values()) if transcript else None
                other = other or _apart(row.target, transcript or ours, maps)
            judged.append(_done(other.name, ours.note, conditioned=True) if other else judgement)
        yield _best(row, judged)


def _run(tables: Tables) -> set[str]:
    """The maps that some message runs: by a row of a message table, or by a row of a map that is run."""
    waiting = {row.map for rows in tables.messages.values() for row in rows.values()}
    run: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name and name not in run:
            run.add(name)
            waiting |= {row.map for row in tables.maps.get(name, {}).values() if row.map and not row.dropped}
    return run


def _never_run(row: RowCoverage) -> RowCoverage:
    """A row of a map that no message runs does nothing, whatever it says."""
    if row.status != _IMPLEMENTED:
        return row
    return row._replace(status=_DEVIATING, conditioned=False, reason=row.reason or "no message map runs this map")


def _citing(rows: Iterable[tuple[str, Any]], prefix: str) -> dict[int, list[tuple[str, Any]]]:
    found: dict[int, list[tuple[str, Any]]] = {}
    for key, row in rows:
        for cited in row.guide.split():
            owner, _, number = cited.rpartition(":")
            if owner == prefix:
                found.setdefault(int(number), []).append((key, row))
    return found


def _best(row: GuideRow, judged: list[Judgement]) -> RowCoverage:
    best = min(judged, key=lambda each: (each.status == _DEVIATING, each.conditioned), default=_MISSING)
    return RowCoverage(row.number, row.source, row.target, best.status, best.conditioned, best.row, best.reason)


def _judged(row: GuideRow, ours: Row, transcript: Row | None) -> Judgement:
    """A row of ours beside the guide's: in the layer `guide` it is the guide's, mended; above, it is compared."""
    if ours.layer == "guide":
        return _done(ours.name, ours.note)
    if ours.dropped:
        return _otherwise(ours.name, ours.note)
    if transcript is not None and not transcript.dropped:
        same = _place(ours) == _place(transcript) and _way(ours) == _way(transcript)
        narrowed = not _conjuncts(ours.when) <= _conjuncts(transcript.when)
        return _done(ours.name, ours.note, conditioned=narrowed) if same else _otherwise(ours.name, ours.note)
    same = _plain(row.target) == [step.name.lower() for step in ours.target]
    return _done(ours.name, ours.note) if same else _otherwise(ours.name, ours.note)


def _other(transcript: Row, rows: Iterable[Row]) -> Row | None:
    """Another row of ours that writes the same element from the same source, alone or with all that is around it."""
    target = [step.name for step in transcript.target]
    for row in rows:
        names = [step.name for step in row.target]
        source = (
            row.source.name == transcript.source.name
            and row.source.parts == (transcript.source.parts[: len(row.source.parts)])
        )
        whole = bool(row.map) or row.value.startswith("@")
        if (
            source
            and names
            and not row.dropped
            and not row.value.startswith('"')
            and (names == target or (whole and names == target[: len(names)]))
        ):
            return row
    return None


def _apart(target: str, cited: Row, maps: Mapping[str, dict[str, Row]]) -> Row | None:
    """The row that writes an element behind a reference (`medication(Medication.code)`) in the map of that resource."""
    for text in (target, cited.target_text):
        behind = _BEHIND.search(text)
        segment = cited.source.name
        wanted = _plain(behind[2]) if behind else []
        for name, rows in maps.items():
            if not wanted or not behind or not re.match(rf"{segment}\[{behind[1]}\b", name):
                continue
            for row in rows.values():
                names = _plain(row.target_text)
                same = row.source.name == segment and row.source.parts == cited.source.parts and not row.dropped
                if same and names and names == wanted[: len(names)] and (row.map or names == wanted):
                    return row
    return None


def _place(row: Row) -> tuple[Any, ...]:
    """Source field and element: repetition flags and labels apart; the field that a value is taken of is the source."""
    of = _OF.fullmatch(row.value)
    name, part = (of[1], int(of[2])) if of else (row.source.name, (*row.source.parts, 0)[0])
    return name, part, [(step.name, step.made, step.url) for step in row.target]


def _way(row: Row) -> tuple[str, str, str]:
    """How the value is made; rules that read the same text more carefully are the same way."""
    constant = row.value if row.value.startswith('"') else ""
    return row.map.lower(), row.vocabulary, constant


def _plain(target: str) -> list[str]:
    return [step.lower() for step in _NOISE.sub("", target).replace("(", ".").replace(")", "").split(".") if step]


def _conjuncts(when: Condition | None) -> set[Condition]:
    if when is None:
        return set()
    return set(when.items) if isinstance(when, Both) else {when}


# -- message maps --


def _messages(name: str, rows: list[GuideRow], tables: tuple[Tables, Tables, Tables]) -> Iterator[RowCoverage]:
    table = name if name in tables[2].messages else name.partition("_")[0]
    lower, upper, effective = (each.messages.get(table, {}) for each in tables)
    citing = _citing({**lower, **effective}.items(), name)
    drops = tables[1].drops.get(table, {})
    for row in rows:
        judged: list[Judgement] = []
        for key, ours in citing.get(row.number, []):
            if key not in effective:
                judged.append(_otherwise(f"{table}/{key}", drops.get(key, "")))
            else:
                judged.append(_message_judged(row, ours, lower.get(key) if key in upper else None))
        yield _best(row, judged)


def _message_judged(row: GuideRow, ours: MessageRow, transcript: MessageRow | None) -> Judgement:
    if row.made_by and not _same_map(row, ours):
        return _otherwise(ours.name, ours.note)
    narrowed = transcript is not None and not _conjuncts(ours.when) <= _conjuncts(transcript.when)
    return _done(ours.name, ours.note, conditioned=narrowed)


def _same_map(row: GuideRow, ours: MessageRow) -> bool:
    """Whether the guide's map is run, or the one of the resource that the row names, where it names another's map."""
    if row.made_by.lower().replace(" ", "") == ours.map.lower():
        return True
    segment, _, made = row.made_by.rstrip("]").partition("[")
    target = _WORD.match(row.target)
    return target is not None and target[0] != made and ours.map == f"{segment}[{target[0]}]"


# -- code maps --


def _codes(rows: list[tuple[int, list[str]]], ours: Vocabulary | None) -> Iterator[RowCoverage]:
    """Pairs of codes; the columns are found by their headers, since some files lack one."""
    header = [cell.lower() for cell in rows[1][1]]
    targets = [at for at, cell in enumerate(header) if cell == "code"]
    systems = [at for at, cell in enumerate(header) if "system" in cell]
    for number, cells in rows[2:]:
        source, target = cells[targets[0]].strip('"'), cells[targets[-1]].strip('"')
        if not (source and target):
            continue
        found = ours.codes.get(source.split(",")[0]) if ours else None
        system = cells[systems[-1]] if len(systems) > 1 else ""
        if found is None:
            yield RowCoverage(number, source, target, "missing", conditioned=False, row="", reason="")
            continue
        same = found.target in {target, target.split(",")[0]} and _same_system(system, found.system)
        status = "implemented" if same else "deviating"
        name = f"{ours.name if ours else ''}/{source}"
        yield RowCoverage(number, source, target, status, conditioned=False, row=name, reason=found.note)


def _same_system(guide: str, ours: str) -> bool:
    """Whether two names of a code system mean the same: a blank, a slash, a page's address for the URI are mended."""
    return not guide or guide.strip("/ ").lower() == ours.lower() or ours.lower().startswith(guide.strip("/ ").lower())
