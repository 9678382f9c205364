"""Filtering, projection, subsetting, combining.

https://hl7.org/fhirpath/N1/#filtering-and-projection
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from samspil_fhirpath.collections import Bag, distinct, integer, one, truth
from samspil_fhirpath.environment import Run, Scope
from samspil_fhirpath.equality import compare
from samspil_fhirpath.errors import evaluation, too_deep
from samspil_fhirpath.values import MATHS, Quantity, system

from .registry import Expression, Items, lambdas, values


@lambdas("where", 1)
def _where(scope: Scope, items: Items, criterion: Expression) -> Items:
    return [item for at, item in enumerate(items) if truth(criterion(scope.item(item, at)), "where()")]


@lambdas("select", 1)
def _select(scope: Scope, items: Items, projection: Expression) -> Items:
    return [found for at, item in enumerate(items) for found in projection(scope.item(item, at))]


def spend(run: Run, count: int) -> None:
    """Count items made; more than the budget of one evaluation is an error."""
    run.budget -= count
    if run.budget < 0:
        raise too_deep("an evaluation that makes too many items")


def _unseen(items: Items, seen: Bag) -> Iterator[Any]:
    for item in items:
        if item not in seen:
            seen.add(item)
            yield item


@lambdas("repeat", 1)
def _repeat(scope: Scope, items: Items, projection: Expression) -> Items:
    seen, queue = Bag(), list(items)
    found: Items = []
    while queue:
        made = [each for at, item in enumerate(queue) for each in projection(scope.item(item, at))]
        spend(scope.run, len(made))
        queue = list(_unseen(made, seen))
        found += queue
    return found


@lambdas("repeatAll", 1)
def _repeat_all(scope: Scope, items: Items, projection: Expression) -> Items:
    queue = list(items)
    found: Items = []
    while queue:
        queue = [each for at, item in enumerate(queue) for each in projection(scope.item(item, at))]
        spend(scope.run, len(queue) + 1)
        found += queue
    return found


@values("single")
def _single(_scope: Scope, items: Items) -> Items:
    one(items, "single()")
    return items


@values("first")
def _first(_scope: Scope, items: Items) -> Items:
    return items[:1]


@values("last")
def _last(_scope: Scope, items: Items) -> Items:
    return items[-1:]


@values("tail")
def _tail(_scope: Scope, items: Items) -> Items:
    return items[1:]


@values("skip", 1)
def _skip(_scope: Scope, items: Items, count: Items) -> Items:
    number = integer(count, "skip()")
    return items if number is None else items[max(0, number) :]


@values("take", 1)
def _take(_scope: Scope, items: Items, count: Items) -> Items:
    number = integer(count, "take()")
    return items if number is None else items[: max(0, number)]


@values("intersect", 1)
def _intersect(_scope: Scope, items: Items, other: Items) -> Items:
    bag = Bag(other)
    return distinct(item for item in items if item in bag)


@values("exclude", 1)
def _exclude(_scope: Scope, items: Items, other: Items) -> Items:
    bag = Bag(other)
    return [item for item in items if item not in bag]


@values("union", 1)
def _union(_scope: Scope, items: Items, other: Items) -> Items:
    return distinct([*items, *other])


@values("combine", 1)
def _combine(_scope: Scope, items: Items, other: Items) -> Items:
    return [*items, *other]


@lambdas("iif", 2, 3)
def _iif(
    scope: Scope, items: Items, criterion: Expression, then: Expression, otherwise: Expression | None = None
) -> Items:
    one(items, "iif()")
    inner = scope.on(items)
    if truth(criterion(inner), "the criterion of iif()"):
        return then(inner)
    return otherwise(inner) if otherwise else []


@lambdas("coalesce", 1, 99)
def _coalesce(scope: Scope, _items: Items, *candidates: Expression) -> Items:
    for candidate in candidates:
        found = candidate(scope)
        if found:
            return found
    return []


@lambdas("aggregate", 1, 2)
def _aggregate(scope: Scope, items: Items, step: Expression, start: Expression | None = None) -> Items:
    total = start(scope) if start else []
    for at, item in enumerate(items):
        inner = scope.item(item, at)
        inner.total = total
        total = step(inner)
        spend(scope.run, len(total))
    return total


class _Key:
    """A key of sort(): empty comes first in either direction, `descending` turns the order of the others round."""

    __slots__ = ("descending", "value")

    def __init__(self, value: Any, *, descending: bool) -> None:
        self.value = value
        self.descending = descending

    def __lt__(self, other: _Key) -> bool:
        if self.value is None or other.value is None:
            return self.value is None and other.value is not None
        order = compare(self.value, other.value)
        return order is not None and (order > 0 if self.descending else order < 0)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and not self < other and not other < self

    __hash__ = None  # type: ignore[assignment]


def sort(scope: Scope, items: Items, keys: list[tuple[Expression, bool]]) -> Items:
    """Sorted by the items themselves, or by keys, each with whether it descends."""
    if not keys:
        return sorted(items, key=lambda item: _Key(system(item), descending=False))

    def keyed(pair: tuple[int, Any]) -> tuple[_Key, ...]:
        inner = scope.item(pair[1], pair[0])
        return tuple(_Key(system(one(key(inner), "a key of sort()")), descending=down) for key, down in keys)

    return [item for _, item in sorted(enumerate(items), key=keyed)]


@values("sum")
def _sum(_scope: Scope, items: Items) -> Items:
    return _folded(items, "sum()")


@values("avg")
def _avg(_scope: Scope, items: Items) -> Items:
    from decimal import Decimal

    total = _folded(items, "avg()")
    if not total:
        return []
    if isinstance(total[0], Quantity):
        return [Quantity(MATHS.divide(total[0].value, Decimal(len(items))), total[0].unit, total[0].calendar)]
    return [MATHS.divide(Decimal(total[0]), Decimal(len(items)))]


def _folded(items: Items, what: str) -> Items:
    from samspil_fhirpath import quantities

    found = [system(item) for item in items]
    if not found:
        return []
    total = found[0]
    for each in found[1:]:
        if isinstance(total, Quantity) and isinstance(each, Quantity):
            total = quantities.add(total, each)
        elif isinstance(total, (str, bool)) or isinstance(each, (str, bool)):
            raise evaluation(f"{what} takes numbers")
        else:
            total = total + each
    return [] if total is None else [total]


@values("min")
def _min(_scope: Scope, items: Items) -> Items:
    return sorted(items, key=lambda item: _Key(system(item), descending=False))[:1]


@values("max")
def _max(_scope: Scope, items: Items) -> Items:
    return sorted(items, key=lambda item: _Key(system(item), descending=False))[-1:]
