"""Value sets: the systems they draw on are code systems, the codes are theirs, the filters have values that fit.

https://hl7.org/fhir/R4/valueset.html#compositions, https://hl7.org/fhir/R4/valueset-definitions.html#ValueSet.compose.include
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from samspil_core import Issue
from samspil_fhirpath.errors import FhirPathError
from samspil_fhirpath.findings import TOO_DEEP
from samspil_fhirpath.regex import pattern
from samspil_validation.context import OUT, Context
from samspil_validation.findings_rules import (
    FILTER_CODE,
    FILTER_REGEX,
    FILTER_VALUE,
    INCLUDE_CODE_UNKNOWN,
    INCLUDE_CONTAINED_MISSING,
    INCLUDE_OF_VALUE_SET,
    INCLUDE_RELATIVE,
)
from samspil_validation.rules.urls import is_absolute
from samspil_validation.shape import entries, node, nodes, text

__all__ = ["rule"]

_FORMS = {
    "Coding": re.compile(r"[^\s#|]+(?:\|[^\s#]*)?#\S.*"),
    "boolean": re.compile(r"true|false"),
    "dateTime": re.compile(r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2}(?:T.+)?)?)?"),
}
_BY_CODE = frozenset({"is-a", "is-not-a", "descendent-of", "generalizes", "child-of"})
_BY_VALUE = frozenset({"=", "in", "not-in"})


def rule(value_set: dict[str, Any], context: Context) -> Iterable[Issue]:
    """Check what a value set includes and excludes."""
    compose = node(value_set, "compose")
    for part in ("include", "exclude"):
        for index, each in entries(compose, part):
            yield from _part(each, value_set, context, ("compose", part, index))


def _part(
    part: dict[str, Any], value_set: dict[str, Any], context: Context, at: tuple[str | int, ...]
) -> Iterator[Issue]:
    system = text(part, "system")
    if not system:
        return
    if not is_absolute(system):
        yield INCLUDE_RELATIVE.at(context.where(*at))
        if all(text(each, "id") != system.removeprefix("#") for each in nodes(value_set, "contained")):
            yield INCLUDE_CONTAINED_MISSING.at(context.where(*at, "system"))
        return
    definition = context.find("CodeSystem", system)
    if definition is None:
        if context.definitions.heading("ValueSet", system) is not None:
            yield INCLUDE_OF_VALUE_SET.at(context.where(*at, "system"), system=system)
        return
    for index, each in entries(part, "concept"):
        answer = context.validate_code(system, text(each, "code"), version=text(part, "version"))
        if text(each, "code") and answer.membership == OUT and text(definition, "content") == "complete":
            yield INCLUDE_CODE_UNKNOWN.at(context.where(*at, "concept", index), system=system)
    types = {text(each, "code"): text(each, "type") for each in nodes(definition, "property")}
    for index, each in entries(part, "filter"):
        kind = types.get(text(each, "property"), "")
        yield from _filter(each, kind, system, context, (*at, "filter", index))


def _filter(
    each: dict[str, Any], kind: str, system: str, context: Context, at: tuple[str | int, ...]
) -> Iterator[Issue]:
    """The value of a filter is of the type of the property, and where it is a code, one that is there."""
    name, operation, value = text(each, "property"), text(each, "op"), text(each, "value")
    form = _FORMS.get(kind)
    if not value:
        return
    if operation == "regex" and not _is_regex(value):
        yield FILTER_REGEX.at(context.where(*at))
    elif name == "concept" and operation in _BY_CODE:
        if context.validate_code(system, value).membership == OUT:
            yield FILTER_CODE.at(context.where(*at), system=system)
    elif form and operation in _BY_VALUE:
        found = _values(each)
        if not all(map(form.fullmatch, found)):
            yield FILTER_VALUE.at(context.where(*at), property=name, type=kind)
        elif kind == "Coding":
            for one in found:
                url, _, code = one.partition("#")
                if context.validate_code(url.partition("|")[0], code).membership == OUT:
                    yield FILTER_CODE.at(context.where(*at), system=url)


def _is_regex(text: str) -> bool:
    """Whether it is a regular expression; of the classes of characters that only some dialects have, nothing is said."""
    if r"\p" in text or r"\P" in text:
        return True
    try:
        pattern(text)
    except FhirPathError as error:
        return error.kind is TOO_DEEP
    return True


def _values(each: dict[str, Any]) -> list[str]:
    value = text(each, "value")
    return [value] if text(each, "op") == "=" else [part.strip() for part in value.split(",")]
