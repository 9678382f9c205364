"""A profile narrows its base: counts, types, strength of bindings and types of constants stay within what the base allows.

https://hl7.org/fhir/R4/profiling.html#limitations, https://hl7.org/fhir/R4/structuredefinition.html#constraints
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from samspil_core import Issue
from samspil_validation.context import Context
from samspil_validation.findings_rules import DEFINITION_TYPE, ELEMENT_WIDER
from samspil_validation.place import choice_key
from samspil_validation.shape import choice, entries, integer, node, nodes, text

from .paths import find_path, structure_of

__all__ = ["rule"]

_STRENGTHS = ("example", "preferred", "extensible", "required")
_ANY = frozenset({"", "*", "Resource", "DomainResource", "Element", "BackboneElement", "CanonicalResource", "Base"})


def rule(structure: dict[str, Any], context: Context) -> Iterable[Issue]:
    """Hold the differential of a definition against its base."""
    base = structure_of(context, text(structure, "baseDefinition"))
    if base is None:
        return
    own, its = text(structure, "type"), text(base, "type")
    if text(structure, "derivation") == "specialization":
        if own == its and text(structure, "url") != text(base, "url"):
            yield DEFINITION_TYPE.at(context.where("type"), base=its, type=own)
        return
    if text(structure, "derivation") != "constraint":
        return
    if own != its:
        yield DEFINITION_TYPE.at(context.where(), base=its, type=own)
        return
    for _, element in entries(node(structure, "differential"), "element"):
        path = text(element, "path")
        of_base = find_path(base, path, lambda name: structure_of(context, name)) if "." in path else None
        if of_base is not None and ":" not in text(element, "id").rpartition(".")[0]:
            for why in _wider(element, of_base):
                yield ELEMENT_WIDER.at(context.where(), path=path, why=why)


def _wider(element: dict[str, Any], base: dict[str, Any]) -> Iterator[str]:
    """How an element goes beyond the one of its base."""
    sliced = bool(text(element, "sliceName"))
    least, most, limit = integer(element, "min"), text(element, "max"), text(base, "max")
    if not sliced and least is not None and least < (integer(base, "min") or 0):
        yield f"it may be there {least} times, where {integer(base, 'min')} are needed"
    if limit.isdigit() and (most == "*" or (most.isdigit() and int(most) > int(limit))):
        yield f"it may be there {most} times, where {limit} are allowed"
    allowed = {text(each, "code") for each in nodes(base, "type")}
    own = {text(each, "code") for each in nodes(element, "type")}
    if allowed and not allowed & _ANY and own - allowed:
        yield f"it may be of the type {', '.join(sorted(own - allowed))}"
    strength, asked = text(node(element, "binding"), "strength"), text(node(base, "binding"), "strength")
    if asked == "required" and strength in _STRENGTHS[:3]:
        yield f"its binding is {strength}, where required is asked"
    keys = {choice_key(name, code) for code in (own or allowed) for name in ("fixed", "pattern")}
    for prefix in ("fixed", "pattern"):
        key, _ = choice(element, prefix)
        if (
            key
            and allowed
            and not (own or allowed) & _ANY
            and key not in keys
            and all(map(str.isalnum, own or allowed))
        ):
            yield f"{key} is of a type that it may not have"
