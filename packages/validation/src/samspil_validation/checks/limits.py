"""Lengths and least and greatest values.

https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.minValue[x]
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from samspil_validation import findings as f

if TYPE_CHECKING:
    from samspil_validation.run import Run

    from .base import Check

__all__ = ["limit_checks"]


def limit_checks(plan: dict[str, Any], url: str) -> Iterator[Check]:
    """The checks of maxLength, minValue and maxValue in the plan of an element."""
    if plan.get("ml"):
        yield _length(int(plan["ml"]), url)
    if "mn" in plan:
        yield _limit(plan["mn"], f.TOO_SMALL, url, above=False)
    if "mx" in plan:
        yield _limit(plan["mx"], f.TOO_GREAT, url, above=True)


def _length(most: int, url: str) -> Check:
    def check(value: Any, place: Any, run: Run) -> None:
        if value.__class__ is str and len(value) > most:
            run.find(f.TOO_LONG, place, url, maximum=most)

    return check


def _limit(limit: Any, kind: Any, url: str, *, above: bool) -> Check:
    number, unit = _number(limit)
    shown = str(number if number is not None else limit)

    def check(value: Any, place: Any, run: Run) -> None:
        if number is None:
            beyond = value.__class__ is str and (value[: len(shown)] > shown if above else value < shown)
        else:
            mine, my_unit = _number(value)
            beyond = mine is not None and my_unit == unit and (mine > number if above else mine < number)
        if beyond:
            run.find(kind, place, url, limit=shown)

    return check


def _number(value: Any) -> tuple[Decimal | None, str]:
    """The number of a number or a Quantity, and its unit."""
    if value.__class__ is dict:
        number, _ = _number(value.get("value"))
        return number, str(value.get("code") or value.get("unit") or "")
    if value is True or value is False or value.__class__ not in {int, float, Decimal}:
        return None, ""
    return Decimal(str(value)), ""
