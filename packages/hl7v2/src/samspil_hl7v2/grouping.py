"""Segments sorted into the groups of their message structure, tolerantly: order never fails a message.

A segment goes to the next place the structure has for it: later in the open group, in a new repetition of it, or in a
group around it. One that stands in the wrong place attaches to the nearest open group that admits it; one that the
structure does not have at all, to the innermost open group. Both are reported.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from samspil_core.outcome import Issue

from .findings import MISPLACED_SEGMENT, UNEXPECTED_SEGMENT
from .message import Segment
from .v2.grammar import Group, Node
from .v2.structures import structure


class GroupKind(NamedTuple):
    """A group of a structure: its path without the structure's name, and what may stand in it."""

    path: str
    children: tuple[Node, ...]
    repeats: bool
    heads: frozenset[str]
    """Names of segments that may stand in it or below."""


@dataclass(slots=True, eq=False)
class GroupInstance:
    """One occurrence of a group in a message. `segments` and `resources` are what look-ups of "the nearest" find."""

    kind: GroupKind
    parent: GroupInstance | None
    at: int = 0
    segments: dict[str, list[Segment]] = field(default_factory=dict[str, list[Segment]])
    resources: dict[str, list[object]] = field(default_factory=dict[str, list[object]])

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


FREE = GroupKind("", (), repeats=False, heads=frozenset())
"""The one group of a message whose structure is not known."""


@cache
def _kind(group: Group, above: str) -> GroupKind:
    path = "" if group.name and not above and _is_root(group) else f"{above}.{group.name}".lstrip(".")
    return GroupKind(path, group.children, group.max is None, frozenset(_names(group)))


def _is_root(group: Group) -> bool:
    return bool(group.children) and group.children[0].name in {"MSH", "FHS", "BHS"}


def _names(group: Group) -> set[str]:
    names: set[str] = set()
    for child in group.children:
        names |= _names(child) if isinstance(child, Group) else {child.name}
    return names


def group_segments(segments: list[Segment], name: str) -> list[Issue]:
    """Set `group` of every segment, by the structure `name` ("" = none known); returns what was out of place."""
    issues: list[Issue] = []
    root = GroupInstance(root_kind(name) if name else FREE, None, at=-1)
    here = root
    for segment in segments:
        place = _next(here, segment.name) if name else root
        if place is None:
            place = _misplaced(here, segment, name, issues)
        here = place
        segment.group = here
        _register(here, segment)
    return issues


def _register(group: GroupInstance, segment: Segment) -> None:
    """A segment is found in its own group and, where that does not repeat, in those around it."""
    while True:
        group.segments.setdefault(segment.name, []).append(segment)
        if group.parent is None or group.kind.repeats:
            return
        group = group.parent


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
        child = children[at]
        if isinstance(child, Group):
            if at == group.at and child.max is not None and not child.choice:
                continue  # this group is open or over already
            kind = _kind(child, group.kind.path or "")
            if name not in kind.heads:
                continue
            group.at = at
            if child.choice:
                return group
            inner = GroupInstance(kind, group, at=-1)
            return _forward(inner, name) or inner
        if child.name == name and (at > group.at or child.max is None):
            group.at = at
            return group
    return None


def _misplaced(here: GroupInstance, segment: Segment, name: str, issues: list[Issue]) -> GroupInstance:
    where = segment.place(0).rsplit("-", 1)[0]
    group: GroupInstance | None = here
    while group is not None:
        if any(not isinstance(child, Group) and child.name == segment.name for child in group.kind.children):
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
