"""The concepts that an expression constraint takes, as sets of numbers over a snapshot.

https://confluence.ihtsdotools.org/display/DOCECL
"""

from collections.abc import Iterable, Iterator
from typing import Any

from samspil_core.jsontext import loads
from samspil_terminology.search import words
from samspil_terminology.snomed.known import ASSOCIATIONS, HISTORY
from samspil_terminology.store.ids import EMPTY, Ids, both, from_blob, has, ids, in_order, minus, outermost, span, union
from samspil_terminology.store.reader import Snapshot

from .checks import ACTIVE, concept_check, description_check, field_of, member_check
from .refinement import Refiner
from .tree import (
    Alternate,
    Any_,
    Compound,
    Concept,
    ConceptFilter,
    DescriptionFilter,
    Dotted,
    Filtered,
    History,
    MemberFilter,
    MemberOf,
    Node,
    Operated,
    Refined,
    Test,
)

__all__ = ["Evaluator", "UnknownConcept"]

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


class Evaluator:
    """Evaluates constraints over one snapshot; sets that are asked for again are kept."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.refine = Refiner(snapshot, self)
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
                return self.refine(self(focus), refinement)
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
        checks = [member_check(test, self._codes) for test in tests]
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

    def _codes(self, values: Iterable[Any]) -> frozenset[str]:
        return frozenset(code for each in values for code in self.snapshot.codes(self(each)))

    def _chosen(self, row: dict[str, Any], fields: tuple[str, ...]) -> Iterator[int]:
        if not fields:
            if row[" n"] is not None:
                yield row[" n"]
            return
        names = [each for each in row if each[0] != " "] if fields == ("*",) else fields
        for name in names:
            n = self.snapshot.number(field_of(row, name))
            if n is not None:
                yield n

    def _dotted(self, focus: Node, attribute: Node) -> Ids:
        names = set(self.refine.attribute_names(attribute))
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
        checks = [concept_check(each, self._codes) for each in tests]
        sql = "SELECT flags, module, effective FROM concept WHERE n = ?"
        execute = self.snapshot.connection.execute
        return ids(n for n in some if all(check(execute(sql, (int(n),)).fetchone()) for check in checks))

    def _described(self, some: Ids, tests: tuple[Test, ...]) -> Ids:
        """Concepts with one description that passes every test."""
        checks = [description_check(each, self._codes) for each in tests]
        if not any(each.name == "active" for each in tests):
            checks.insert(0, lambda row: row[4] in ACTIVE)
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
                target = self.snapshot.number(field_of(row, "targetComponentId"))
                if row[" n"] is not None and target is not None:
                    made.append((row[" n"], target))
            self._history[refset] = made
        return self._history[refset]
