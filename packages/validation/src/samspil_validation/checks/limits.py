"""Lengths and least and greatest values.

https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.minValue[x]
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from samspil_validation import findings as f

if TYPE_CHECKING:
    from samspil_validation.run import Run

    from .base import Check

__all__ = ["limit_checks"]

_YEAR, _DAY = len("2020"), len("2020-12-31")


def limit_checks(plan: dict[str, Any], url: str) -> Iterator[Check]:
    """The checks of least and greatest length and value in the plan of an element."""
    if plan.get("nl"):
        yield _least(int(plan["nl"]), url)
    if plan.get("ml"):
        yield _length(int(plan["ml"]), url)
    if "mn" in plan:
        yield _limit(plan["mn"], f.TOO_SMALL, url, above=False)
    if "mx" in plan:
        yield _limit(plan["mx"], f.TOO_GREAT, url, above=True)


def _least(least: int, url: str) -> Check:
    def check(value: Any, place: Any, run: Run) -> None:
        if value.__class__ is str and len(value) < least:
            run.find(f.TOO_SHORT, place, url, minimum=least)

    return check


def _length(most: int, url: str) -> Check:
    def check(value: Any, place: Any, run: Run) -> None:
        if value.__class__ is str and len(value) > most:
            run.find(f.TOO_LONG, place, url, maximum=most)

    return check


def _limit(limit: Any, kind: Any, url: str, *, above: bool) -> Check:
    number, unit = _number(limit)
    shown = str(number if number is not None else limit)

    def check(value: Any, place: Any, run: Run) -> None:
        mine, my_unit = _number(value)
        if number is None:
            beyond = value.__class__ is str and _outside(value, shown, above=above)
        elif mine is not None and my_unit == unit:
            beyond = mine > number if above else mine < number
        elif mine is not None:
            beyond = _beyond_in_units(value, limit, above=above)
        else:
            beyond = None if value.__class__ is str else False
        if beyond:
            run.find(kind, place, url, limit=f"{shown} {unit}".strip())
        elif beyond is None:
            why = "it is relative to a moment, or in a unit that cannot be converted"
            run.undecide(f.INVARIANT_UNDECIDED, place, url, key="maxValue" if above else "minValue", why=why)

    return check


def _outside(value: str, limit: str, *, above: bool) -> bool:
    """Whether a date or time is beyond another: a value stands for its first day, a limit takes in its whole year or month."""
    one, other = _moment(value), _moment(limit)
    if one is not None and other is not None:
        return one > other if above else one < other
    if value[2:3] == ":":
        return value > limit if above else value < limit
    value += "-01-01"[max(len(value) - _YEAR, 0) :]
    shared = min(len(value), len(limit))
    value, limit = value[:shared], limit[:shared]
    return value > limit if above else value < limit


def _moment(value: str) -> datetime | None:
    """The instant that a dateTime with a zone is."""
    if value[_DAY : _DAY + 1] != "T":
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def _beyond_in_units(value: Any, limit: Any, *, above: bool) -> bool | None:
    """Whether one Quantity is beyond another in another unit of UCUM; None when they cannot be compared."""
    from samspil_fhirpath import compile_expression

    sides = {"low": limit, "high": value} if above else {"low": value, "high": limit}
    try:
        found = compile_expression("low < high", context="Range")(sides)
    except ValueError:
        return None
    return found[0] if found and isinstance(found[0], bool) else None


def _number(value: Any) -> tuple[Decimal | None, str]:
    """The number of a number or a Quantity, and its unit."""
    if value.__class__ is dict:
        number, _ = _number(value.get("value"))
        return number, str(value.get("code") or value.get("unit") or "")
    if value is True or value is False or value.__class__ not in {int, float, Decimal}:
        return None, ""
    return Decimal(str(value)), ""
