"""Whether a value set contained in a questionnaire has a code.

https://hl7.org/fhir/R4/valueset.html#compositions
"""

from __future__ import annotations

from typing import Any

from samspil_validation.context import IN, OUT, UNKNOWN, Context, Membership
from samspil_validation.shape import as_node, node, nodes, text, texts

__all__ = ["membership"]


def membership(questionnaire: dict[str, Any], name: str, system: str, code: str, context: Context) -> Membership:
    """In, out, or unknown, as far as the contained value set says it plainly; `name` is its id."""
    holders = [each for each in nodes(questionnaire, "contained") if text(each, "id") == name]
    compose = node(as_node(next(iter(holders), None)), "compose")
    includes = nodes(compose, "include")
    if not includes or nodes(compose, "exclude"):
        return UNKNOWN
    found = [_included(each, system, code, context) for each in includes]
    return IN if IN in found else UNKNOWN if UNKNOWN in found else OUT


def _included(include: dict[str, Any], system: str, code: str, context: Context) -> Membership:
    others = texts(include, "valueSet")
    if others or nodes(include, "filter"):
        if text(include, "system") or len(others) != 1:
            return UNKNOWN
        return context.validate_code(system, code, others[0]).membership
    if text(include, "system") != system:
        return OUT
    listed = nodes(include, "concept")
    if listed:
        return IN if any(text(each, "code") == code for each in listed) else OUT
    return context.validate_code(system, code).membership
