"""The elements of each type in their order, as XML needs them, taken from snapshots.

https://hl7.org/fhir/R4/xml.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from samspil_validation.place import choice_key
from samspil_validation.shape import node, nodes, text, values

__all__ = ["Child", "Elements", "Structures", "Table"]

Structures = Callable[[str], "dict[str, Any] | None"]
"""Gives the StructureDefinition of a type name, with its snapshot, or None."""

_SYSTEM = "http://hl7.org/fhirpath/System."
_FHIR_TYPE = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type"
_CORE = "http://hl7.org/fhir/StructureDefinition/"


@dataclass(slots=True)
class Child:
    """One element of a type, under the name it has in XML and JSON; `table` is set where its content stands here."""

    name: str
    type: str
    many: bool
    order: int
    attribute: bool = False
    reference: str = ""
    table: Table | None = None


@dataclass(slots=True)
class Table:
    """The elements of a type or of a backbone element, by name."""

    type: str
    kind: str
    children: dict[str, Child] = field(default_factory=dict[str, Child])


class Elements:
    """Element tables of types, made when first asked for."""

    def __init__(self, structures: Structures) -> None:
        self._structures = structures
        self._tables: dict[str, Table | None] = {}
        self._inner: dict[str, Table] = {}

    def of(self, name: str) -> Table | None:
        """The table of a type, or None when no definition has it."""
        if name not in self._tables:
            self._tables[name] = self._make(name)
        return self._tables[name]

    def below(self, child: Child) -> Table | None:
        """The table of what stands in an element."""
        if child.reference:
            self.of(child.reference.partition(".")[0])
            return self._inner.get(child.reference)
        return child.table or self.of(child.type)

    def _make(self, name: str) -> Table | None:
        structure = self._structures(name)
        if structure is None or structure.get("derivation") == "constraint":
            return None
        elements = nodes(node(structure, "snapshot"), "element")
        if not elements:
            return None
        root = text(elements[0], "path")
        tables = {root: Table(text(structure, "type").rpartition("/")[2], text(structure, "kind"))}
        for element in elements[1:]:
            _place(element, tables)
        self._inner.update(tables)
        return tables[root]


def _place(element: dict[str, Any], tables: dict[str, Table]) -> None:
    """Put one element of a snapshot into the table of what it stands in."""
    path = text(element, "path")
    above, _, last = path.rpartition(".")
    if element.get("sliceName") or above not in tables:
        return
    table = tables[above]
    attribute = "xmlAttr" in values(element, "representation")
    many = text(node(element, "base") or element, "max") not in {"0", "1"}
    reference = text(element, "contentReference").rpartition("#")[2]
    types = nodes(element, "type")
    inner = bool(types) and _code(types[0]) in {"BackboneElement", "Element"} and "." in path
    order = len(table.children)
    for name, kind in _names(last, types):
        child = Child(name, kind, many, order, attribute, reference)
        if inner and not last.endswith("[x]"):
            child.table = tables[path] = Table(kind, "backbone")
        table.children[name] = child


def _names(last: str, types: list[dict[str, Any]]) -> list[tuple[str, str]]:
    codes = list(dict.fromkeys(_code(each) for each in types))
    if not last.endswith("[x]"):
        return [(last, codes[0] if codes else "")]
    stem = last.removesuffix("[x]")
    return [(choice_key(stem, code), code) for code in codes]


def _code(declared: dict[str, Any]) -> str:
    code = text(declared, "code")
    if code.startswith(_SYSTEM):
        stated = (each for each in nodes(declared, "extension") if text(each, "url") == _FHIR_TYPE)
        named = next((text(each, "valueUrl") or text(each, "valueUri") for each in stated), "")
        code = named or code.removeprefix(_SYSTEM).lower()
    return code.removeprefix(_CORE)
