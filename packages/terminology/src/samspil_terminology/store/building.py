"""A code system of any kind into a snapshot: concepts in any order, numbered parents first."""

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from samspil_core.jsontext import dumps
from samspil_terminology.plain import is_object
from samspil_terminology.system import SystemFacts

from .ids import to_blob
from .snapshot import SnapshotWriter, Term, close_over, writing
from .system import ABSTRACT, INACTIVE

__all__ = ["Row", "build"]

_NOT_INDEXED = 2_000


@dataclass(slots=True)
class Row:
    """One concept to store. `parents` are codes; `designations` and `properties` are as FHIR writes them."""

    code: str
    display: str = ""
    parents: list[str] = field(default_factory=list[str])
    definition: str = ""
    designations: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    properties: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    inactive: bool = False
    abstract: bool = False
    status: str = ""

    def data(self) -> str | None:
        """What does not fit a column."""
        held: dict[str, Any] = {
            "definition": self.definition,
            "designation": self.designations,
            "property": self.properties,
            "status": self.status,
        }
        kept = {name: value for name, value in held.items() if value}
        return dumps(kept).decode() if kept else None


def build(path: Path, facts: SystemFacts, rows: Iterable[Row], *, grammar: str = "") -> dict[str, str]:
    """Write the snapshot of a code system to `path`, and give its facts.

    Of two rows with one code the first counts. Parents that are not there are left out, and so is what would make a
    circle. `grammar` is "+" where codes may be joined by it.
    """
    with writing(path) as writer:
        by_code: dict[str, Row] = {}
        for each in rows:
            by_code.setdefault(each.code, each)
        order = _ordered(by_code)
        number = {code: n for n, code in enumerate(order)}
        parents = [_parents(by_code[code], number, n) for n, code in enumerate(order)]
        writer.nodes(close_over(parents))
        writer.concepts(
            (n, code, by_code[code].display, _flags(by_code[code]), None, None, by_code[code].data())
            for n, code in enumerate(order)
        )
        _write_terms(writer, by_code, number, facts.language)
        _write_properties(writer, by_code, number)
        meta = _meta(facts, len(order), nested=all(len(each) < 2 for each in parents), grammar=grammar)  # noqa: PLR2004
        for name, value in meta.items():
            writer.meta(name, value)
    return meta


def _meta(facts: SystemFacts, count: int, *, nested: bool, grammar: str) -> dict[str, str]:
    return {
        "kind": "codesystem",
        "url": facts.url,
        "version": facts.version,
        "name": facts.name,
        "title": facts.title,
        "language": facts.language,
        "content": facts.content,
        "case_sensitive": "true" if facts.case_sensitive else "false",
        "status": facts.status,
        "value_set": facts.value_set,
        "properties": dumps(facts.properties).decode(),
        "license": facts.license,
        "grammar": grammar,
        "nested": "true" if nested else "false",
        "concepts": str(count),
    }


def _flags(row: Row) -> int:
    return (INACTIVE if row.inactive else 0) | (ABSTRACT if row.abstract else 0)


def _ordered(by_code: Mapping[str, Row]) -> list[str]:
    """The codes with every parent before its children, else in the order they came."""
    order: list[str] = []
    state: dict[str, int] = {}
    for start in by_code:
        stack = [start]
        while stack:
            code = stack[-1]
            if not state.get(code):
                state[code] = 1
                above = [each for each in by_code[code].parents if each in by_code and not state.get(each)]
                if above:
                    stack += reversed(above)
                    continue
            if state[code] == 1:
                state[code] = 2
                order.append(code)
            stack.pop()
    return order


def _parents(row: Row, number: Mapping[str, int], n: int) -> "array[int]":
    found = {number[each] for each in row.parents if each in number}
    return array("i", sorted(each for each in found if each < n))


def _write_terms(writer: SnapshotWriter, by_code: Mapping[str, Row], number: Mapping[str, int], language: str) -> None:
    """Codes, displays and designations, active before inactive, displays before others, short before long."""
    found: list[Term] = []

    def add(place: int, text: str, n: int, tongue: str, kind: str) -> None:
        found.append((place << 16 | min(len(text), 65535), text, n, tongue, kind, 1, "", "", None, None))

    for code, row in by_code.items():
        n, first = number[code], 4 if row.inactive else 0
        add(first, code, n, "", "code")
        if row.display:
            add(first, row.display, n, language, "display")
        for each in row.designations:
            text = str(each.get("value", ""))
            add(first + 1, text, n, str(each.get("language", "")), "designation")
    found.sort(key=lambda row: row[:5])
    writer.terms(found)


def _write_properties(writer: SnapshotWriter, by_code: Mapping[str, Row], number: Mapping[str, int]) -> None:
    values: dict[str, dict[str, set[int]]] = {}
    for code, row in by_code.items():
        for each in row.properties:
            value = next((each[name] for name in each if name.startswith("value")), "")
            plain = value.get("code", "") if is_object(value) else value
            text = str(plain).lower() if isinstance(plain, bool) else str(plain)
            values.setdefault(str(each["code"]), {}).setdefault(text, set()).add(number[code])
    writer.properties(
        (name, value, to_blob(sorted(some)))
        for name, by_value in sorted(values.items())
        for value, some in sorted(by_value.items())
    )
