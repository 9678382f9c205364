"""Whether two slices can have no entry in common, as far as their criteria tell.

https://hl7.org/fhir/R4/profiling.html#slicing: an entry belongs to one slice at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

__all__ = ["exclusive"]

_CONSTANTS = frozenset({"fixed", "pattern"})


def exclusive(one: Sequence[Any], other: Sequence[Any]) -> bool:
    """Whether a criterion of the one rules out the same criterion of the other; true where one of them is not known."""
    if not any(one) or not any(other) or one == other:
        return True  # nothing is decided by such criteria, or the profile says the same twice
    return any(_apart(left, right) for left, right in zip(one, other, strict=False) if left and right)


def _apart(left: list[Any], right: list[Any]) -> bool:
    if left[0] == right[0] == "types":
        return not set(left[1]) & set(right[1])
    if left[0] == "types" or right[0] == "types" or left[0] != right[0]:
        return False
    return _tests_apart(left[1], right[1])


def _tests_apart(left: list[Any], right: list[Any]) -> bool:
    kinds = {left[0], right[0]}
    if kinds <= _CONSTANTS:
        return _values_apart(left[1], right[1], whole="fixed" in kinds)
    if kinds == {"exists"}:
        return left[1] != right[1]
    if kinds == {"types"}:
        return not set(left[1]) & set(right[1])
    if kinds == {"all"}:
        return any(mine[0] == yours[0] and _tests_apart(mine[1], yours[1]) for mine in left[1] for yours in right[1])
    return kinds == {"position"}


def _values_apart(left: Any, right: Any, *, whole: bool) -> bool:
    """Whether no value can hold both: a difference in a value that both name; entries of lists may stand side by side."""
    kind = left.__class__
    if kind is dict and right.__class__ is dict:
        return any(_values_apart(left[key], right[key], whole=whole) for key in left.keys() & right.keys())
    if kind is list and right.__class__ is list:
        return whole and len(left) == len(right) == 1 and _values_apart(left[0], right[0], whole=whole)
    return bool(left != right)
