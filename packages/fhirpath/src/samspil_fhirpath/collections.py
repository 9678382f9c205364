"""What functions and operators ask of a collection: one item, one string, a truth.

https://hl7.org/fhirpath/N1/#singleton-evaluation-of-collections
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from .equality import equal, key
from .errors import evaluation, too_deep
from .values import Long, Node, Quantity, system

__all__ = ["boolean", "distinct", "integer", "number", "one", "string", "truth", "value"]

Items = list[Any]


def one(items: Items, what: str) -> Any:
    """The only item, or None when there is none. Raises `FhirPathError` when there are more."""
    if len(items) > 1:
        raise evaluation(f"{what} takes one item and got {len(items)}")
    return items[0] if items else None


def value(items: Items, what: str) -> Any:
    """The System value of the only item, or None."""
    return system(one(items, what))


def truth(items: Items, what: str) -> bool | None:
    """True, False or None (empty); a single item that is no Boolean counts as true."""
    found = value(items, what)
    if found is None:
        return True if items else None
    return found if isinstance(found, bool) else True


def boolean(items: Items, what: str) -> bool | None:
    """The only item, which must be a Boolean."""
    found = value(items, what)
    if found is None or isinstance(found, bool):
        return found
    raise evaluation(f"{what} takes a Boolean")


def string(items: Items, what: str) -> str | None:
    """The only item, which must be a String; of a FHIR date or time its text counts as one."""
    item = one(items, what)
    found = item.value if type(item) is Node and isinstance(item.value, str) else system(item)
    if found is None or isinstance(found, str):
        return found
    raise evaluation(f"{what} takes a String")


def integer(items: Items, what: str) -> int | None:
    """The only item, which must be an Integer."""
    found = value(items, what)
    if found is None or (isinstance(found, int) and not isinstance(found, bool)):
        return found
    raise evaluation(f"{what} takes an Integer")


def number(items: Items, what: str) -> int | Decimal | Quantity | None:
    """The only item, which must be a number or a Quantity."""
    found = value(items, what)
    if found is None or (isinstance(found, (int, Decimal, Quantity, Long)) and not isinstance(found, bool)):
        return found
    raise evaluation(f"{what} takes a number")


class Bag:
    """Items of which we ask whether an equal one is there: by hash where that is sure, else one by one.

    Raises `FhirPathError` where that is too many times.
    """

    def __init__(self, items: Iterable[Any] = ()) -> None:
        self._hashed: set[Any] = set()
        self._others: list[Any] = []
        self._comparisons = 3_000_000
        for item in items:
            self.add(item)

    def __contains__(self, item: Any) -> bool:
        """Whether an equal item is there."""
        known = key(item)
        self._comparisons -= len(self._others)
        if self._comparisons < 0:
            raise too_deep("too many quantities to compare one by one")
        if known is not None:
            return known in self._hashed or any(equal(item, other) for other in self._others)
        return any(equal(item, other) for other in self._others) or (
            isinstance(system(item), Quantity) and any(equal(item, other) for other in self._plain())
        )

    def _plain(self) -> Iterable[Any]:
        self._comparisons -= len(self._hashed)
        return (each[1] for each in self._hashed if each.__class__ is tuple and each[0] == "number")

    def add(self, item: Any) -> None:
        """Put one more in."""
        known = key(item)
        if known is not None:
            self._hashed.add(known)
        else:
            self._others.append(item)


def distinct(items: Iterable[Any]) -> Items:
    """The items without repetition, in the order of their first appearance."""
    seen = Bag()
    found: Items = []
    for item in items:
        if item not in seen:
            seen.add(item)
            found.append(item)
    return found


def is_empty_primitive(item: Any) -> bool:
    """Whether an item is a primitive without a value: extensions alone."""
    return type(item) is Node and item.value is None
