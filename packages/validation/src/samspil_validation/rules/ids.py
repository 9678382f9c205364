"""Ids: unique inside a resource, present and unique among contained resources, and without extensions.

https://hl7.org/fhir/R4/element-definitions.html#Element.id, https://hl7.org/fhir/R4/references.html#contained
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from samspil_core import Issue
from samspil_validation.context import Context
from samspil_validation.findings_rules import (
    CONTAINED_NO_ID,
    CONTAINED_SAME_ID,
    ID_EXTENDED,
    ID_REPEATED,
)
from samspil_validation.shape import as_node, entries, inner_pairs, node, nodes, text

if TYPE_CHECKING:
    from samspil_validation.run import Run

__all__ = ["needed", "rule"]

Steps = tuple["str | int", ...]
_VIEWS = frozenset({"snapshot", "differential"})
"""Two views of the same elements, which have the same ids in both."""


def needed(resource: dict[str, Any], run: Run) -> bool:
    """Only a resource that contains others, or in which the checks of elements have met an id twice."""
    return run.id_twice or "contained" in resource or "_id" in resource


def rule(resource: dict[str, Any], context: Context) -> Iterable[Issue]:
    """Check the ids in one resource; what it contains is checked on its own."""
    if nodes(node(resource, "_id"), "extension"):
        yield ID_EXTENDED.at(context.where("id"))
    if context.run.id_twice:
        yield from _repeated(resource, context)
    names: set[str] = set()
    for index, each in entries(resource, "contained"):
        name = text(each, "id")
        if not name:
            yield CONTAINED_NO_ID.at(context.where("contained", index))
        elif name in names:
            yield CONTAINED_SAME_ID.at(context.where("contained", index))
        names.add(name)


def _repeated(resource: dict[str, Any], context: Context) -> Iterator[Issue]:
    seen: set[tuple[str, str]] = set()
    for steps, found in _ids(resource):
        view = str(steps[0]) if steps[0] in _VIEWS else ""
        if (view, found) in seen:
            yield ID_REPEATED.at(context.where(*steps))
        seen.add((view, found))


def _ids(resource: dict[str, Any]) -> Iterator[tuple[Steps, str]]:
    """The ids of the elements below a resource, in the order of the text."""
    waiting = [each for each in _below((), resource) if each[0][0] != "contained"]
    while waiting:
        steps, value = waiting.pop()
        found = as_node(value)
        if "resourceType" in found:
            continue
        if text(found, "id"):
            yield _plain(steps), text(found, "id")
        waiting.extend(_below(steps, value))


def _below(steps: Steps, value: Any) -> list[tuple[Steps, Any]]:
    """What stands directly in an object or list, the last one first."""
    return [((*steps, key), each) for key, each in reversed(inner_pairs(value))]


def _plain(steps: Steps) -> Steps:
    """The steps to a primitive, whose id stands under its name with a line before it."""
    return tuple(each.removeprefix("_") if isinstance(each, str) else each for each in steps)
