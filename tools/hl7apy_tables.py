"""HL7 v2 as hl7apy holds it, newest version first: message structures, fields, components."""

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.metadata import version
from typing import Any

from samspil_hl7v2.v2.grammar import Group, Node, Segment

VERSIONS = ("2.8.2", "2.8.1", "2.8", "2.7", "2.6", "2.5.1", "2.5", "2.4", "2.3.1", "2.3", "2.2", "2.1")
PROVENANCE = f"facts of HL7 v2.1 to v2.8.2 from package hl7apy, version {version('hl7apy')}, licence MIT"
WITHDRAWN = ("WD", None)
POSSESSIVE = re.compile(r"(?<=\w) s ")
LONGEST_TYPE = 3  # longer names are hl7apy's own, for what v2.1 and v2.2 called CM
CHILDREN_AND_KIND = 2
CHILD = 4  # name, definition, occurrence, kind
DEFINITION = 6  # shape, children, datatype, title, table, length


def structures() -> dict[str, tuple[str, tuple[Node, ...]]]:
    """Give each structure's version and nodes, from the newest version that defines it."""
    found: dict[str, tuple[str, tuple[Node, ...]]] = {}
    for number in VERSIONS:
        for name, definition in _module(number, "messages").MESSAGES.items():
            found.setdefault(name, (number, tuple(_nodes(name, definition))))
    return found


def _nodes(root: str, definition: Any) -> Iterator[Node]:
    for name, inner, (low, high), kind in definition[1]:
        most = None if high < 0 else high
        if kind == "SEG":
            yield Segment(name, low, most)
        else:
            short = name[len(root) + 1 :]  # the group's name without the structure's
            yield Group(short, tuple(_nodes(root, inner)), low, most, choice=inner[0] == "choice")


def fields() -> Iterator[tuple[str, int, str, str, str, str]]:
    """Give segment, number, name, type, max and table of each field not withdrawn."""
    for name, (_, _, kind, title, table, _), (_, high) in _newest("segments", "SEGMENTS"):
        segment, number = name.rsplit("_", 1)
        yield segment, int(number), _title(title), kind, _max(high), (table or "").removeprefix("HL7")


def components() -> Iterator[tuple[str, int, str, str]]:
    """Give datatype, number, name and type of each component not withdrawn."""
    for name, (_, _, kind, title, _, _), _ in _newest("datatypes", "DATATYPES_STRUCTS"):
        datatype, number = name.rsplit("_", 1)
        if len(datatype) <= LONGEST_TYPE:
            yield datatype, int(number), _title(title), kind.removesuffix("_SIMPLE")


def _newest(module: str, table: str) -> list[tuple[str, Any, Any]]:
    found: dict[str, tuple[str, Any, Any]] = {}
    for number in VERSIONS:
        for definition in getattr(_module(number, module), table).values():
            for name, what, often, _ in filter(_is_usable, _children(definition)):
                found.setdefault(name, (name, what, often))
    return list(found.values())


def _children(definition: Any) -> Any:
    """Segments hold `(kind, children)`; some old ones and all datatypes hold children alone."""
    pair = len(definition) == CHILDREN_AND_KIND and isinstance(definition[0], str)
    return definition[1] if pair else definition


def _is_usable(child: Any) -> bool:
    """Pass by what is withdrawn, and the few malformed entries of v2.1, v2.2 and v2.7."""
    if len(child) != CHILD or child[3] not in ("FIE", "CMP") or len(child[1] or ()) != DEFINITION:
        return False
    return child[1][2] not in WITHDRAWN and child[2][1] != 0


def _title(title: str) -> str:
    words = title.replace("_", " ").lower().strip()
    return POSSESSIVE.sub("'s ", words)


def _max(high: int) -> str:
    return "*" if high < 0 else str(high)


@cache
def _module(number: str, name: str) -> Any:
    return import_module(f"hl7apy.v{number.replace('.', '_')}.{name}")
