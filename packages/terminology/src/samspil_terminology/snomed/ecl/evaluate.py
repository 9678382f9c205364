"""The concepts that an expression constraint takes, as sets of numbers over a snapshot.

https://confluence.ihtsdotools.org/display/DOCECL
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from samspil_core.jsontext import loads
from samspil_terminology.search import words
from samspil_terminology.snomed.known import ASSOCIATIONS, DEFINITION, DIALECTS, FSN, HISTORY, SYNONYM
from samspil_terminology.store.ids import EMPTY, Ids, both, from_blob, has, ids, in_order, minus, outermost, span, union
from samspil_terminology.store.reader import Snapshot

from .filters import compare_numbers, compare_times, term_test
from .tree import (
    Alternate,
    Any_,
    AttributeSet,
    AttributeTest,
    Cardinality,
    Compound,
    Concept,
    ConceptFilter,
    DescriptionFilter,
    Dotted,
    Filtered,
    Group,
    History,
    MemberFilter,
    MemberOf,
    Node,
    Operated,
    Refined,
    Test,
)

__all__ = ["Evaluator", "UnknownConcept"]

_TYPES = {"SYN": SYNONYM, "FSN": FSN, "DEF": DEFINITION}
_KEPT = 600_000
"""How many numbers are kept, of all constraints together: 2.4 MB. What was asked for last stays longest."""

_FEW = 16
"""Of so many concepts each is looked up, without asking whether one stands below another."""

_ENTRY = 32
"""What a constraint counts beside its numbers."""


class UnknownConcept(ValueError):
    """A constraint names a concept that the release does not have."""

    def __init__(self, code: str) -> None:
        super().__init__(f"concept {code} is not known")
        self.code = code


_ACTIVE = frozenset({"1", "3"})
"""The flags of an active description."""


class Evaluator:
    """Evaluates constraints over one snapshot; sets that are asked for again are kept."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._kept: dict[Node, Ids] = {}
        self._size = 0
        self._active: Ids | None = None
        self._history: dict[int, list[tuple[int, int]]] = {}

    def __call__(self, node: Node) -> Ids:
        """The concepts that the constraint takes."""
        if isinstance(node, Concept):
            return ids([self._number(node.code)])
        held = self._kept.pop(node, None)
        if held is None:
            held = self._evaluate(node)
            self._size += len(held) + _ENTRY
        self._kept[node] = held
        while self._size > _KEPT and len(self._kept) > 1:
            oldest = next(iter(self._kept))
            self._size -= len(self._kept.pop(oldest)) + _ENTRY
        return held

    def active(self) -> Ids:
        """Every concept of the hierarchy, which is every active one."""
        if self._active is None:
            self._active = in_order(n for (n,) in self.snapshot.connection.execute("SELECT n FROM node ORDER BY n"))
        return self._active

    def all_active(self, some: Ids) -> bool:
        """Whether none of the concepts is inactive."""
        return not len(minus(some, self.active()))

    def _evaluate(self, node: Node) -> Ids:  # noqa: C901, PLR0911, PLR0912  one case a production
        match node:
            case Concept(code):
                return ids([self._number(code)])
            case Any_():
                return self.active()
            case Alternate():
                return self._alternate(node)
            case Operated(operator, inner):
                return self._operated(operator, inner)
            case MemberOf():
                return self._members(node)
            case Compound(joined, parts) if joined == "AND":
                made = self(parts[0])
                for each in parts[1:]:
                    made = both(made, self(each))
                return made
            case Compound(joined, parts) if joined == "OR":
                return union(self(each) for each in parts)
            case Compound(parts=parts):
                return minus(self(parts[0]), self(parts[1]))
            case Refined(focus, refinement):
                return self._refined(self(focus), refinement)
            case Dotted(focus, attribute):
                return self._dotted(focus, attribute)
            case Filtered(inner, DescriptionFilter(tests)):
                return self._described(self(inner), tests)
            case Filtered(inner, ConceptFilter(tests)):
                return self._of_state(inner, tests)
            case Filtered():
                raise AssertionError(node)
            case History():
                return self._with_history(node)

    def _number(self, code: str) -> int:
        n = self.snapshot.number(code)
        if n is None:
            raise UnknownConcept(code)
        return n

    def _alternate(self, node: Alternate) -> Ids:
        return self.snapshot.by_property(f"alternate:{node.scheme.lower()}", node.code)

    # ------------------------------------------------------------------------------------------------ hierarchy
    def _operated(self, operator: str, inner: Node) -> Ids:
        some = self(inner)
        snapshot = self.snapshot
        if operator in {"!!>", "!!<"}:
            return self._extremes(some, "up" if operator == "!!>" else "down")
        name = {"<": "down", "<!": "children", ">": "up", ">!": "parents"}[
            operator.replace("<<", "<").replace(">>", ">")
        ]
        if isinstance(inner, Any_) and name in {"down", "up"}:
            found = self._with_any(name)
        else:
            found = union(snapshot.set_of(int(n), name) for n in self._outermost(some, name))
        return union((some, found)) if operator.startswith(("<<", ">>")) else found

    def _outermost(self, some: Ids, name: str) -> Iterable[int]:
        """Those of many concepts whose descendants (or ancestors) have those of all the others in them."""
        if name not in {"down", "up"} or len(some) <= _FEW:
            return some
        return outermost(some if name == "down" else some[::-1], lambda n: self.snapshot.set_of(n, name))

    def _with_any(self, name: str) -> Ids:
        """What is below, or above, anything at all."""
        other = "parents" if name == "down" else "children"
        rows = self.snapshot.connection.execute(f"SELECT n FROM node WHERE {other} IS NOT NULL")  # noqa: S608  two names
        return ids(n for (n,) in rows)

    def _extremes(self, some: Ids, name: str) -> Ids:
        return ids(n for n in some if not len(both(self.snapshot.set_of(n, name), some)))

    # ------------------------------------------------------------------------------------------------ reference sets
    def _members(self, node: MemberOf) -> Ids:
        if isinstance(node.inner, Any_):
            refsets: Iterable[int] = [n for (n,) in self.snapshot.connection.execute("SELECT n FROM refset")]
        else:
            refsets = self(node.inner)
        if not node.fields and not node.filters:
            return union(self._refset(n) for n in refsets)
        found: set[int] = set()
        for refset in refsets:
            for row in self._rows(refset, node.filters):
                found.update(self._chosen(row, node.fields))
        return ids(found)

    def _refset(self, n: int) -> Ids:
        row = self.snapshot.connection.execute("SELECT members FROM refset WHERE n = ?", (int(n),)).fetchone()
        return from_blob(row[0]) if row else EMPTY

    def _rows(self, refset: int, filters: tuple[MemberFilter, ...]) -> Iterator[dict[str, Any]]:
        """The members of a refset that pass: active ones, unless a filter says otherwise."""
        tests = [test for each in filters for test in each.tests]
        checks = [self._member_check(test) for test in tests]
        any_state = any(test.name == "active" for test in tests)
        sql = "SELECT component, n, active, module, effective, fields FROM member WHERE refset = ?"
        for component, n, active, module, effective, fields in self.snapshot.connection.execute(sql, (int(refset),)):
            if not active and not any_state:
                continue
            row: dict[str, Any] = {
                **loads(fields),
                "referencedComponentId": component,
                " n": n,
                " active": str(active),
                " module": str(module),
                " effective": str(effective),
            }
            if all(check(row) for check in checks):
                yield row

    def _member_check(self, test: Test) -> Callable[[dict[str, Any]], bool]:  # noqa: PLR0911  one return a test
        equal = test.comparison == "="
        if test.name == "active":
            return lambda row: (row[" active"] in test.values) is equal
        if test.name == "effectiveTime":
            return lambda row: any(compare_times(row[" effective"], test.comparison, str(each)) for each in test.values)
        if test.name == "moduleId":
            modules = self._codes(test.values)
            return lambda row: (row[" module"] in modules) is equal
        name = test.name.lstrip("#")
        if test.name.startswith("#"):
            return lambda row: compare_numbers(_field(row, name), test.comparison, str(test.values[0]))
        texts = [
            term_test(each, whole=True) for each in test.values if not isinstance(each, str) and hasattr(each, "wild")
        ]
        if texts:
            return lambda row: any(each(_field(row, name)) for each in texts) is equal
        if isinstance(test.values[0], str):
            return lambda row: (_field(row, name).lower() in test.values) is equal
        wanted = self._codes(test.values)
        return lambda row: (_field(row, name) in wanted) is equal

    def _codes(self, values: Iterable[Any]) -> frozenset[str]:
        return frozenset(code for each in values for code in self.snapshot.codes(self(each)))

    def _chosen(self, row: dict[str, Any], fields: tuple[str, ...]) -> Iterator[int]:
        if not fields:
            if row[" n"] is not None:
                yield row[" n"]
            return
        names = [each for each in row if each[0] != " "] if fields == ("*",) else fields
        for name in names:
            n = self.snapshot.number(_field(row, name))
            if n is not None:
                yield n

    # ------------------------------------------------------------------------------------------------ refinement
    def _refined(self, focus: Ids, refinement: AttributeSet | AttributeTest | Group) -> Ids:
        match refinement:
            case AttributeSet("AND", parts):
                made = focus
                for each in parts:
                    made = self._refined(made, each)
                return made
            case AttributeSet(_, parts):
                return union(self._refined(focus, each) for each in parts)
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
        values = self(test.value)  # pyright: ignore[reportArgumentType]
        anything = isinstance(test.value, Any_)
        found: list[Ids] = []
        for kind in self._attribute_names(test.name):
            if test.comparison == "=" and not anything and len(values) < 200:  # noqa: PLR2004  few look-ups beat a scan
                found += [self.snapshot.sources(kind, target) for target in values]
                continue
            rows = self.snapshot.connection.execute("SELECT target, sources FROM inverse WHERE type = ?", (int(kind),))
            equal = test.comparison == "="
            found += [from_blob(sources) for target, sources in rows if (anything or has(values, target)) is equal]
        return union(found)

    def _attribute_names(self, name: Node) -> Ids:
        if isinstance(name, Any_):
            rows = self.snapshot.connection.execute("SELECT DISTINCT type FROM inverse")
            return ids(n for (n,) in rows)
        return self(name)

    def _concrete(self, test: AttributeTest) -> Ids:
        found: list[Ids] = []
        for kind in self._attribute_names(test.name):
            name = f"concrete:{kind}"
            fitting = (each for each in self.snapshot.property_values(name) if _concrete_fits(each, test))
            found += [self.snapshot.by_property(name, each) for each in fitting]
        return union(found)

    def _reverse_counts(self, test: AttributeTest) -> dict[int, int]:
        """How many concepts of the value have each concept as the value of the attribute."""
        names = set(self._attribute_names(test.name))
        counted: dict[int, int] = {}
        for source in self(test.value):  # pyright: ignore[reportArgumentType]
            for target in {
                row[2] for row in self.snapshot.attributes(source) if row[1] in names and row[2] is not None
            }:
                counted[target] = counted.get(target, 0) + 1
        return counted

    def checker(self, test: AttributeTest) -> Callable[[list[Any]], bool]:
        """Whether one attribute, as the store keeps it, passes the test."""
        anyone = isinstance(test.name, Any_)
        names: set[int] = set() if anyone else set(self(test.name))
        if test.kind != "concept":
            return lambda row: (anyone or row[1] in names) and row[2] is None and _concrete_fits(row[3], test)
        anything = isinstance(test.value, Any_)
        values = EMPTY if anything else self(test.value)  # pyright: ignore[reportArgumentType]
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

    def _dotted(self, focus: Node, attribute: Node) -> Ids:
        names = set(self._attribute_names(attribute))
        found = {
            row[2] for n in self(focus) for row in self.snapshot.attributes(n) if row[1] in names and row[2] is not None
        }
        return ids(found)

    # ------------------------------------------------------------------------------------------------ filters
    def _of_state(self, inner: Node, tests: tuple[Test, ...]) -> Ids:
        """Concepts by status, module and time; inactive ones come in where a test asks for them."""
        some = self(inner)
        asks_inactive = any(
            each.name == "active" and ("0" in each.values) is (each.comparison == "=") for each in tests
        )
        if asks_inactive and isinstance(inner, Any_):
            some = span(self.snapshot.count)
        checks = [self._state_check(each) for each in tests]
        sql = "SELECT flags, module, effective FROM concept WHERE n = ?"
        execute = self.snapshot.connection.execute
        return ids(n for n in some if all(check(execute(sql, (int(n),)).fetchone()) for check in checks))

    def _state_check(self, test: Test) -> Callable[[tuple[int, int, int]], bool]:
        equal = test.comparison == "="
        match test.name:
            case "active":
                return lambda row: (("0" if row[0] & 1 else "1") in test.values) is equal
            case "definitionStatus":
                wanted = {str(each).lower() for each in test.values}
                return lambda row: (("defined" if row[0] & 4 else "primitive") in wanted) is equal
            case "definitionStatusId":
                codes = self._codes(test.values)
                return lambda row: (("900000000000073002" if row[0] & 4 else "900000000000074008") in codes) is equal
            case "moduleId":
                modules = self._codes(test.values)
                return lambda row: (str(row[1]) in modules) is equal
            case _:
                return lambda row: any(compare_times(str(row[2]), test.comparison, str(each)) for each in test.values)

    def _described(self, some: Ids, tests: tuple[Test, ...]) -> Ids:
        """Concepts with one description that passes every test."""
        checks = [self._description_check(each) for each in tests]
        if not any(each.name == "active" for each in tests):
            checks.insert(0, lambda row: row[4] in _ACTIVE)
        narrowed = self._indexed(tests)
        if narrowed is not None:
            some = both(some, narrowed)
        return ids(n for n in some if any(all(check(row) for check in checks) for row in self.snapshot.terms(n)))

    def _indexed(self, tests: tuple[Test, ...]) -> Ids | None:
        """The concepts that the text index finds for the terms asked for, where it can."""
        for test in tests:
            if test.name == "term" and test.comparison == "=":
                terms: list[Any] = [each for each in test.values if not isinstance(each, str)]
                if all(hasattr(each, "wild") and not each.wild and words(each.text) for each in terms):
                    inactive = any(each.name in {"active", "type", "typeId"} for each in tests)
                    return None if inactive else union(ids(self.snapshot.search(each.text)) for each in terms)
        return None

    def _description_check(self, test: Test) -> Callable[[tuple[str, ...]], bool]:  # noqa: PLR0911  one return a test
        equal = test.comparison == "="
        match test.name:
            case "term":
                some = [term_test(each) for each in test.values]
                return lambda row: any(each(row[0]) for each in some) is equal
            case "language":
                wanted = {str(each).lower() for each in test.values}
                return lambda row: (row[2].lower() in wanted) is equal
            case "type":
                kinds = {_TYPES.get(str(each).upper(), "") for each in test.values}
                return lambda row: (row[3] in kinds) is equal
            case "typeId":
                types = self._codes(test.values)
                return lambda row: (row[3] in types) is equal
            case "id":
                return lambda row: (row[1] in test.values) is equal
            case "active":
                return lambda row: (("1" if row[4] in _ACTIVE else "0") in test.values) is equal
            case "moduleId":
                modules = self._codes(test.values)
                return lambda row: (row[6] in modules) is equal
            case "effectiveTime":
                return lambda row: any(compare_times(row[7], test.comparison, str(each)) for each in test.values)
            case _:
                marks = list(self._dialect_marks(test))
                return lambda row: any(mark in row[5] for mark in marks) is equal

    def _dialect_marks(self, test: Test) -> Iterator[str]:
        """What the store writes for a description in these dialects."""
        shared = next((each[1] for each in test.values if isinstance(each, tuple) and not each[0]), ())
        for each in test.values:
            if isinstance(each, tuple):
                name, accepted = each
                codes = [DIALECTS.get(name.lower(), name)] if name else []
            else:
                codes, accepted = list(self._codes([each])), shared
            for code in codes:
                yield from (f" {code}{mark} " for mark in accepted) if accepted else (f" {code}P ", f" {code}A ")

    # ------------------------------------------------------------------------------------------------ history
    def _with_history(self, node: History) -> Ids:
        some = self(node.inner)
        if node.subset is not None:
            refsets: list[int] = list(self(node.subset))
        else:
            refsets = self.snapshot.numbers(ASSOCIATIONS[name] for name in HISTORY[node.profile])
        found = [source for refset in refsets for source, target in self._pairs(refset) if has(some, target)]
        return union((some, ids(found)))

    def _pairs(self, refset: int) -> list[tuple[int, int]]:
        """(old concept, its successor) of a historical association."""
        if refset not in self._history:
            made: list[tuple[int, int]] = []
            for row in self._rows(refset, ()):
                target = self.snapshot.number(_field(row, "targetComponentId"))
                if row[" n"] is not None and target is not None:
                    made.append((row[" n"], target))
            self._history[refset] = made
        return self._history[refset]


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


def _field(row: dict[str, Any], name: str) -> str:
    if name in row:
        return str(row[name])
    lowered = name.lower()
    return next((str(value) for key, value in row.items() if key.lower() == lowered), "")


def _concrete_fits(value: str, test: AttributeTest) -> bool:
    plain = value.removeprefix("#").strip('"')
    if test.kind == "number":
        return compare_numbers(plain, test.comparison, str(test.value))
    if test.kind == "boolean":
        return (plain.lower() == str(test.value).lower()) is (test.comparison == "=")
    terms = test.value if isinstance(test.value, tuple) else ()
    return any(term_test(each, whole=True)(plain) for each in terms) is (test.comparison == "=")
