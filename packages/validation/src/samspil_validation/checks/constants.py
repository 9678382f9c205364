"""Fixed values and patterns.

https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.fixed[x],
https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.pattern[x]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from samspil_validation import findings as f

if TYPE_CHECKING:
    from samspil_validation.run import Run

    from .base import Check

__all__ = ["constant_check", "holds", "same"]


def same(value: Any, fixed: Any) -> bool:
    """Whether a value equals a fixed one in every part; the order of keys does not count, 1.0 is not 1.00."""
    if value.__class__ is dict and fixed.__class__ is dict:
        return value.keys() == fixed.keys() and all(same(value[key], fixed[key]) for key in fixed)
    if value.__class__ is list and fixed.__class__ is list:
        return len(value) == len(fixed) and all(map(same, value, fixed))
    return (value is True or value is False) == (fixed is True or fixed is False) and value == fixed


def holds(value: Any, pattern: Any) -> bool:
    """Whether a value has all that a pattern has: each entry of a list there is matched by some entry here."""
    if pattern.__class__ is dict:
        if value.__class__ is not dict:
            return False
        return all(key in value and holds(value[key], part) for key, part in pattern.items())
    if pattern.__class__ is list:
        return value.__class__ is list and all(any(holds(each, part) for each in value) for part in pattern)
    return same(value, pattern)


def constant_check(part: str, constant: Any, element: str, url: str) -> Check:
    """The check of a fixed value (`f`) or a pattern (`p`)."""
    kind, test = (f.NOT_FIXED, same) if part == "f" else (f.NOT_PATTERN, holds)

    def check(value: Any, place: Any, run: Run) -> None:
        if not test(value, constant):
            run.find(kind, _deepest(value, constant, place, test), url, element=element)

    return check


def _deepest(value: Any, constant: Any, place: Any, test: Any) -> Any:
    """Where a constant is missed: the one differing part below, as long as there is just one and it is there."""
    if value.__class__ is not dict or constant.__class__ is not dict:
        return place
    parts = cast("dict[str, Any]", constant)
    wrong = [key for key, part in parts.items() if key not in value or not test(value[key], part)]
    if len(wrong) != 1 or wrong[0] not in value or value[wrong[0]].__class__ is list:
        return place
    return _deepest(value[wrong[0]], parts[wrong[0]], (place, wrong[0], -1), test)
