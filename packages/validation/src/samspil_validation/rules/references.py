"""How a reference is written: Type/id, a search (Type?...), #id, or an absolute URL.

https://hl7.org/fhir/R4/references.html#literal, https://hl7.org/fhir/R4/http.html#trules
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from samspil_core import Issue
from samspil_validation.context import Context
from samspil_validation.findings import REFERENCE_SAYS_OTHER
from samspil_validation.findings_rules import (
    REFERENCE_CONDITIONAL,
    REFERENCE_FORM,
    REFERENCE_NO_URL,
    REFERENCE_QUERY,
)
from samspil_validation.rules.urls import is_absolute
from samspil_validation.shape import text

if TYPE_CHECKING:
    from samspil_validation.run import Run

__all__ = ["needed", "rule"]

_RELATIVE = re.compile(r"([A-Za-z]+)/[A-Za-z0-9\-.]{1,64}(?:/_history/[A-Za-z0-9\-.]{1,64})?(?:#.*)?")
_SEARCH = re.compile(r"([A-Za-z]+)\?(.*)")
_NAMED = re.compile(r"(?:^|/)([A-Za-z]+)/[A-Za-z0-9\-.]{1,64}(?:/_history/[A-Za-z0-9\-.]{1,64})?(?:#.*)?$")
_SPACE = re.compile(r"\s")
BASE = "http://hl7.org/fhir/StructureDefinition/"
_PAIR = re.compile(r"[A-Za-z_][A-Za-z0-9_.:\-]*=[^&]*")


def needed(reference: dict[str, Any], run: Run) -> bool:
    """Only a reference of a form that is not plainly right, or one that says of what type its target is."""
    literal: Any = reference.get("reference")
    if literal.__class__ is not str:
        return False
    if "type" in reference:
        return True
    if literal[:1] == "#":
        return _SPACE.search(literal) is not None
    found = _RELATIVE.fullmatch(literal)
    return (
        found[1] not in run.schema.resource_types
        if found
        else _SPACE.search(literal) is not None or not is_absolute(literal)
    )


def rule(reference: dict[str, Any], context: Context) -> Iterable[Issue]:
    """Check the form of a literal reference, and that it leads to what it says."""
    literal = text(reference, "reference")
    if not literal:
        return
    yield from _form(literal, context)
    said, found = text(reference, "type").removeprefix(BASE), _type(literal, context)
    if said and found and said != found and ":" not in said:
        yield REFERENCE_SAYS_OTHER.at(context.where(), said=said if said.isalpha() else "?", found=found)


def _form(literal: str, context: Context) -> Iterator[Issue]:
    """How the reference is written."""
    if _SPACE.search(literal):
        yield REFERENCE_NO_URL.at(context.where())
    elif literal.startswith("#") or is_absolute(literal):
        return
    elif search := _SEARCH.fullmatch(literal):
        if not context.is_resource_type(search[1]) or not all(map(_PAIR.fullmatch, search[2].split("&"))):
            yield REFERENCE_QUERY.at(context.where())
        elif context.bundle is None or text(context.bundle, "type") != "transaction":
            yield REFERENCE_CONDITIONAL.at(context.where())
    else:
        found = _RELATIVE.fullmatch(literal)
        if found is None and context.bundle is not None:
            yield REFERENCE_NO_URL.at(context.where())
        elif found is None or not context.is_resource_type(found[1]):
            yield REFERENCE_FORM.at(context.where())


def _type(literal: str, context: Context) -> str:
    """The type of resource that a reference leads to, by its form or by its target; empty where neither tells."""
    named = _NAMED.search(literal)
    if named and context.is_resource_type(named[1]):
        return named[1]
    target = context.resolve(literal)
    return text(target.resource, "resourceType") if target else ""
