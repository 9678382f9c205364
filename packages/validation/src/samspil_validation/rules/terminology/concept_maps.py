"""Concept maps: the codes they map are codes of the systems they map between.

https://hl7.org/fhir/R4/conceptmap-definitions.html#ConceptMap.group
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from samspil_core import Issue
from samspil_validation.context import OUT, Context
from samspil_validation.findings_rules import GROUP_OF_VALUE_SET, MAPPED_CODE_UNKNOWN
from samspil_validation.shape import entries, text

__all__ = ["rule"]

Steps = tuple["str | int", ...]


def rule(concept_map: dict[str, Any], context: Context) -> Iterable[Issue]:
    """Check the groups of a concept map."""
    for index, group in entries(concept_map, "group"):
        source = _system(group, "source", context)
        target = _system(group, "target", context)
        for side in ("source", "target"):
            if _is_value_set(text(group, side), context):
                yield GROUP_OF_VALUE_SET.at(context.where("group", index, side), system=text(group, side))
        for number, element in entries(group, "element"):
            steps = ("group", index, "element", number)
            yield from _code(element, source, context, steps)
            for place, each in entries(element, "target"):
                yield from _code(each, target, context, (*steps, "target", place))


def _system(group: dict[str, Any], side: str, context: Context) -> str:
    """The code system of a side, when all its codes are at hand."""
    url = text(group, side).partition("|")[0]
    found = context.find("CodeSystem", url) if url else None
    return url if found is not None and text(found, "content") == "complete" else ""


def _is_value_set(url: str, context: Context) -> bool:
    found = context.definitions.heading
    return bool(url) and found("CodeSystem", url) is None and found("ValueSet", url) is not None


def _code(mapped: dict[str, Any], system: str, context: Context, at: Steps) -> Iterator[Issue]:
    code = text(mapped, "code")
    if system and code and context.validate_code(system, code).membership == OUT:
        yield MAPPED_CODE_UNKNOWN.at(context.where(*at, "code"), system=system)
