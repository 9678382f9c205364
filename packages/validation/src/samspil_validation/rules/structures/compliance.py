"""A profile that says it complies with another one asks for at least as much.

https://hl7.org/fhir/extensions/StructureDefinition-structuredefinition-compliesWithProfile.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from samspil_core import Issue
from samspil_definitions import PackageError
from samspil_definitions.snapshot import generate
from samspil_validation.context import OUT, Context
from samspil_validation.findings_rules import COMPLIANCE_NOT_MET
from samspil_validation.shape import as_node, choice, integer, node, nodes, text

__all__ = ["rule"]

_CLAIM = "http://hl7.org/fhir/StructureDefinition/structuredefinition-compliesWithProfile"
_STRENGTHS = ("example", "preferred", "extensible", "required")
_RULES = ("closed", "openAtEnd", "open")

Elements = dict[str, dict[str, Any]]
Pair = tuple[dict[str, Any], dict[str, Any]]
"""The profile that claims, and the one it claims to comply with."""


def rule(structure: dict[str, Any], context: Context) -> Iterable[Issue]:
    """Compare a profile with each one it claims to comply with."""
    claims = [text(each, "valueCanonical") for each in nodes(structure, "extension") if text(each, "url") == _CLAIM]
    for canonical in filter(None, claims):
        claimed = _found(canonical, context)
        ours, theirs = _elements(structure, context), _elements(claimed, context)
        why = next(_differences(ours, theirs, (structure, claimed), context), None) if ours and theirs else None
        if why:
            yield COMPLIANCE_NOT_MET.at(context.where(), profile=canonical, why=why)


def _found(canonical: str, context: Context) -> dict[str, Any]:
    try:
        return context.definitions.structure(canonical) or {}
    except PackageError:
        return {}


def _elements(structure: dict[str, Any], context: Context) -> Elements:
    """The elements of the snapshot by id; it is made where the profile brings none."""
    found = nodes(node(structure, "snapshot"), "element")
    if not found and structure:
        try:
            found = nodes(node(generate(structure, context.definitions).structure, "snapshot"), "element")
        except (PackageError, KeyError, TypeError, AttributeError, ValueError, IndexError):
            return {}
    return {text(each, "id"): each for each in found}


def _differences(ours: Elements, theirs: Elements, both: Pair, context: Context) -> Iterator[str]:
    for name, wanted in theirs.items():
        found = ours.get(name)
        if found is None:
            if text(wanted, "sliceName") and (integer(wanted, "min") or 0) > 0:
                yield f"the slice {name} is missing"
            continue
        yield from _counts(name, found, wanted)
        yield from _types(name, found, wanted)
        yield from _values(name, found, wanted)
        yield from _binding(name, found, wanted, both, context)
        yield from _slicing(name, found, wanted, ours, theirs)


def _counts(name: str, found: dict[str, Any], wanted: dict[str, Any]) -> Iterator[str]:
    least, most = integer(found, "min") or 0, text(found, "max")
    if least < (integer(wanted, "min") or 0):
        yield f"{name} may be fewer, min {least}"
    limit = text(wanted, "max")
    if limit.isdigit() and (most == "*" or (most.isdigit() and int(most) > int(limit))):
        yield f"{name} may be more, max {most}"


def _types(name: str, found: dict[str, Any], wanted: dict[str, Any]) -> Iterator[str]:
    allowed = {text(each, "code") for each in nodes(wanted, "type")}
    more = {text(each, "code") for each in nodes(found, "type")} - allowed
    if allowed and more and text(found, "max") != "0":
        yield f"{name} may be of the type {', '.join(sorted(more))}"


def _values(name: str, found: dict[str, Any], wanted: dict[str, Any]) -> Iterator[str]:
    if text(found, "max") == "0":
        return
    fixed, pattern = choice(wanted, "fixed")[1], choice(wanted, "pattern")[1]
    own_fixed, own_pattern = choice(found, "fixed")[1], choice(found, "pattern")[1]
    if (
        fixed is not None
        and own_fixed != fixed
        and not (own_fixed is None and own_pattern == fixed and not isinstance(fixed, dict))
    ):
        yield f"{name} has not the fixed value"
    own = own_fixed if own_fixed is not None else own_pattern
    if pattern is not None and not _holds(own, pattern):
        yield f"{name} does not hold the pattern"


def _holds(value: Any, pattern: Any) -> bool:
    """Whether a value has all that a pattern has."""
    if isinstance(pattern, dict):
        return isinstance(value, dict) and all(
            _holds(node({"v": value}, "v").get(key), each) for key, each in node({"p": pattern}, "p").items()
        )
    if isinstance(pattern, list):
        there: list[Any] = value if isinstance(value, list) else []  # pyright: ignore[reportUnknownVariableType]
        wanted: list[Any] = pattern  # pyright: ignore[reportUnknownVariableType]
        return all(any(_holds(one, each) for one in there) for each in wanted)
    return value == pattern


def _binding(name: str, found: dict[str, Any], wanted: dict[str, Any], both: Pair, context: Context) -> Iterator[str]:
    own, other = node(found, "binding"), node(wanted, "binding")
    strength = text(other, "strength")
    if strength not in _STRENGTHS[2:] or text(found, "max") == "0":
        return
    if text(own, "strength") not in _STRENGTHS or _STRENGTHS.index(text(own, "strength")) < _STRENGTHS.index(strength):
        yield f"{name} is bound less strictly"
    elif strength == "required":
        more = _more_codes(text(own, "valueSet"), text(other, "valueSet"), both, context)
        if more:
            yield f"{name} allows the codes {', '.join(sorted(more)[:5])}"


def _more_codes(own: str, other: str, both: Pair, context: Context) -> set[str]:
    """The codes of our value set that theirs does not have, as far as ours lists its codes one by one."""
    if own == other and not own.startswith("#"):
        return set()
    ours = _listed(_value_set(own, both[0], context))
    if other.startswith("#"):
        theirs = _listed(_value_set(other, both[1], context))
        return {code for _, code in ours - theirs} if theirs else set()
    return {code for system, code in ours if context.validate_code(system, code, other).membership == OUT}


def _listed(value_set: dict[str, Any]) -> set[tuple[str, str]]:
    """The codes that a value set lists one by one, each with its system."""
    includes = nodes(node(value_set, "compose"), "include")
    return {(text(include, "system"), text(each, "code")) for include in includes for each in nodes(include, "concept")}


def _value_set(canonical: str, holder: dict[str, Any], context: Context) -> dict[str, Any]:
    if canonical.startswith("#"):
        contained = nodes(holder, "contained")
        return as_node(next((each for each in contained if text(each, "id") == canonical[1:]), None))
    return context.find("ValueSet", canonical) or {}


def _slicing(
    name: str, found: dict[str, Any], wanted: dict[str, Any], ours: Elements, theirs: Elements
) -> Iterator[str]:
    rules, own = text(node(wanted, "slicing"), "rules"), text(node(found, "slicing"), "rules")
    if rules not in _RULES or own not in _RULES:
        return
    if _RULES.index(own) > _RULES.index(rules):
        yield f"{name} is sliced {own}, not {rules}"
    if rules == "closed":
        more = _slices(name, ours) - _slices(name, theirs)
        if more:
            yield f"{name} has the slices {', '.join(sorted(more))}"


def _slices(name: str, elements: Elements) -> set[str]:
    return {
        text(each, "sliceName").partition("/")[0]
        for key, each in elements.items()
        if key.startswith(f"{name}:") and "." not in key[len(name) :]
    }
