"""Whether a list holds a value already, in the same time however long it is.

A message may repeat a field, a segment or a note as often as its sender likes; to compare each value with all that
stand before it takes the square of their number.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

SHORT = 32
"""Up to so many values, comparing with each is faster."""


class Lists:
    """Places of equal values in long lists.

    What a reference says is left out of what values are found by, as references are filled in late; nothing else of a
    value may change while it is known here, but that of the first in a list.
    """

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[int, _Places] = {}

    def place(self, values: list[Any], value: Any) -> int:
        """Where a list holds an equal value; -1 where it does not."""
        if len(values) <= SHORT:
            return values.index(value) if value in values else -1
        if values[0] == value:
            return 0
        places = self._known.setdefault(id(values), _Places(values)).whole()
        return next((at for at in places.get(_look(value), ()) if values[at] == value), -1)


@dataclass(slots=True)
class _Places:
    """The places of a list by the look of what stands there; it is kept, so that no other takes its `id`."""

    values: list[Any]
    known: int = 0
    of: dict[Hashable, list[int]] = field(default_factory=dict[Hashable, list[int]])

    def whole(self) -> dict[Hashable, list[int]]:
        """The places, those appended since included."""
        for at in range(self.known, len(self.values)):
            self.of.setdefault(_look(self.values[at]), []).append(at)
        self.known = len(self.values)
        return self.of


def _look(value: Any) -> Hashable:
    """Equal for equal JSON values."""
    if isinstance(value, dict):
        return frozenset((key, _look(item)) for key, item in value.items() if key != "reference")  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if isinstance(value, list):
        return tuple(_look(item) for item in value)  # pyright: ignore[reportUnknownVariableType]
    return value
