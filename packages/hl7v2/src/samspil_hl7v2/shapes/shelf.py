"""The functions made so far for the shapes of messages: how many are kept, and when one is worth making."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import suppress
from typing import Any, NamedTuple

from .memory import Helpers

MOST = 8_000_000
"""Characters of the functions that are kept, which are about 25 MB of memory; the outline longest unused makes room.

Which that is counts from half of it on.
"""
VARIANTS = 4
"""Functions of one outline: messages may be populated alike and yet take other rows, by their codes."""
REMEMBERED = 4096
"""Outlines whose messages are counted."""
PRICE = 32
"""Making a function takes about as long as converting this many messages without."""
EARLIEST = 3
"""The message of a shape that may make its function: of shapes that came twice most come no more, of others most go on."""
CREDIT = 64 * PRICE
"""Functions that may be made as early as that, before any has paid off."""


class Shape(NamedTuple):
    """What converts the messages of one shape, and what is the same for all of them.

    `text` gives the bundle as JSON text, and the control id; `tree` gives a function that makes the bundle itself.
    """

    text: Callable[[list[str], list[str], Any], tuple[str, str] | None]
    tree: Callable[[], Callable[[list[str], list[str], Any], Any]]
    carried: Any
    """The bundle and the control id left out."""
    size: int
    """Characters of its source."""


class Shelf:
    """Shapes by outline. Bounded: `MOST` characters of functions, `REMEMBERED` counts."""

    __slots__ = ("counts", "credit", "helpers", "shapes", "size")

    def __init__(self) -> None:
        self.shapes: OrderedDict[Hashable, list[Shape]] = OrderedDict()
        self.helpers = Helpers()
        self.counts: dict[int, int] = {}
        self.credit = CREDIT
        self.size = 0

    def find(self, key: Hashable) -> list[Shape] | tuple[()]:
        """The functions for an outline."""
        found = self.shapes.get(key)
        if found is None:
            return ()
        if self.size > MOST // 2:
            with suppress(KeyError):  # another thread has taken it away
                self.shapes.move_to_end(key)
        return found

    def worth(self, key: Hashable) -> bool:
        """Whether a function is worth making, asked once for each message that was converted without one.

        At the third message, as long as there is credit, which messages without a function slowly restore; else at that
        message by which the shape has cost as much as its function will. So the making never takes longer, all in all,
        than the conversions without, and the credit.
        """
        if len(self.shapes.get(key, ())) >= VARIANTS:
            return False
        if len(self.counts) >= REMEMBERED:
            self.counts.clear()
        name = hash(key)
        count = self.counts[name] = self.counts.get(name, 0) + 1
        self.credit = min(self.credit + 1, CREDIT)
        if count < EARLIEST or (count < PRICE and self.credit < PRICE):
            return False
        self.credit = max(self.credit - PRICE, 0)
        self.counts[name] = 0
        return True

    def add(self, key: Hashable, shape: Shape) -> None:
        """Keep a function, the last one first."""
        self.shapes[key] = [shape, *self.shapes.get(key, ())]
        self.shapes.move_to_end(key)
        self.size += shape.size
        while self.size > MOST:
            _, gone = self.shapes.popitem(last=False)
            self.size -= sum(each.size for each in gone)
