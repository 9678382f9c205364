"""Tables compiled once for a message structure: which functions a segment runs, and what the report says of the rest."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from samspil_hl7v2.context import Context
from samspil_hl7v2.message import Segment
from samspil_hl7v2.r4.elements import ABSENT, PRIMITIVES, r4

from .library import UNKNOWN, Library, Origin
from .reading import json_of
from .rows import MessageRow, Reference, Tables

Run = Callable[[Segment, dict[str, Any], Context], None]
Test = Callable[[Segment, Context], Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """One message row, compiled."""

    row: MessageRow
    run: Run
    when: Test | None
    make: str
    type: str
    label: str
    references: tuple[Reference, ...]


class Filler(NamedTuple):
    """Where neither `name` nor `beside` stands, `value` is put at `key`."""

    name: str
    beside: str
    key: str
    value: Any


@dataclass(slots=True, eq=False)
class Program:
    """A message table, compiled. `rows` names the rows that notes and traces give by number."""

    table: str
    tables: Tables
    library: Library
    space: dict[str, Any]
    """The functions by name."""
    rows: list[str]
    keys: dict[str, tuple[tuple[str, ...], ...]]
    """Per type, the elements that identify a resource: alternatives, the first that is there counts."""
    defaults: dict[str, list[tuple[str, Any]]]
    entries: dict[tuple[str, str], tuple[Entry, ...]] = field(
        default_factory=dict[tuple[str, str], tuple["Entry", ...]]
    )
    fillers: dict[str, tuple[Filler, ...]] = field(default_factory=dict[str, tuple["Filler", ...]])
    """Per type, what stands in for an element that a finished resource lacks."""
    simple: dict[tuple[str, int, int], Any] = field(default_factory=dict[tuple[str, int, int], Any])
    """Report entries of whole fields that no row maps: they follow from segment, occurrence and field alone."""

    def fillers_of(self, type_: str) -> tuple[Filler, ...]:
        """What stands in for elements that a finished resource of this type lacks."""
        found = self.fillers.get(type_)
        if found is None:
            found = self.fillers[type_] = _fillers(type_, self.defaults.get(type_, []))
        return found

    def entries_of(self, group: str, segment: str) -> tuple[Entry, ...]:
        """The rows of a segment in a group: those of the group itself, and those for any group. Raises TableError."""
        key = (group, segment)
        found = self.entries.get(key)
        if found is None:
            rows = [row for row in self._rows((segment,)) if row.group in {group, "*"}]
            self.library.add(rows)
            found = self.entries[key] = tuple(map(self._entry, rows))
        return found

    def complete(self, segments: Iterable[str]) -> None:
        """Compile whatever messages of these segments may need. Raises TableError naming each row that does not fit."""
        self.library.add(self._rows(frozenset(segments)), whole=True)

    def _rows(self, segments: Collection[str]) -> list[MessageRow]:
        return [row for row in self.tables.messages.get(self.table, {}).values() if row.segment in segments]

    def _entry(self, row: MessageRow) -> Entry:
        run, when = self.library.compiled.messages[row.name]
        test = self.space[when] if when else None
        mapped = row.map.partition("[")[0]
        body = self.space[run] if mapped == row.segment else _nearest(mapped, self.space[run])
        return Entry(row, body, test, row.make, row.type, row.resource, row.references)


def _nearest(name: str, run: Run) -> Run:
    """Run a map on the nearest segment of that name instead of the one at hand; where there is none, not at all."""

    def run_there(segment: Segment, body: dict[str, Any], x: Context) -> None:
        there = x.near(segment, name)
        if there is not None:
            run(there, body, x)

    return run_there


def table_of(structure: str, code: str, tables: Tables) -> str:
    """The message table for a structure, its message code, or any message."""
    for name in (structure, code):
        if name in tables.messages:
            return name
    return "ANY"


def compile_table(tables: Tables, table: str, *, traced: bool = False, origin: Origin = UNKNOWN) -> Program:
    """A message table that fits: a row is compiled when a message first has its segment, or taken from what was kept of that."""
    library = Library(tables, table, traced, origin)
    return Program(table, tables, library, library.space, library.compiled.rows, _keys(tables), _defaults(tables))


def _defaults(tables: Tables) -> dict[str, list[tuple[str, Any]]]:
    """Per type: element and JSON to put there where a finished resource lacks it; required elements without a rule too."""
    made: dict[str, list[tuple[str, Any]]] = {}
    for rule in tables.resources.values():
        if rule.rule == "default" and "." not in rule.path:
            made.setdefault(rule.type, []).append((rule.path, json_of(rule.value, rule.place)))
    return made


def _keys(tables: Tables) -> dict[str, tuple[tuple[str, ...], ...]]:
    made: dict[str, tuple[tuple[str, ...], ...]] = {}
    for rule in tables.resources.values():
        if rule.rule == "key":
            made[rule.type] = (*made.get(rule.type, ()), tuple(rule.path.split("+")))
    return made


def _fillers(type_: str, defaults: list[tuple[str, Any]]) -> tuple[Filler, ...]:
    """What to put where a resource lacks an element: as resources.csv says, else that it is absent; choices left out."""
    made = [_filler(path, value) for path, value in defaults]
    for name in r4().required(type_):
        if name.endswith("[x]"):
            continue
        element = r4().lookup(type_, name)
        key = f"_{name}" if element.types[0] in PRIMITIVES else name
        made.append(Filler(name, f"_{name}", key, [ABSENT] if element.repeats else ABSENT))
    return tuple(made)


def _filler(path: str, value: Any) -> Filler:
    """`status` is put unless it is there; `_name|name|identifier` is put unless one of the last two is."""
    key, *others = path.split("|")
    return Filler(others[0], others[1], key, value) if others else Filler(path, f"_{path}", path, value)
