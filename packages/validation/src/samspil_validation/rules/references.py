"""How a reference is written: Type/id, a search (Type?...), #id, or an absolute URL.

https://hl7.org/fhir/R4/references.html#literal, https://hl7.org/fhir/R4/http.html#trules
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from samspil_core import Issue
from samspil_validation.context import Context
from samspil_validation.findings_rules import REFERENCE_FORM, REFERENCE_QUERY
from samspil_validation.rules.urls import is_absolute
from samspil_validation.shape import text

if TYPE_CHECKING:
    from samspil_validation.run import Run

__all__ = ["needed", "rule"]

_RELATIVE = re.compile(r"([A-Za-z]+)/[A-Za-z0-9\-.]{1,64}(?:/_history/[A-Za-z0-9\-.]{1,64})?(?:#.*)?")
_SEARCH = re.compile(r"([A-Za-z]+)\?(.*)")
_PAIR = re.compile(r"[A-Za-z_][A-Za-z0-9_.:\-]*=[^&]*")


def needed(reference: dict[str, Any], run: Run) -> bool:
    """Only a reference of a form that is not plainly right."""
    literal: Any = reference.get("reference")
    if literal.__class__ is not str or literal[:1] == "#":
        return False
    found = _RELATIVE.fullmatch(literal)
    return found[1] not in run.schema.resource_types if found else not is_absolute(literal)


def rule(reference: dict[str, Any], context: Context) -> Iterable[Issue]:
    """Check the form of a literal reference."""
    literal = text(reference, "reference")
    if not literal or literal.startswith("#") or is_absolute(literal):
        return
    if search := _SEARCH.fullmatch(literal):
        if not context.is_resource_type(search[1]) or not all(map(_PAIR.fullmatch, search[2].split("&"))):
            yield REFERENCE_QUERY.at(context.where())
        return
    found = _RELATIVE.fullmatch(literal)
    if found is None or not context.is_resource_type(found[1]):
        yield REFERENCE_FORM.at(context.where())
