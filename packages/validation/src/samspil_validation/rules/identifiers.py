"""Identifiers that are URIs. https://hl7.org/fhir/R4/datatypes.html#Identifier."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from samspil_core import Issue
from samspil_validation.context import Context
from samspil_validation.findings_rules import IDENTIFIER_NO_URI, IDENTIFIER_SYSTEM_RELATIVE
from samspil_validation.rules.urls import is_absolute
from samspil_validation.shape import text

__all__ = ["needed", "rule"]


_URI = "urn:ietf:rfc:3986"


def needed(identifier: dict[str, Any], _run: Any) -> bool:
    """Only an identifier that is a URI, or whose system is not absolute."""
    system: Any = identifier.get("system")
    return system == _URI or (system.__class__ is str and ":" not in system)


def rule(identifier: dict[str, Any], context: Context) -> Iterable[Issue]:
    """A system is an absolute URI, and where it says that the value is a URI, the value is a whole one."""
    system, value = text(identifier, "system"), text(identifier, "value")
    if system and ":" not in system:
        yield IDENTIFIER_SYSTEM_RELATIVE.at(context.where())
    if system == _URI and value and not is_absolute(value):
        yield IDENTIFIER_NO_URI.at(context.where())
