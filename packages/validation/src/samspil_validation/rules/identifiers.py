"""Identifiers that are URIs. https://hl7.org/fhir/R4/datatypes.html#Identifier."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from samspil_core import Issue
from samspil_validation.context import Context
from samspil_validation.findings_rules import IDENTIFIER_NO_URI
from samspil_validation.rules.urls import is_absolute
from samspil_validation.shape import text

__all__ = ["needed", "rule"]


_URI = "urn:ietf:rfc:3986"


def needed(identifier: dict[str, Any], _run: Any) -> bool:
    """Only an identifier that is a URI."""
    return identifier.get("system") == _URI


def rule(identifier: dict[str, Any], context: Context) -> Iterable[Issue]:
    """An identifier whose system says that it is a URI has a whole URI as its value."""
    value = text(identifier, "value")
    if text(identifier, "system") == _URI and value and not is_absolute(value):
        yield IDENTIFIER_NO_URI.at(context.where())
