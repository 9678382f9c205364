"""Functions: exists(), all(), count() and their kin.

https://hl7.org/fhirpath/N1/#existence
"""

from __future__ import annotations

from samspil_fhirpath.collections import Bag, boolean, distinct, truth
from samspil_fhirpath.environment import Scope

from .registry import Expression, Items, lambdas, values


@values("empty")
def _empty(_scope: Scope, items: Items) -> Items:
    return [not items]


@lambdas("exists", 0, 1)
def _exists(scope: Scope, items: Items, criterion: Expression | None = None) -> Items:
    if criterion is None:
        return [bool(items)]
    return [any(truth(criterion(scope.item(item, at)), "exists()") for at, item in enumerate(items))]


@lambdas("all", 1)
def _all(scope: Scope, items: Items, criterion: Expression) -> Items:
    return [all(truth(criterion(scope.item(item, at)), "all()") for at, item in enumerate(items))]


def _booleans(items: Items, what: str) -> list[bool | None]:
    return [boolean([item], what) for item in items]


@values("allTrue")
def _all_true(_scope: Scope, items: Items) -> Items:
    return [all(each is True for each in _booleans(items, "allTrue()"))]


@values("anyTrue")
def _any_true(_scope: Scope, items: Items) -> Items:
    return [any(each is True for each in _booleans(items, "anyTrue()"))]


@values("allFalse")
def _all_false(_scope: Scope, items: Items) -> Items:
    return [all(each is False for each in _booleans(items, "allFalse()"))]


@values("anyFalse")
def _any_false(_scope: Scope, items: Items) -> Items:
    return [any(each is False for each in _booleans(items, "anyFalse()"))]


@values("subsetOf", 1)
def _subset_of(_scope: Scope, items: Items, other: Items) -> Items:
    bag = Bag(other)
    return [all(item in bag for item in items)]


@values("supersetOf", 1)
def _superset_of(_scope: Scope, items: Items, other: Items) -> Items:
    bag = Bag(items)
    return [all(item in bag for item in other)]


@values("count")
def _count(_scope: Scope, items: Items) -> Items:
    return [len(items)]


@values("distinct")
def _distinct(_scope: Scope, items: Items) -> Items:
    return distinct(items)


@values("isDistinct")
def _is_distinct(_scope: Scope, items: Items) -> Items:
    return [len(distinct(items)) == len(items)]


@values("not")
def _not(_scope: Scope, items: Items) -> Items:
    found = truth(items, "not()")
    return [] if found is None else [not found]
