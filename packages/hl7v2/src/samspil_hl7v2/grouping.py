"""Segments sorted into the groups of their message structure, tolerantly: order never fails a message.

A segment goes to the next place the structure has for it: later in the open group, in a new repetition of it, or in a
group around it. One that stands in the wrong place attaches to the nearest open group that admits it; one that the
structure does not have at all, to the innermost open group. Both are reported.
"""

from __future__ import annotations

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
def root_kind(name: str, *, orc_first: bool = False) -> GroupKind:
    """The structure as a group kind; with `orc_first`, its orders begin with ORC. Raises NoSuchStructureError."""
    kind = _kind(structure(name), "")
    return _orc_first(kind) if orc_first else kind


FREE = GroupKind("", (), repeats=False, heads=frozenset())
"""The one group of a message whose structure is not known."""


def _kind(group: Group, path: str) -> GroupKind:
    places = tuple(_place(child, path) for child in group.children)
    names = {place.name for place in places if place.kind is None}
    heads = names.union(*(place.kind.heads for place in places if place.kind is not None))
    return GroupKind(path, places, group.max is None, frozenset(heads))


def _orc_first(kind: GroupKind) -> GroupKind:
    """The kind with the ORC of every group that begins with OBR before it."""
    places = [place._replace(kind=_orc_first(place.kind)) if place.kind else place for place in kind.children]
    if places and places[0].name == "OBR":
        places.sort(key=lambda place: not _begins_with_orc(place))
    return replace(kind, children=tuple(places))


def _begins_with_orc(place: Place) -> bool:
    return place.kind is not None and bool(place.kind.children) and place.kind.children[0].name == "ORC"


@cache
def _obr_first(kind: GroupKind) -> bool:
    """Whether the structure has an order that begins with OBR and goes on with its ORC (OUL_R22 to R24)."""
    here = bool(kind.children) and kind.children[0].name == "OBR" and any(map(_begins_with_orc, kind.children))
    return here or any(_obr_first(place.kind) for place in kind.children if place.kind)


def _place(node: Node, above: str) -> Place:
    if isinstance(node, Group):
        kind = _kind(node, f"{above}.{node.name}" if above else node.name)
        return Place(node.name, kind, node.max is None, node.choice)
    return Place(node.name, None, node.max is None, choice=False)


def group_segments(segments: list[Segment], name: str) -> list[Issue]:
    """Set `group` of every segment, by the structure `name` ("" = none known); returns what was out of place.

    Where OBR begins an order and its ORC follows (OUL_R22 to R24), many senders write ORC first, as everywhere else.
    In the order of the structure each ORC would then be that of the OBR before it, another order's; so it is the first of
    the two in the message that decides, and an ORC before its OBR is told as misplaced.
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
    kind = root_kind(name)
    first = next((each for each in segments if each.name in {"ORC", "OBR"}), None)
    if first is None or first.name == "OBR" or not _obr_first(kind):
        return kind
    issues.append(MISPLACED_SEGMENT.at(first.place(0).rsplit("-", 1)[0], structure=name))
    return root_kind(name, orc_first=True)


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


def _misplaced(here: GroupInstance, segment: Segment, name: str, issues: list[Issue]) -> GroupInstance:
    where = segment.place(0).rsplit("-", 1)[0]
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
