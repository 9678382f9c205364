"""Which of two answers is greater: -1, 0, 1, or None where that cannot be said.

Dates and times of unequal precision compare as far as both go: 2022-06-30 is neither before nor after 2022-06.
https://hl7.org/fhir/R4/questionnaire-definitions.html#Questionnaire.item.enableWhen.operator
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from samspil_core import NotAPrimitive, Temporal, ZoneNeeded, parse_date_time, parse_time
from samspil_validation.shape import number, text

__all__ = ["compare", "units_differ"]


def compare(one: Any, other: Any) -> int | None:
    """The order of two numbers, quantities of one unit, dates, times or strings."""
    if number(one) and number(other):
        return _order(Decimal(str(one)), Decimal(str(other)))
    if isinstance(one, dict) and isinstance(other, dict):
        return _quantities(cast("dict[str, Any]", one), cast("dict[str, Any]", other))
    if isinstance(one, str) and isinstance(other, str):
        return _texts(one, other)
    return None


def units_differ(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two quantities are in different units, by system and code, or by the words for them."""
    return any(text(one, key) != text(other, key) for key in ("system", "code")) or (
        not text(one, "code") and text(one, "unit") != text(other, "unit")
    )


def _order(one: Any, other: Any) -> int:
    return (one > other) - (one < other)


def _quantities(one: dict[str, Any], other: dict[str, Any]) -> int | None:
    if not (number(one.get("value")) and number(other.get("value"))) or units_differ(one, other):
        return None
    return _order(Decimal(str(one["value"])), Decimal(str(other["value"])))


def _texts(one: str, other: str) -> int | None:
    first, second = _temporal(one), _temporal(other)
    if first is not None and second is not None:
        return _temporals(first, second)
    try:
        return _order(parse_time(one).earliest(), parse_time(other).earliest())
    except NotAPrimitive:
        return _order(one, other) if first is None and second is None else None


def _temporal(value: str) -> Temporal | None:
    try:
        return parse_date_time(value)
    except NotAPrimitive:
        return None


def _temporals(one: Temporal, other: Temporal) -> int | None:
    if str(one) == str(other):
        return 0
    try:
        if one.offset is None or other.offset is None:
            days = min(len(str(one)), len(str(other)), 10)
            return _order(str(one)[:days], str(other)[:days]) or (0 if len(str(one)) == len(str(other)) else None)
        if one.latest() < other.earliest():
            return -1
        return 1 if one.earliest() > other.latest() else 0
    except ZoneNeeded:
        return None
