"""Whether an item is enabled, by the answers given so far: yes, no, or (None) not to be decided.

https://hl7.org/fhir/R4/questionnaire-definitions.html#Questionnaire.item.enableWhen
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from samspil_validation.shape import as_node, choice, nodes, number, text

from .compare import compare
from .items import ENABLE_EXPRESSIONS, extension_value

__all__ = ["Evaluate", "enabled"]

Evaluate = Callable[[str], "list[Any] | None"]
"""The result of a FHIRPath expression on the response, or None when it cannot be evaluated."""

_SCALES = ("code", "system")


def enabled(item: dict[str, Any], around: Sequence[dict[str, Any]], evaluate: Evaluate) -> bool | None:
    """Whether a questionnaire's item is enabled where it stands in a response.

    `around` is what it stands in, from the response inwards: response, items and answers.
    """
    expression = extension_value(item, "questionnaire-enableWhenExpression")
    if isinstance(expression, dict):
        return _by_expression(text(as_node(expression), "expression"), evaluate)
    older = next(
        (text(each, "valueString") for each in nodes(item, "extension") if text(each, "url") in ENABLE_EXPRESSIONS), ""
    )
    if older:
        return _by_expression(older, evaluate)
    conditions = nodes(item, "enableWhen")
    if not conditions:
        return True
    results = [_holds(each, around) for each in conditions]
    if text(item, "enableBehavior") == "all":
        return _all(results)
    some = _all([None if each is None else not each for each in results])
    return None if some is None else not some


def _all(results: list[bool | None]) -> bool | None:
    if False in results:
        return False
    return None if None in results else True


def _by_expression(expression: str, evaluate: Evaluate) -> bool | None:
    result = evaluate(expression)
    if result is None:
        return None
    return bool(result) and result != [False]


def _holds(condition: dict[str, Any], around: Sequence[dict[str, Any]]) -> bool | None:
    answers = list(_answers(text(condition, "question"), around))
    key, wanted = choice(condition, "answer")
    operator = text(condition, "operator")
    if operator == "exists":
        return bool(answers) is (wanted is True) if isinstance(wanted, bool) else None
    if not key:
        return None
    results = [_meets(operator, each, key.removeprefix("answer"), wanted) for each in answers]
    some = _all([None if each is None else not each for each in results])
    return None if some is None else not some


def _answers(link_id: str, around: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The answers to a question: those nearest around the item, else those anywhere in the response."""
    for holder in reversed(around):
        found = [each for each in nodes(holder, "item") if text(each, "linkId") == link_id]
        if found:
            for each in found:
                yield from _given(each)
            return
    for each in _everywhere(around[0]) if around else ():
        if text(each, "linkId") == link_id:
            yield from _given(each)


def _given(item: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in nodes(item, "answer") if choice(each, "value")[0]]


def _everywhere(holder: dict[str, Any]) -> Iterator[dict[str, Any]]:
    waiting = [holder]
    while waiting:
        at = waiting.pop(0)
        for each in nodes(at, "item"):
            yield each
            waiting.extend([each, *nodes(each, "answer")])


def _meets(operator: str, answer: dict[str, Any], kind: str, wanted: Any) -> bool | None:
    key, given = choice(answer, "value")
    if operator in {"=", "!="}:
        same = _same(key.removeprefix("value"), given, kind, wanted)
        return same if operator == "=" or same is None else not same
    order = compare(given, wanted)
    if order is None:
        return None
    return {">": order > 0, "<": order < 0, ">=": order >= 0, "<=": order <= 0}.get(operator)


def _same(given_kind: str, given: Any, kind: str, wanted: Any) -> bool | None:
    """Whether an answer equals the one asked for; a coding does by system and code."""
    one, other = as_node(given), as_node(wanted)
    if one and other:
        if kind == "Coding":
            keys = _SCALES if text(one, "code") or text(other, "code") else ("display",)
            return all(text(one, key) == text(other, key) for key in keys)
        if kind == "Quantity":
            order = compare(one, other)
            return None if order is None else order == 0
        return text(one, "reference") == text(other, "reference") if kind == "Reference" else None
    if number(given) and number(wanted):
        return Decimal(str(given)) == Decimal(str(wanted))
    comparable = given_kind == kind or {given_kind, kind} <= {"String", "Uri", "Text"}
    return given == wanted if comparable else False
