"""Refinements: the concepts of a focus whose attributes pass the tests, alone and in groups, as often as is asked.

https://confluence.ihtsdotools.org/display/DOCECL/6.2+Refinements
"""

from collections.abc import Callable
from typing import Any

from samspil_terminology.store.ids import EMPTY, Ids, both, from_blob, has, ids, minus, span, union
from samspil_terminology.store.reader import Snapshot

from .filters import compare_numbers, term_test
from .tree import Any_, AttributeSet, AttributeTest, Cardinality, Group, Node

__all__ = ["Refiner", "groups_of"]


class Refiner:
    """Refines sets of concepts of one snapshot; `evaluate` gives the concepts of a constraint."""

    def __init__(self, snapshot: Snapshot, evaluate: Callable[[Node], Ids]) -> None:
        self.snapshot = snapshot
        self.evaluate = evaluate

    def __call__(self, focus: Ids, refinement: AttributeSet | AttributeTest | Group) -> Ids:
        """The concepts of the focus that pass."""
        match refinement:
            case AttributeSet("AND", parts):
                made = focus
                for each in parts:
                    made = self(made, each)
                return made
            case AttributeSet(_, parts):
                return union(self(focus, each) for each in parts)
            case AttributeTest():
                return self._tested(focus, refinement)
            case Group(inner, cardinality):
                return self._grouped(focus, inner, cardinality)

    def _tested(self, focus: Ids, test: AttributeTest) -> Ids:
        bounds = test.cardinality
        if bounds is None or (bounds.minimum == 1 and bounds.maximum is None):
            return both(focus, self.having(test))
        if bounds.minimum == 0 and bounds.maximum is None:
            return focus
        having = self.having(test)
        if bounds.minimum == 0 and bounds.maximum == 0:
            return minus(focus, having)
        if test.reverse:
            counted = self._reverse_counts(test)
            return ids(n for n in focus if _within(counted.get(int(n), 0), bounds))
        check = self.checker(test)
        inside = both(focus, having)
        fitting = ids(
            n for n in inside if _within(sum(1 for each in self.snapshot.attributes(n) if check(each)), bounds)
        )
        return union((fitting, minus(focus, having))) if bounds.minimum == 0 else fitting

    def having(self, test: AttributeTest) -> Ids:
        """The concepts with at least one attribute that passes."""
        if test.reverse:
            return ids(self._reverse_counts(test))
        if test.kind != "concept":
            return self._concrete(test)
        values = self.evaluate(test.value)  # pyright: ignore[reportArgumentType]
        anything = isinstance(test.value, Any_)
        found: list[Ids] = []
        for kind in self.attribute_names(test.name):
            if test.comparison == "=" and not anything and len(values) < 200:  # noqa: PLR2004  few look-ups beat a scan
                found += [self.snapshot.sources(kind, target) for target in values]
                continue
            rows = self.snapshot.connection.execute("SELECT target, sources FROM inverse WHERE type = ?", (int(kind),))
            equal = test.comparison == "="
            found += [from_blob(sources) for target, sources in rows if (anything or has(values, target)) is equal]
        return union(found)

    def attribute_names(self, name: Node) -> Ids:
        """The attributes that a test names; for `*` all there are."""
        if isinstance(name, Any_):
            rows = self.snapshot.connection.execute("SELECT DISTINCT type FROM inverse")
            return ids(n for (n,) in rows)
        return self.evaluate(name)

    def _concrete(self, test: AttributeTest) -> Ids:
        found: list[Ids] = []
        for kind in self.attribute_names(test.name):
            name = f"concrete:{kind}"
            fitting = (each for each in self.snapshot.property_values(name) if _concrete_fits(each, test))
            found += [self.snapshot.by_property(name, each) for each in fitting]
        return union(found)

    def _reverse_counts(self, test: AttributeTest) -> dict[int, int]:
        """How many concepts of the value have each concept as the value of the attribute."""
        names = set(self.attribute_names(test.name))
        counted: dict[int, int] = {}
        for source in self.evaluate(test.value):  # pyright: ignore[reportArgumentType]
            for target in {
                row[2] for row in self.snapshot.attributes(source) if row[1] in names and row[2] is not None
            }:
                counted[target] = counted.get(target, 0) + 1
        return counted

    def checker(self, test: AttributeTest) -> Callable[[list[Any]], bool]:
        """Whether one attribute, as the store keeps it, passes the test."""
        anyone = isinstance(test.name, Any_)
        names: set[int] = set() if anyone else set(self.evaluate(test.name))
        if test.kind != "concept":
            return lambda row: (anyone or row[1] in names) and row[2] is None and _concrete_fits(row[3], test)
        anything = isinstance(test.value, Any_)
        values = EMPTY if anything else self.evaluate(test.value)  # pyright: ignore[reportArgumentType]
        equal = test.comparison == "="
        return lambda row: (
            (anyone or row[1] in names) and row[2] is not None and (anything or has(values, row[2])) is equal
        )

    def _grouped(self, focus: Ids, inner: AttributeSet | AttributeTest, cardinality: Cardinality | None) -> Ids:
        bounds = cardinality or Cardinality(1, None)
        check = self.group_checker(inner)
        candidates = both(focus, self._possible(inner)) if bounds.minimum else focus
        return ids(n for n in candidates if _within(sum(map(check, groups_of(self.snapshot.attributes(n)))), bounds))

    def _possible(self, inner: AttributeSet | AttributeTest | Group) -> Ids:
        """The concepts that may have such a group: a bound from the single tests."""
        match inner:
            case AttributeTest(cardinality=bounds) if bounds is not None and not bounds.minimum:
                return span(self.snapshot.count)
            case AttributeTest():
                return self.having(inner)
            case AttributeSet("AND", parts):
                made = self._possible(parts[0])
                for each in parts[1:]:
                    made = both(made, self._possible(each))
                return made
            case AttributeSet(_, parts):
                return union(self._possible(each) for each in parts)
            case _:
                return span(self.snapshot.count)

    def group_checker(self, inner: AttributeSet | AttributeTest | Group) -> Callable[[list[list[Any]]], bool]:
        """Whether one role group passes."""
        if isinstance(inner, AttributeTest):
            check = self.checker(inner)
            bounds = inner.cardinality or Cardinality(1, None)
            return lambda group: _within(sum(1 for each in group if check(each)), bounds)
        assert isinstance(inner, AttributeSet)  # noqa: S101  groups do not stand in groups
        checks = [self.group_checker(each) for each in inner.parts]
        if inner.operator == "AND":
            return lambda group: all(check(group) for check in checks)
        return lambda group: any(check(group) for check in checks)


def groups_of(attributes: list[list[Any]]) -> list[list[list[Any]]]:
    """Attributes by role group; one outside of groups counts as a group of its own."""
    found: dict[int, list[list[Any]]] = {}
    alone: list[list[list[Any]]] = []
    for each in attributes:
        if each[0] == 0:
            alone.append([each])
        else:
            found.setdefault(each[0], []).append(each)
    return [*found.values(), *alone]


def _within(count: int, bounds: Cardinality) -> bool:
    return count >= bounds.minimum and (bounds.maximum is None or count <= bounds.maximum)


def _concrete_fits(value: str, test: AttributeTest) -> bool:
    plain = value.removeprefix("#").strip('"')
    if test.kind == "number":
        return compare_numbers(plain, test.comparison, str(test.value))
    if test.kind == "boolean":
        return (plain.lower() == str(test.value).lower()) is (test.comparison == "=")
    terms = test.value if isinstance(test.value, tuple) else ()
    return any(term_test(each, whole=True)(plain) for each in terms) is (test.comparison == "=")
