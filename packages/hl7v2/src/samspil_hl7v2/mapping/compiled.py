"""Tables compiled once for a message structure: which functions a segment runs, and what the report says of the rest."""

from __future__ import annotations

import linecache
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple
from zlib import decompress

from samspil_hl7v2 import coding, positions, primitives, rules
from samspil_hl7v2.context import Context, present
from samspil_hl7v2.message import Segment
from samspil_hl7v2.r4.elements import ABSENT, PRIMITIVES, r4
from samspil_hl7v2.v2.table_codes import own_system

from . import store
from .code import Compiled
from .reading import TableError, json_of
from .rows import MessageRow, Reference, Tables, Vocabulary

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
    entries: dict[tuple[str, str], tuple[Entry, ...]]
    rows: list[str]
    packed: bytes
    """The source of the functions, compressed: a megabyte of text that only a traceback and a reviewer ask for."""
    keys: dict[str, tuple[tuple[str, ...], ...]]
    """Per type, the elements that identify a resource: alternatives, the first that is there counts."""
    defaults: dict[str, list[tuple[str, Any]]]
    fillers: dict[str, tuple[Filler, ...]] = field(default_factory=dict[str, tuple["Filler", ...]])
    """Per type, what stands in for an element that a finished resource lacks."""
    simple: dict[tuple[str, int, int], Any] = field(default_factory=dict[tuple[str, int, int], Any])
    """Report entries of whole fields that no row maps: they follow from segment, occurrence and field alone."""
    reasons: dict[tuple[str, int, int, int], tuple[str, str, str]] = field(
        default_factory=dict[tuple[str, int, int, int], tuple[str, str, str]]
    )

    @property
    def source(self) -> str:
        """The source of the functions."""
        return decompress(self.packed).decode()

    def fillers_of(self, type_: str) -> tuple[Filler, ...]:
        """What stands in for elements that a finished resource of this type lacks."""
        found = self.fillers.get(type_)
        if found is None:
            found = self.fillers[type_] = _fillers(type_, self.defaults.get(type_, []))
        return found

    def entries_of(self, group: str, segment: str) -> tuple[Entry, ...]:
        """The rows of a segment in a group: those of the group itself, and those for any group."""
        key = (group, segment)
        found = self.entries.get(key)
        if found is None:
            found = self.entries.get(("*", segment), ())
            self.entries[key] = found
        return found


def table_of(structure: str, code: str, tables: Tables) -> str:
    """The message table for a structure, its message code, or any message."""
    for name in (structure, code):
        if name in tables.messages:
            return name
    return "ANY"


def compile_table(tables: Tables, table: str, *, traced: bool = False, digest: str = "") -> Program:
    """Compile a message table and every map it calls, or take what was kept of doing so for tables of that digest.

    Raises TableError naming each row that does not fit.
    """
    label = f"samspil tables {table}{' traced' if traced else ''}"
    made = _made(tables, table, label, traced=traced, digest=digest)
    packed = made.packed
    linecache.cache[label] = (lambda: decompress(packed).decode(),)
    space = _space(made, tables)
    for code in made.code:
        exec(code, space)  # noqa: S102  made from checked rows
    entries = _entries(made, table, tables, space)
    return Program(table, tables, entries, made.rows, packed, _keys(tables), _defaults(tables))


def _made(tables: Tables, table: str, label: str, *, traced: bool, digest: str) -> Compiled:
    """Compiled code, as kept or made now."""
    key = store.digest("program", digest, label) if digest else ""
    if (kept := store.load(key)) is not None:
        return Compiled(*kept)
    from .making import compiled_code

    made = compiled_code(tables, table, label, traced=traced)
    store.save(key, tuple(made))
    return made


def _space(made: Compiled, tables: Tables) -> dict[str, Any]:
    """The names that compiled functions use."""
    space: dict[str, Any] = {name: item for name, item in vars(primitives).items() if name.startswith(("as_", "put_"))}
    space |= {name: item for name, item in vars(positions).items() if not name.startswith("_")}
    space["translate"] = coding.translate
    space["present"] = present
    space["own_system"] = own_system
    space["Decimal"] = Decimal
    for name in made.rules:
        rule = getattr(rules, name, None)
        if rule is None:
            raise TableError([f"there is no rule @{name}; see samspil_hl7v2/rules.py"])
        space[f"rule_{name}"] = rule
    for at, name in enumerate(made.vocabularies):
        space[f"V{at}"] = tables.vocabulary.get(name, Vocabulary(name, ""))
    for at, codes in enumerate(made.allowed):
        space[f"A{at}"] = codes
    return space


def _entries(
    made: Compiled, table: str, tables: Tables, space: dict[str, Any]
) -> dict[tuple[str, str], tuple[Entry, ...]]:
    rows = {row.name: row for row in tables.messages.get(table, {}).values()}
    entries = [
        Entry(row, space[run], space[when] if when else None, row.make, row.type, row.resource, row.references)
        for row, run, when in ((rows[name], run, when) for name, run, when in made.functions)
    ]
    keys = {(entry.row.group, entry.row.segment) for entry in entries}
    return {
        (group, segment): tuple(
            entry for entry in entries if entry.row.segment == segment and entry.row.group in {group, "*"}
        )
        for group, segment in keys
    }


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
