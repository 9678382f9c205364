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
    if value.__class__ is bool or fixed.__class__ is bool or value.__class__ is str:
        return value is fixed or (value.__class__ is fixed.__class__ and value == fixed)
    return value == fixed and str(value) == str(fixed)


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
            for each in _differing(value, constant, place, test, exact=part == "f"):
                run.find(kind, each, url, element=element)

    return check


def _differing(value: Any, constant: Any, place: Any, test: Any, *, exact: bool) -> list[Any]:
    """Where a constant is missed: the deepest parts that differ, the element where a part is missing from it."""
    if value.__class__ is not dict or constant.__class__ is not dict:
        return [place]
    parts = cast("dict[str, Any]", constant)
    found: list[Any] = [place] if any(key not in value for key in parts) else []
    for key, part in parts.items():
        if key in value and not test(value[key], part):
            below = (place, key, -1)
            listed = value[key].__class__ is list
            found += [place] if listed else _differing(value[key], part, below, test, exact=exact)
    if exact:
        found += [(place, key, -1) for key in value if key not in parts]
    return list(dict.fromkeys(found))
