"""Ids: unique inside a resource, present and unique among contained resources, and without extensions.

https://hl7.org/fhir/R4/element-definitions.html#Element.id, https://hl7.org/fhir/R4/references.html#contained
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, cast

from samspil_core import Issue
from samspil_validation.context import Context
from samspil_validation.findings_rules import (
    CONTAINED_NO_ID,
    CONTAINED_SAME_ID,
    ID_EXTENDED,
    ID_REPEATED,
)
from samspil_validation.shape import entries, node, nodes, text

__all__ = ["rule"]

Steps = tuple["str | int", ...]
_VIEWS = frozenset({"snapshot", "differential"})
"""Two views of the same elements, which have the same ids in both."""


def rule(resource: dict[str, Any], context: Context) -> Iterable[Issue]:
    """Check the ids in one resource; what it contains is checked on its own."""
    if nodes(node(resource, "_id"), "extension"):
        yield ID_EXTENDED.at(context.where("id"))
    seen: set[tuple[str, str]] = set()
    for steps, found in _ids(resource):
        view = str(steps[0]) if steps[0] in _VIEWS else ""
        if (view, found) in seen:
            yield ID_REPEATED.at(context.where(*steps))
        seen.add((view, found))
    names: set[str] = set()
    for index, each in entries(resource, "contained"):
        name = text(each, "id")
        if not name:
            yield CONTAINED_NO_ID.at(context.where("contained", index))
        elif name in names:
            yield CONTAINED_SAME_ID.at(context.where("contained", index))
        names.add(name)


def _ids(resource: dict[str, Any]) -> Iterator[tuple[Steps, str]]:
    """The ids of the elements below a resource, in the order of the text."""
    waiting: list[tuple[Steps, Any]] = [
        ((key,), value) for key, value in reversed(resource.items()) if key not in {"id", "contained"}
    ]
    while waiting:
        steps, value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(reversed([((*steps, index), each) for index, each in enumerate(cast("list[Any]", value))]))
        elif isinstance(value, dict):
            found = cast("dict[str, Any]", value)
            if "resourceType" in found:
                continue
            name = found.get("id")
            if isinstance(name, str) and name:
                yield _plain(steps), name
            waiting.extend(
                ((*steps, key), each) for key, each in reversed(found.items()) if isinstance(each, dict | list)
            )


def _plain(steps: Steps) -> Steps:
    """The steps to a primitive, whose id stands under its name with a line before it."""
    return tuple(each.removeprefix("_") if isinstance(each, str) else each for each in steps)
