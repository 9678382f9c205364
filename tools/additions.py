"""Add to message structures what later versions of HL7 v2 and the v2-to-FHIR guide admit.

A row of `structures_additions.csv` names a structure and a group in it (empty = top), and then
puts the grammar of its last cell after a child (`after`) or in place of one (`replaces`).
`ROL[2]` is the second child of that name.
"""

import csv
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from samspil_hl7v2.v2.grammar import Group, Node, parse
from tools import tables

TABLE = Path(__file__).with_name("structures_additions.csv")


class Addition(NamedTuple):
    """One row of the table."""

    structure: str
    group: str
    after: str
    replaces: str
    add: str


def read(path: Path = TABLE) -> list[Addition]:
    """Read the table."""
    return [Addition(**row) for row in csv.DictReader(tables.data_lines(path))]


def apply(nodes: tuple[Node, ...], addition: Addition) -> tuple[Node, ...]:
    """Give the structure with the addition in it; LookupError where its place is missing."""
    return _within(nodes, addition, [step for step in addition.group.split(".") if step])


def _within(nodes: tuple[Node, ...], addition: Addition, steps: list[str]) -> tuple[Node, ...]:
    if not steps:
        return _placed(nodes, addition)
    at = _position(nodes, steps[0])
    group = nodes[at]
    if not isinstance(group, Group):
        raise TypeError(addition)
    inner = replace(group, children=_within(group.children, addition, steps[1:]))
    return (*nodes[:at], inner, *nodes[at + 1 :])


def _placed(nodes: tuple[Node, ...], addition: Addition) -> tuple[Node, ...]:
    at = _position(nodes, addition.after or addition.replaces)
    kept = at if addition.replaces else at + 1
    return (*nodes[:kept], *parse(addition.add), *nodes[at + 1 :])


def _position(nodes: tuple[Node, ...], child: str) -> int:
    name, _, which = child.rstrip("]").partition("[")
    found = [at for at, node in enumerate(nodes) if node.name == name]
    return found[int(which or 1) - 1]
