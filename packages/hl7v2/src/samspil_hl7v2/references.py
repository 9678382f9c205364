"""References between the resources of a message: the nearest of a label, in the same group and then outwards."""

from __future__ import annotations

from functools import cache

from .context import Context, Made, Resource
from .grouping import GroupInstance
from .mapping.compiled import Entry
from .mapping.paths import Step
from .message import Segment
from .r4.elements import r4


def register(made: Made, segment: Segment) -> None:
    """Let a resource be found in its segment's group and, where that does not repeat, in those around it."""
    group = segment.group
    while isinstance(group, GroupInstance):
        group.resources.setdefault(made.label, []).append(made)
        if group.kind.repeats:
            return
        group = group.parent


def joined(label: str, segment: Segment) -> Made | None:
    """The resource of that label that content of this segment joins.

    It is looked for in the segment's group and around it, past one repeating group at most: a timing group's order, a
    next-of-kin group's patient; but the orders of a prior result are none of the order they stand in.
    """
    group, passed = segment.group, 0
    while isinstance(group, GroupInstance) and passed <= 1:
        found = _at_or_before(group, label, segment)
        if found is not None:
            return found
        passed += group.kind.repeats
        group = group.parent
    return None


def nearest(label: str, segment: Segment) -> Made | None:
    """The resource of that label nearest to a segment: in its group, then outwards; of several the last one before it."""
    group = segment.group
    while isinstance(group, GroupInstance):
        found = _at_or_before(group, label, segment)
        if found is not None:
            return found
        group = group.parent
    return None


def first(label: str, segment: Segment) -> Made | None:
    """The first resource of that label in the widest group around a segment that has one."""
    group, found = segment.group, None
    while isinstance(group, GroupInstance):
        for made in group.resources.get(label, ())[:1]:
            found = made if isinstance(made, Made) else None
        group = group.parent
    return found


def _at_or_before(group: GroupInstance, label: str, segment: Segment) -> Made | None:
    best: Made | None = None
    for made in group.resources.get(label, ()):
        assert isinstance(made, Made)  # noqa: S101  only register fills resources
        if best is None or (made.segment is not None and made.segment.index <= segment.index):
            best = made
    return best


def connect(work: list[tuple[Entry, Made, Segment]], x: Context) -> None:
    """Carry out the reference statements of every message row that ran, and the references that rows asked for."""
    referred: dict[int, set[str]] = {}
    for entry, made, segment in work:
        for statement in entry.references:
            if statement.owner == "this":
                owner, target = made, nearest(statement.target, segment)
            else:
                owner, target = nearest(statement.owner, segment), made
            if owner is not None and target is not None and owner is not target:
                _refer(owner, statement.path, target, referred)
    for container, segment, label in x.pending:
        target = first(label.removeprefix("first "), segment) if label.startswith("first ") else nearest(label, segment)
        if target is None:
            container.pop("reference", None)
            container["display"] = "unknown"
        else:
            target.references.append(container)


def _refer(owner: Made, path: tuple[Step, ...], target: Made, referred: dict[int, set[str]]) -> None:
    """Let one resource refer to another, once; `referred` remembers what a list, by its `id`, refers to."""
    container: Resource = owner.body
    *above, last = path_of(owner.type, path)
    for name, repeats in above:
        inner: Resource = {}
        if repeats:
            container.setdefault(name, []).append(inner)
            container = inner
        else:
            container = container.setdefault(name, inner)
    name, repeats = last
    reference: Resource = {"reference": f"#{target.number}"}
    if not repeats:
        if name in container:
            return
        container[name] = reference
    else:
        values = container.setdefault(name, [])
        known = referred.get(id(values))
        if known is None:
            known = referred[id(values)] = {each["reference"] for each in values if each.keys() == {"reference"}}
        if reference["reference"] in known:
            return
        known.add(reference["reference"])
        values.append(reference)
    target.references.append(reference)


@cache
def path_of(type_: str, path: tuple[Step, ...]) -> tuple[tuple[str, bool], ...]:
    """Names of a reference's path and whether each repeats. Raises NoSuchElementError."""
    steps: list[tuple[str, bool]] = []
    at = ""
    for step in path:
        at = f"{at}.{step.name}" if at else step.name
        steps.append((step.name, r4().lookup(type_, at).repeats))
    return tuple(steps)
