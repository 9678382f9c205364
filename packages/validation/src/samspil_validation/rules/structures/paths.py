"""Definitions, and whether a path such as Patient.contact.name.family leads to an element of one.

https://hl7.org/fhir/R4/elementdefinition.html#path
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from samspil_definitions import PackageError
from samspil_validation.context import Context
from samspil_validation.shape import node, nodes, text

__all__ = ["find_path", "structure_of"]

Structures = Callable[[str], "dict[str, Any] | None"]


def find_path(structure: dict[str, Any], path: str, structures: Structures) -> dict[str, Any] | None:
    """The element a path names in a structure or in the types it leads through, or None."""
    root, *steps = path.split(".")
    elements = nodes(node(structure, "snapshot"), "element")
    at = root
    found = next((each for each in elements if text(each, "path") == root), None)
    if found is None and elements:
        found, at = elements[0], text(elements[0], "path")
    while steps and found is not None:
        step = steps.pop(0)
        below = _named(elements, at, step)
        if below is not None:
            found, at = below, text(below, "path")
            continue
        reference = text(found, "contentReference").rpartition("#")[2]
        if reference:
            return (
                find_path(structure, ".".join([reference, step, *steps]), structures) if _apart(reference, at) else None
            )
        rest = ".".join([step, *steps])
        return _in_types(found, rest, structures)
    return found


def _apart(reference: str, at: str) -> bool:
    return reference != at


def _in_types(element: dict[str, Any], rest: str, structures: Structures) -> dict[str, Any] | None:
    for each in nodes(element, "type"):
        code = text(each, "code")
        inner = structures(code) if code else None
        found = find_path(inner, f"{text(inner, 'type')}.{rest}", structures) if inner else None
        if found is not None:
            return found
    return None


def _named(elements: list[dict[str, Any]], at: str, step: str) -> dict[str, Any] | None:
    """The child of an element by its name; a choice by its stem, with [x], or with a type."""
    for each in elements:
        path = text(each, "path")
        if path.rpartition(".")[0] != at:
            continue
        name = path.rpartition(".")[2]
        if name == step or (name.endswith("[x]") and step.removesuffix("[x]").startswith(name.removesuffix("[x]"))):
            return each
    return None


def structure_of(context: Context, name: str) -> dict[str, Any] | None:
    """A structure definition, or None when it is not there or no snapshot can be made of it."""
    try:
        found: dict[str, Any] | None = context.definitions.structure(name) if name else None
    except PackageError:
        return None
    return found
