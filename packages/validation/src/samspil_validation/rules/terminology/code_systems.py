"""Code systems: content and concepts agree, properties are defined once and used as they are defined.

https://hl7.org/fhir/R4/codesystem.html#properties, https://hl7.org/fhir/R4/codesystem-definitions.html#CodeSystem.content
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from samspil_core import Issue
from samspil_validation.context import OUT, Context
from samspil_validation.findings_rules import (
    ALL_CODES_OTHERWISE,
    CONCEPTS_NOT_PRESENT,
    PROPERTY_CODE_REPEATED,
    PROPERTY_LEADS_NOWHERE,
    PROPERTY_OF_HL7_UNKNOWN,
    PROPERTY_OTHER_CODE,
    PROPERTY_OTHER_TYPE,
    PROPERTY_URI_REPEATED,
    PROPERTY_VALUE_TYPE,
    SUPPLEMENT_CODE_UNKNOWN,
    SUPPLEMENT_CONTENT,
    SUPPLEMENT_OF_NOTHING,
    SYSTEM_COUNT,
)
from samspil_validation.shape import choice, entries, integer, node, nodes, text

__all__ = ["rule"]

Steps = tuple["str | int", ...]

_HL7 = "http://hl7.org/fhir/concept-properties"
_RELATIVES = frozenset({f"{_HL7}#parent", f"{_HL7}#child"})
_TYPES = {
    "status": "code",
    "inactive": "boolean",
    "effectiveDate": "dateTime",
    "deprecated": "dateTime",
    "deprecationDate": "dateTime",
    "retirementDate": "dateTime",
    "notSelectable": "boolean",
    "parent": "code",
    "child": "code",
    "partOf": "code",
    "synonym": "code",
    "comment": "string",
    "itemWeight": "decimal",
}


def rule(system: dict[str, Any], context: Context) -> Iterable[Issue]:
    """Check a code system against itself, and a supplement against what it supplements."""
    content = text(system, "content")
    if content == "not-present" and nodes(system, "concept"):
        yield CONCEPTS_NOT_PRESENT.at(context.where("concept", 0))
    if text(system, "supplements"):
        if content and content != "supplement":
            yield SUPPLEMENT_CONTENT.at(context.where("content"))
        yield from _supplemented(text(system, "supplements"), system, context)
    elif content == "supplement":
        yield SUPPLEMENT_OF_NOTHING.at(context.where())
    yield from _definitions(system, context)
    yield from _all_codes(system, context)
    if content == "complete":
        yield from _whole(system, context)
    types = {text(each, "code"): text(each, "type") for each in reversed(nodes(system, "property"))}
    for steps, concept in _concepts(system):
        for index, value in entries(concept, "property"):
            yield from _value(value, types, context, (*steps, "property", index))


def _concepts(holder: dict[str, Any]) -> Iterator[tuple[Steps, dict[str, Any]]]:
    """Every concept, with the steps to it."""
    waiting: list[tuple[Steps, dict[str, Any]]] = [((), holder)]
    while waiting:
        at, holder = waiting.pop()
        found = [((*at, "concept", index), each) for index, each in entries(holder, "concept")]
        yield from found
        waiting.extend(reversed(found))


def _whole(system: dict[str, Any], context: Context) -> Iterator[Issue]:
    """What a code system that says it is complete lacks: concepts that it counts, parents and children that it names."""
    concepts = list(_concepts(system))
    stated = integer(system, "count")
    if stated is not None and stated != len(concepts):
        yield SYSTEM_COUNT.at(context.where("count"), stated=stated, found=len(concepts))
    codes = {text(concept, "code") for _, concept in concepts}
    relatives = {text(each, "code") for each in nodes(system, "property") if text(each, "uri") in _RELATIVES}
    for steps, concept in concepts:
        for index, each in entries(concept, "property"):
            name, value = text(each, "code"), text(each, "valueCode")
            if name in relatives and value and value not in codes:
                yield PROPERTY_LEADS_NOWHERE.at(context.where(*steps, "property", index), property=name)


def _supplemented(url: str, system: dict[str, Any], context: Context) -> Iterator[Issue]:
    for steps, concept in _concepts(system):
        code = text(concept, "code")
        if code and context.validate_code(url.partition("|")[0], code).membership == OUT:
            yield SUPPLEMENT_CODE_UNKNOWN.at(context.where(*steps), system=url)


def _all_codes(system: dict[str, Any], context: Context) -> Iterator[Issue]:
    """The value set of all codes, where it is at hand, includes this code system alone, and all of it."""
    url, named = text(system, "url"), text(system, "valueSet")
    value_set = context.find("ValueSet", named) if named and url else None
    included = nodes(node(value_set, "compose"), "include") if value_set else []
    if not included:
        return
    why = ""
    if len(included) > 1 or nodes(node(value_set or {}, "compose"), "exclude"):
        why = "it is made of several parts"
    elif text(included[0], "system") != url:
        why = "it includes another code system"
    elif nodes(included[0], "concept") or nodes(included[0], "filter") or "valueSet" in included[0]:
        why = "it includes a part of the codes"
    if why:
        yield ALL_CODES_OTHERWISE.at(context.where(), value_set=named, why=why)


def _definitions(system: dict[str, Any], context: Context) -> Iterator[Issue]:
    codes: set[str] = set()
    uris: set[str] = set()
    for index, each in entries(system, "property"):
        code, uri, where = text(each, "code"), text(each, "uri"), ("property", index)
        if code in codes:
            yield PROPERTY_CODE_REPEATED.at(context.where(*where), property=code)
        if uri and uri in uris:
            yield PROPERTY_URI_REPEATED.at(context.where(*where))
        base, sign, name = uri.rpartition("#")
        if sign and base == _HL7 and uri not in uris:
            yield from _of_hl7(name, code, text(each, "type"), context, where)
        codes.add(code)
        uris.add(uri)


def _of_hl7(name: str, code: str, kind: str, context: Context, where: Steps) -> Iterator[Issue]:
    """A property that HL7 defines has HL7's type and, lest it is mistaken for another, HL7's code."""
    if name not in _TYPES:
        known = context.definitions.code_system(_HL7)
        if known is not None and all(text(each, "code") != name for each in nodes(known, "concept")):
            yield PROPERTY_OF_HL7_UNKNOWN.at(context.where(*where), property=name)
        return
    if code in _TYPES and code != name:
        yield PROPERTY_OTHER_CODE.at(context.where(*where), property=name, code=code)
    if kind and kind != _TYPES[name]:
        yield PROPERTY_OTHER_TYPE.at(context.where(*where), property=name, type=_TYPES[name])


def _value(value: dict[str, Any], types: dict[str, str], context: Context, at: Steps) -> Iterator[Issue]:
    key, _ = choice(value, "value")
    wanted = types.get(text(value, "code"))
    found = key.removeprefix("value")
    if key and wanted and found.lower() != wanted.lower():
        yield PROPERTY_VALUE_TYPE.at(context.where(*at), property=text(value, "code"), type=wanted)
