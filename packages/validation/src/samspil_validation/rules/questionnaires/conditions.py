"""The conditions of a questionnaire name questions that are there, and can be answered before.

https://hl7.org/fhir/R4/questionnaire-definitions.html#Questionnaire.item.enableWhen.question
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from samspil_core import Issue
from samspil_validation.context import Context
from samspil_validation.findings_rules import CONDITION_INSIDE, CONDITION_LATER, CONDITION_SELF, CONDITION_UNKNOWN
from samspil_validation.shape import entries, text

from .items import all_items

__all__ = ["rule"]

Steps = tuple["str | int", ...]


def rule(questionnaire: dict[str, Any], context: Context) -> Iterable[Issue]:
    """Check the question of each condition."""
    order = {text(item, "linkId"): number for number, item in reversed(list(enumerate(all_items(questionnaire))))}
    yield from _level(questionnaire, order, context, ())


def _level(holder: dict[str, Any], order: dict[str, int], context: Context, at: Steps) -> Iterator[Issue]:
    for index, item in entries(holder, "item"):
        steps = (*at, "item", index)
        for number, condition in entries(item, "enableWhen"):
            yield from _condition(item, text(condition, "question"), order, context, (*steps, "enableWhen", number))
        yield from _level(item, order, context, steps)


def _condition(item: dict[str, Any], asked: str, order: dict[str, int], context: Context, at: Steps) -> Iterator[Issue]:
    link = text(item, "linkId")
    if not asked:
        return
    if asked == link:
        yield CONDITION_SELF.at(context.where(*at), link=link)
    elif any(text(each, "linkId") == asked for each in all_items(item)):
        yield CONDITION_INSIDE.at(context.where(*at), link=asked)
    elif asked not in order:
        yield CONDITION_UNKNOWN.at(context.where(*at), link=asked)
    elif order[asked] > order.get(link, 0):
        yield CONDITION_LATER.at(context.where(*at), link=asked)
