"""Sets of concept numbers: sorted int32 arrays, as they lie in the store, and their algebra.

With numpy (extra `fast`) the arrays are views of the stored bytes; without it they are arrays of the standard library. The
answers are the same.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

try:
    import numpy as np
except ImportError:  # the extra `fast` is not installed
    np = None

__all__ = [
    "EMPTY",
    "Ids",
    "accelerated",
    "both",
    "chosen",
    "from_blob",
    "has",
    "ids",
    "in_order",
    "minus",
    "outermost",
    "span",
    "to_blob",
    "union",
    "within",
]

Ids = Sequence[int]
"""Sorted, each once."""

EMPTY: Ids = array("i")
_FEW = 16


def accelerated() -> bool:
    """Whether numpy does the algebra."""
    return np is not None


def from_blob(blob: bytes | None) -> Ids:
    """The set in stored bytes."""
    if not blob:
        return EMPTY
    if np is not None:
        return np.frombuffer(blob, dtype=np.int32)  # pyright: ignore[reportReturnType]
    made = array("i")
    made.frombytes(blob)
    return made


def to_blob(some: Iterable[int]) -> bytes:
    """The bytes to store."""
    return array("i", some).tobytes()


def ids(some: Iterable[int]) -> Ids:
    """The set of some numbers."""
    return _make(sorted(set(some)))


def _make(some: list[int]) -> Ids:
    if np is not None:
        return np.array(some, dtype=np.int32)  # pyright: ignore[reportReturnType]
    return array("i", some)


def in_order(some: Iterable[int]) -> Ids:
    """The set of numbers that come sorted, each once: as many as there are, without a list of them in between."""
    made = array("i", some)
    return np.frombuffer(made, dtype=np.int32) if np is not None and made else made  # pyright: ignore[reportReturnType]


def span(count: int) -> Ids:
    """All numbers from 0 on."""
    if np is not None:
        return np.arange(count, dtype=np.int32)  # pyright: ignore[reportReturnType]
    return array("i", range(count))


def has(some: Ids, number: int) -> bool:
    """Whether a number is in the set."""
    at = bisect_left(some, number) if np is None or isinstance(some, array) else int(np.searchsorted(some, number))
    return at < len(some) and int(some[at]) == number


def union(sets: Iterable[Ids]) -> Ids:
    """What is in any of the sets."""
    some = [each for each in sets if len(each)]
    if len(some) < 2:  # noqa: PLR2004
        return some[0] if some else EMPTY
    if np is not None:
        return _merged([_array(each) for each in some])
    made: set[int] = set()
    made.update(*some)
    return array("i", sorted(made))


def _merged(some: list[Any]) -> Any:
    """The union of sorted arrays: a few numbers are put where they belong, many are sorted as the runs they are."""
    assert np is not None  # noqa: S101  called with numpy only
    *others, largest = sorted(some, key=len)
    rest = np.concatenate(others)
    if len(rest) <= _FEW:
        fresh = sorted(set(rest[within(rest, largest, inside=False)].tolist()))
        return np.insert(largest, np.searchsorted(largest, fresh), fresh) if fresh else largest
    every = np.concatenate([rest, largest])
    every.sort(kind="stable")
    return every[np.concatenate(([True], every[1:] != every[:-1]))]


def within(few: Any, many: Any, *, inside: bool = True) -> Any:
    """Which of some numbers are in a set (or are not), as a mask. With numpy only."""
    assert np is not None  # noqa: S101  called with numpy only
    at = cast("Any", np.searchsorted(many, few))
    at[at == len(many)] = 0
    return (many[at] == few) if inside else (many[at] != few)


def chosen(numbers: list[int], some: Ids) -> list[int]:
    """Those of some numbers that are in a set, in the order of the numbers."""
    if np is None or not len(some) or len(numbers) < _FEW:
        return [each for each in numbers if has(some, each)]
    every = np.array(numbers, dtype=np.int32)
    return every[within(every, _array(some))].tolist()


def picked(some: Ids, places: list[int]) -> list[int]:
    """What stands at some places."""
    if np is None or len(places) < _FEW:
        return [int(some[each]) for each in places]
    return _array(some)[places].tolist()


def outermost(some: Iterable[int], reach: Callable[[int], Ids]) -> list[int]:
    """Those of some numbers that none before them reaches, where what a number reaches has all that its members reach."""
    found: list[int] = []
    reached: set[int] = set()
    for each in map(int, some):
        if each not in reached:
            found.append(each)
            reached.update(reach(each) if np is None else _array(reach(each)).tolist())
    return found


def _array(some: Ids) -> Any:
    assert np is not None  # noqa: S101  called with numpy only
    return np.asarray(some, dtype=np.int32)


def both(one: Ids, other: Ids) -> Ids:
    """What is in both sets."""
    if not len(one) or not len(other):
        return EMPTY
    small, large = (one, other) if len(one) <= len(other) else (other, one)
    if np is not None:
        few = _array(small)
        return few[within(few, _array(large))]
    held = set(small)
    return array("i", [each for each in large if each in held])


def minus(one: Ids, other: Ids) -> Ids:
    """What is in the first set alone."""
    if not len(one) or not len(other):
        return one
    if np is not None:
        few = _array(one)
        return few[within(few, _array(other), inside=False)]
    held = set(other)
    return array("i", [each for each in one if each not in held])
