"""Segments sorted into the groups of their message structure, tolerantly: order never fails a message.

A segment goes to the next place the structure has for it: later in the open group, in a new repetition of it, or in a
group around it. One that stands in the wrong place attaches to the nearest open group that admits it; one that the
structure does not have at all, to the innermost open group. Both are reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import NamedTuple

from samspil_core.outcome import Issue

from .findings import MISPLACED_SEGMENT, UNEXPECTED_SEGMENT
from .message import Segment
from .v2.grammar import Group, Node
from .v2.structures import structure


@dataclass(slots=True, eq=False)
class GroupKind:
    """A group of a structure: its path without the structure's name, and what may stand in it, in order."""

    path: str
    children: tuple[Place, ...]
    repeats: bool
    heads: frozenset[str]
    """Names of segments that may stand in it or below."""


class Place(NamedTuple):
    """A place in a group: for a segment (`kind` None) or an inner group, and whether what stands there repeats."""

    name: str
    kind: GroupKind | None
    repeats: bool
    choice: bool


@dataclass(slots=True, eq=False)
class GroupInstance:
    """One occurrence of a group in a message. `segments` and `resources` are what look-ups of "the nearest" find."""

    kind: GroupKind
    parent: GroupInstance | None
    at: int = 0
    segments: dict[str, list[Segment]] = field(default_factory=dict[str, list[Segment]])
    resources: dict[str, list[object]] = field(default_factory=dict[str, list[object]])
    below: set[str] = field(default_factory=set[str])
    """Names of the segments that stand in it or in any group inside it."""

    @property
    def home(self) -> GroupInstance:
        """The nearest repeating group (or the message): what content is shared within."""
        group = self
        while group.parent is not None and not group.kind.repeats:
            group = group.parent
        return group


@cache
def root_kind(name: str) -> GroupKind:
    """The structure as a group kind. Raises NoSuchStructureError."""
    return _kind(structure(name), "")


@cache
def _turned_kind(name: str) -> GroupKind:
    """The structure with ORC and OBR of each order in the other order, where both stand in one group."""
    return _turned(root_kind(name))


FREE = GroupKind("", (), repeats=False, heads=frozenset())
"""The one group of a message whose structure is not known."""


def _kind(group: Group, path: str) -> GroupKind:
    places = tuple(_place(child, path) for child in group.children)
    names = {place.name for place in places if place.kind is None}
    heads = names.union(*(place.kind.heads for place in places if place.kind is not None))
    return GroupKind(path, places, group.max is None, frozenset(heads))


def _turned(kind: GroupKind) -> GroupKind:
    places = [place._replace(kind=_turned(place.kind)) if place.kind else place for place in kind.children]
    orc = next((at for at, place in enumerate(places) if _begins_with_orc(place)), None)
    obr = next((at for at, place in enumerate(places) if place.name == "OBR"), None)
    if orc is not None and obr is not None and orc < obr:
        moved = [_without_document(places[orc]), *places[orc + 1 : obr]]
        places[orc : obr + 1] = [places[obr], *moved]
    elif orc is not None and obr is not None:
        places.insert(obr, places.pop(orc))
    return replace(kind, children=tuple(places))


def _without_document(place: Place) -> Place:
    """Without the ORDER_DOCUMENT that may follow ORC: an OBX after ORC and OBR is a result."""
    kind = place.kind
    if kind is None:
        return place
    return place._replace(kind=replace(kind, children=tuple(each for each in kind.children if each.kind is None)))


def _begins_with_orc(place: Place) -> bool:
    return place.name == "ORC" or (place.kind is not None and place.kind.children[0].name == "ORC")


def _place(node: Node, above: str) -> Place:
    if isinstance(node, Group):
        kind = _kind(node, f"{above}.{node.name}" if above else node.name)
        return Place(node.name, kind, node.max is None, node.choice)
    return Place(node.name, None, node.max is None, choice=False)


def group_segments(segments: list[Segment], name: str) -> list[Issue]:
    """Set `group` of every segment, by the structure `name` ("" = none known); returns what was out of place.

    Where an order has its OBR before its ORC (OUL_R22 to R24), many senders write ORC first, as everywhere else, and some
    write OBR first everywhere. In the order of the structure an ORC would then be that of another order's OBR. So where
    a message begins its orders with the one that the structure has second, and ends them with the other, the two are
    taken in the message's order; the first is told as misplaced.
    """
    issues: list[Issue] = []
    root = GroupInstance(_root(segments, name, issues), None, at=-1)
    here = root
    for segment in segments:
        place = _next(here, segment.name) if name else root
        if place is None:
            place = _misplaced(here, segment, name, issues)
        here = place
        segment.group = here
        _register(here, segment)
    return issues


def _root(segments: list[Segment], name: str, issues: list[Issue]) -> GroupKind:
    if not name:
        return FREE
    orders = [each for each in segments if each.name in {"ORC", "OBR"}]
    if not orders or orders[0].name == orders[-1].name or _first_of_orders(name) in {"", orders[0].name}:
        return root_kind(name)
    issues.append(MISPLACED_SEGMENT.at(_where(orders[0]), structure=name))
    return _turned_kind(name)


@cache
def _first_of_orders(name: str) -> str:
    """Which of ORC and OBR the structure has first in an order; empty where it has not both."""
    names = list(_names(root_kind(name)))
    return next((each for each in names if each in {"ORC", "OBR"}), "") if {"ORC", "OBR"} <= {*names} else ""


def _names(kind: GroupKind) -> Iterator[str]:
    for place in kind.children:
        yield from _names(place.kind) if place.kind else (place.name,)


def _register(group: GroupInstance, segment: Segment) -> None:
    """A segment is found in its own group and, where that does not repeat, in those around it."""
    shared = True
    inner: GroupInstance | None = group
    while inner is not None:
        inner.below.add(segment.name)
        if shared:
            inner.segments.setdefault(segment.name, []).append(segment)
        shared = shared and not inner.kind.repeats
        inner = inner.parent


def _next(here: GroupInstance, name: str) -> GroupInstance | None:
    """The group instance of the next place for a segment, opened where need be; None where there is none."""
    group: GroupInstance | None = here
    while group is not None:
        found = _forward(group, name)
        if found is not None:
            return found
        if group.kind.repeats and name in group.kind.heads and group.parent is not None:
            again = GroupInstance(group.kind, group.parent, at=-1)
            found = _forward(again, name)
            if found is not None:
                return found
        group = group.parent
    return None


def _forward(group: GroupInstance, name: str) -> GroupInstance | None:
    children = group.kind.children
    for at in range(max(group.at, 0), len(children)):
        place = children[at]
        kind = place.kind
        if kind is not None:
            if name not in kind.heads or (at == group.at and not place.repeats and not place.choice):
                continue  # not in there, or this group is open or over already
            group.at = at
            if place.choice:
                return group
            inner = GroupInstance(kind, group, at=-1)
            return _forward(inner, name) or inner
        if place.name == name and (at > group.at or place.repeats):
            group.at = at
            return group
    return None


def _where(segment: Segment) -> str:
    return segment.place(0).rsplit("-", 1)[0]


def _misplaced(here: GroupInstance, segment: Segment, name: str, issues: list[Issue]) -> GroupInstance:
    where = _where(segment)
    group: GroupInstance | None = here
    while group is not None:
        if any(place.kind is None and place.name == segment.name for place in group.kind.children):
            issues.append(MISPLACED_SEGMENT.at(where, structure=name))
            return group
        group = group.parent
    group = here
    while group is not None:
        if segment.name in group.kind.heads:
            issues.append(MISPLACED_SEGMENT.at(where, structure=name))
            saved, group.at = group.at, -1
            found = _forward(group, segment.name)
            group.at = max(saved, group.at)
            return found or group
        group = group.parent
    if not segment.name.startswith("Z"):
        issues.append(UNEXPECTED_SEGMENT.at(where, structure=name))
    return here
