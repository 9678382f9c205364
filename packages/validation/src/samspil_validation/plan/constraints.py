"""The invariants of an element that are left to FHIRPath, with patches applied and native ones taken out."""

from __future__ import annotations

from typing import Any

from samspil_validation.shape import nodes

from .patches import patched

__all__ = ["NATIVE", "constraints_of"]

NATIVE = frozenset({"ele-1", "ext-1", "dom-1", "dom-2", "dom-3", "dom-4", "dom-5", "dom-6", "dom-r4b"})
"""Invariants every element or resource has; the checks for them are written in Python (`samspil_validation.checks`)."""

_BEST_PRACTICE = "http://hl7.org/fhir/StructureDefinition/elementdefinition-bestpractice"


def constraints_of(element: dict[str, Any], without: frozenset[str] = frozenset()) -> list[list[Any]]:
    """`[key, expression, severity, human, best practice]` of each invariant whose key is not among `without`."""
    found: list[list[Any]] = []
    for each in nodes(element, "constraint"):
        key = str(each.get("key", ""))
        if key in NATIVE or key in without:
            continue
        expression = patched(key, str(each.get("expression") or ""))
        if expression:
            found.append([key, expression, each.get("severity", "error"), each.get("human", ""), _best_practice(each)])
    return found


def _best_practice(constraint: dict[str, Any]) -> bool:
    return any(
        each.get("url") == _BEST_PRACTICE and each.get("valueBoolean") is True
        for each in nodes(constraint, "extension")
    )
