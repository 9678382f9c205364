"""Obligations taken over from other profiles: each is an obligation profile, of the same base.

https://hl7.org/fhir/extensions/StructureDefinition-inherit-obligations.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from samspil_core import Issue
from samspil_validation.context import Context
from samspil_validation.findings_rules import OBLIGATIONS_FROM_OTHER
from samspil_validation.shape import entries, nodes, text

__all__ = ["needed", "rule"]

_BASE = "http://hl7.org/fhir/StructureDefinition/"
_INHERIT = f"{_BASE}inherit-obligations"
_MARKS = frozenset(_BASE + name for name in ("obligation-profile", "obligation-profile-flag", "obligations-profile"))


def needed(structure: dict[str, Any], _run: Any) -> bool:
    """Only a definition with extensions."""
    return "extension" in structure


def rule(structure: dict[str, Any], context: Context) -> Iterable[Issue]:
    """Check the profiles that obligations are taken over from, as far as they are at hand."""
    for index, each in entries(structure, "extension"):
        named = text(each, "valueCanonical") if text(each, "url") == _INHERIT else ""
        found = context.find("StructureDefinition", named) if named else None
        if found is None:
            continue
        where = context.where("extension", index)
        if not any(text(mark, "url") in _MARKS for mark in nodes(found, "extension")):
            yield OBLIGATIONS_FROM_OTHER.at(where, profile=named, why="it is no obligation profile")
        elif text(found, "baseDefinition") != text(structure, "baseDefinition"):
            yield OBLIGATIONS_FROM_OTHER.at(where, profile=named, why="it has another base")
