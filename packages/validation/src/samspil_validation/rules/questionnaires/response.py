"""A response against its questionnaire: which items, in which order, enabled or not, how often, answered by what.

https://hl7.org/fhir/R4/questionnaireresponse.html#link, https://hl7.org/fhir/R4/questionnaire-definitions.html#Questionnaire.item
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from samspil_core import Issue, Kind
from samspil_validation.context import Context
from samspil_validation.findings_rules import (
    ANSWER_ITEM_OUTSIDE,
    ANSWER_ON_DISPLAY,
    ANSWER_ON_GROUP,
    ANSWERS_FEW,
    ANSWERS_MANY,
    ANSWERS_ONE,
    GROUP_EMPTY,
    GROUP_EMPTY_YET,
    ITEM_DISABLED,
    ITEM_MISPLACED,
    ITEM_MISSING,
    ITEM_MISSING_YET,
    ITEM_NO_LINK,
    ITEM_ORDER,
    ITEM_REPEATED,
    ITEM_UNKNOWN,
    QUESTIONNAIRE_MISSING,
    QUESTIONNAIRE_OTHER,
    QUESTIONNAIRE_UNKNOWN,
)
from samspil_validation.shape import choice, entries, nodes, text, truth

from .answers import Steps, check_answer
from .enabled import enabled
from .items import by_link_id, extension_value

__all__ = ["rule"]

_UNFINISHED = frozenset({"in-progress", "entered-in-error", "stopped"})
_OTHERS = (
    "ValueSet",
    "CodeSystem",
    "StructureDefinition",
    "Measure",
    "Library",
    "PlanDefinition",
    "ActivityDefinition",
)
_NO_ANSWERS = {"group": ANSWER_ON_GROUP, "display": ANSWER_ON_DISPLAY, "question": ANSWER_ON_GROUP}

On = Literal["on", "off", "unsure"]
"""Whether an item is enabled."""

Found = tuple[Steps, dict[str, Any]]
"""An item of the response and where it stands below the response."""


def rule(node: dict[str, Any], context: Context) -> Iterable[Issue]:
    """Everything a questionnaire says about a response to it."""
    canonical = text(node, "questionnaire")
    if not canonical:
        if nodes(node, "item"):
            yield QUESTIONNAIRE_MISSING.at(context.where())
        return
    questionnaire = context.find("Questionnaire", canonical)
    if questionnaire is None:
        other = next((name for name in _OTHERS if context.definitions.heading(name, canonical) is not None), "")
        if other:
            yield QUESTIONNAIRE_OTHER.at(context.where("questionnaire"), canonical=canonical, type=other)
            return
        yield context.undecided(QUESTIONNAIRE_UNKNOWN, "questionnaire", canonical=canonical)
        return
    check = _Check(context, questionnaire, by_link_id(questionnaire), text(node, "status") in _UNFINISHED)
    yield from check.level(questionnaire, node, (), (node,))


@dataclass(slots=True)
class _Check:
    """One response: where it stands, every item of the questionnaire by linkId, and whether it may be incomplete."""

    context: Context
    questionnaire: dict[str, Any]
    items: dict[str, dict[str, Any]]
    unfinished: bool

    def level(
        self, definition: dict[str, Any], holder: dict[str, Any], at: Steps, around: Sequence[dict[str, Any]]
    ) -> Iterator[Issue]:
        """The items in a response, a group or an answer, against those of the questionnaire at that level."""
        asked: dict[str, dict[str, Any]] = {}
        for each in nodes(definition, "item"):
            asked.setdefault(text(each, "linkId"), each)  # of two with one linkId, which is an error there, the first
        order = {link: number for number, link in enumerate(asked)}
        found: dict[str, list[Found]] = {}
        last = -1
        for index, item in entries(holder, "item"):
            steps = (*at, "item", index)
            link = text(item, "linkId")
            if link in order:
                if order[link] < last:
                    yield ITEM_ORDER.at(self.context.where(*steps), link=link)
                last = max(last, order[link])
                found.setdefault(link, []).append((steps, item))
            else:
                yield self._stranger(link, steps, at)
        for link, each in asked.items():
            yield from self._asked(each, found.get(link, []), at, around)

    def _stranger(self, link: str, steps: Steps, at: Steps) -> Issue:
        if not link:
            return ITEM_NO_LINK.at(self.context.where(*steps))
        if link in self.items:
            return ITEM_MISPLACED.at(self.context.where(*steps), link=link)
        return ITEM_UNKNOWN.at(self.context.where(*at), link=link)

    def _asked(
        self, item: dict[str, Any], found: list[Found], at: Steps, around: Sequence[dict[str, Any]]
    ) -> Iterator[Issue]:
        """One item of the questionnaire and what the response has for it."""
        link = text(item, "linkId")
        found_on = enabled(item, around, self._evaluate)
        on: On = "unsure" if found_on is None else "on" if found_on else "off"
        if not found:
            if on == "on" and truth(item, "required"):
                yield self._missing(ITEM_MISSING, ITEM_MISSING_YET, at, link)
            return
        if len(found) > 1 and not truth(item, "repeats"):
            yield ITEM_REPEATED.at(self.context.where(*at), link=link, count=len(found))
        for steps, given in found:
            if on == "off" and (nodes(given, "answer") or nodes(given, "item")):
                yield ITEM_DISABLED.at(self.context.where(*steps), link=link)
            yield from self._one(item, given, steps, (*around, given), on)

    def _one(
        self, item: dict[str, Any], given: dict[str, Any], at: Steps, around: Sequence[dict[str, Any]], on: On
    ) -> Iterator[Issue]:
        kind = text(item, "type")
        if kind == "group":
            yield from self._group(item, given, at, around, on)
            return
        if nodes(given, "item"):
            yield ANSWER_ITEM_OUTSIDE.at(self.context.where(*at), link=text(item, "linkId"))
        if kind in _NO_ANSWERS:
            yield from self._no_answers(_NO_ANSWERS[kind], given, at)
        else:
            yield from self._question(item, given, at, around, on)

    def _no_answers(self, kind: Kind, given: dict[str, Any], at: Steps) -> Iterator[Issue]:
        if nodes(given, "answer"):
            yield kind.at(self.context.where(*at))

    def _group(
        self, item: dict[str, Any], given: dict[str, Any], at: Steps, around: Sequence[dict[str, Any]], on: On
    ) -> Iterator[Issue]:
        yield from self._no_answers(ANSWER_ON_GROUP, given, at)
        if nodes(given, "item"):
            yield from self.level(item, given, at, around)
        elif on == "on" and truth(item, "required"):
            yield self._missing(GROUP_EMPTY, GROUP_EMPTY_YET, at, text(item, "linkId"))

    def _question(
        self, item: dict[str, Any], given: dict[str, Any], at: Steps, around: Sequence[dict[str, Any]], on: On
    ) -> Iterator[Issue]:
        answers = list(entries(given, "answer"))
        valued = [each for _, each in answers if choice(each, "value")[0] or choice(each, "_value")[0]]
        if on == "on" and truth(item, "required") and not valued and not nodes(given, "extension"):
            yield self._missing(ITEM_MISSING, ITEM_MISSING_YET, at, text(item, "linkId"))
        yield from self._count(item, len(answers), at, on)
        for index, answer in answers:
            steps = (*at, "answer", index)
            yield from check_answer(self.questionnaire, item, answer, self.context, steps)
            if nodes(answer, "item") or (nodes(item, "item") and choice(answer, "value")[0]):
                yield from self.level(item, answer, steps, (*around, answer))

    def _count(self, item: dict[str, Any], count: int, at: Steps, on: On) -> Iterator[Issue]:
        least = extension_value(item, "questionnaire-minOccurs")
        most = extension_value(item, "questionnaire-maxOccurs")
        if count > 1 and not truth(item, "repeats"):
            yield ANSWERS_ONE.at(self.context.where(*at), link=text(item, "linkId"))
        if isinstance(least, int) and count < least and on == "on" and not self.unfinished:
            yield ANSWERS_FEW.at(self.context.where(*at), limit=least, count=count)
        if isinstance(most, int) and count > most:
            yield ANSWERS_MANY.at(self.context.where(*at), limit=most, count=count)

    def _missing(self, kind: Kind, yet: Kind, at: Steps, link: str) -> Issue:
        return (yet if self.unfinished else kind).at(self.context.where(*at), link=link)

    def _evaluate(self, expression: str) -> list[Any] | None:
        try:
            return self.context.evaluate(expression)
        except ValueError:
            return None
