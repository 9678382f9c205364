"""A questionnaire that says it complies with another one, or extends it: what it may not change.

https://hl7.org/fhir/extensions/StructureDefinition-questionnaire-derivationType.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from samspil_core import Issue
from samspil_validation.context import Context
from samspil_validation.findings_rules import (
    DERIVED_ITEM_UNKNOWN,
    DERIVED_OPTION,
    DERIVED_REPEATS,
    DERIVED_REQUIRED,
    DERIVED_TYPE,
)
from samspil_validation.shape import choice, entries, node, nodes, text, truth, values

from .items import by_link_id

__all__ = ["rule"]

Steps = tuple["str | int", ...]
_TYPE = "http://hl7.org/fhir/StructureDefinition/questionnaire-derivationType"
_ONLY = "compliesWith"
_KINDS = frozenset({_ONLY, "extends"})


def rule(questionnaire: dict[str, Any], context: Context) -> Iterable[Issue]:
    """Compare a questionnaire with each one it complies with or extends."""
    beside = values(questionnaire, "_derivedFrom")
    for index, canonical in enumerate(values(questionnaire, "derivedFrom")):
        kind = _kind(node({"x": beside[index]}, "x")) if index < len(beside) else ""
        if not isinstance(canonical, str) or kind not in _KINDS:
            continue
        base = context.find("Questionnaire", canonical)
        if base is not None:
            yield from _level(questionnaire, by_link_id(base), kind, context, ())


def _kind(primitive: dict[str, Any]) -> str:
    for each in nodes(primitive, "extension"):
        if text(each, "url") == _TYPE:
            _, value = choice(each, "value")
            return text(node({"x": value}, "x"), "code") if isinstance(value, dict) else str(value)
    return ""


def _level(
    holder: dict[str, Any], asked: dict[str, dict[str, Any]], kind: str, context: Context, at: Steps
) -> Iterator[Issue]:
    for index, item in entries(holder, "item"):
        steps, link = (*at, "item", index), text(item, "linkId")
        base = asked.get(link)
        if base is not None:
            yield from _item(item, base, context, steps, link)
        elif kind == _ONLY:
            yield DERIVED_ITEM_UNKNOWN.at(context.where(*steps), link=link)
        yield from _level(item, asked, kind, context, steps)


def _item(item: dict[str, Any], base: dict[str, Any], context: Context, at: Steps, link: str) -> Iterator[Issue]:
    if text(item, "type") != text(base, "type"):
        found = {"link": link, "type": text(base, "type")}
        yield DERIVED_TYPE.at(context.where(*at, "type"), **found)
    if truth(item, "repeats") and not truth(base, "repeats"):
        yield DERIVED_REPEATS.at(context.where(*at, "repeats"), link=link)
    if truth(base, "required") and not truth(item, "required"):
        yield DERIVED_REQUIRED.at(context.where(*at, "required"), link=link)
    options = [choice(each, "value") for each in nodes(base, "answerOption")]
    for index, option in entries(item, "answerOption") if options else ():
        if choice(option, "value") not in options:
            yield DERIVED_OPTION.at(context.where(*at, "answerOption", index), link=link)
