"""Postcoordinated expressions: the compositional grammar, their display, and what they are a kind of.

https://confluence.ihtsdotools.org/display/DOCSCG
"""

import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

from samspil_terminology.store.ids import Ids, has
from samspil_terminology.store.reader import Snapshot

from .ecl.evaluate import Evaluator
from .ecl.refinement import groups_of
from .ecl.tree import (
    Any_,
    AttributeSet,
    AttributeTest,
    Cardinality,
    Compound,
    Group,
    History,
    Node,
    Operated,
    Refined,
)

__all__ = ["BadExpression", "Expression", "Virtual", "holds", "parse_expression", "rendered"]

_TOKEN = re.compile(r'\s*(===|<<<|[:=,+{}()]|\|[^|]*\||#[-+]?\d+(?:\.\d+)?|"(?:[^"\\]|\\.)*"|\d{6,18}|\S)')
_ID = re.compile(r"[1-9]\d{5,17}")
_DEEPEST = 100


class BadExpression(ValueError):
    """A text that is no expression, or names what the release does not have."""


@dataclass(frozen=True, slots=True)
class Expression:
    """Focus concepts, and attributes: (group, name, value), value being a code, a literal or an expression."""

    focus: tuple[str, ...]
    attributes: "tuple[tuple[int, str, str | Expression], ...]" = ()
    prefix: str = ""

    def codes(self) -> Iterator[str]:
        """Every concept it names."""
        yield from self.focus
        for _, name, value in self.attributes:
            yield name
            if isinstance(value, Expression):
                yield from value.codes()
            elif _ID.fullmatch(value):
                yield value


def parse_expression(text: str) -> Expression:
    """The expression in `text`. Raises `BadExpression`."""
    reader = _Reader(deque(found[1] for found in _TOKEN.finditer(text)))
    made = reader.expression()
    if reader.rest:
        reader.fail(f"unexpected {reader.rest[0]!r}")
    return made


class _Reader:
    """The tokens that are left."""

    def __init__(self, tokens: deque[str], depth: int = 0) -> None:
        self.rest = tokens
        self.groups = 0
        self.depth = depth
        if depth > _DEEPEST:
            self.fail(f"more than {_DEEPEST} expressions stand in each other")

    def fail(self, why: str) -> NoReturn:
        raise BadExpression(why)

    def take(self, token: str) -> bool:
        if self.rest and self.rest[0] == token:
            self.rest.popleft()
            return True
        return False

    def expression(self) -> Expression:
        prefix = next((each for each in ("===", "<<<") if self.take(each)), "")
        focus = [self.concept()]
        while self.take("+"):
            focus.append(self.concept())
        attributes: list[tuple[int, str, str | Expression]] = []
        if self.take(":"):
            attributes = list(self.refinement())
        return Expression(tuple(focus), tuple(attributes), prefix)

    def concept(self) -> str:
        if not self.rest or not _ID.fullmatch(self.rest[0]):
            self.fail("a concept is missing")
        code = self.rest.popleft()
        if self.rest and self.rest[0].startswith("|") and len(self.rest[0]) > 1:
            self.rest.popleft()
        return code

    def refinement(self) -> Iterator[tuple[int, str, "str | Expression"]]:
        while True:
            if self.take("{"):
                self.groups += 1
                yield from self.attributes(self.groups)
                if not self.take("}"):
                    self.fail("a } is missing")
                self.take(",")
                if not self.rest or self.rest[0] in {")", "}"}:
                    return
                continue
            yield self.attribute(0)
            if not self.take(",") and not (self.rest and self.rest[0] == "{"):
                return

    def attributes(self, group: int) -> Iterator[tuple[int, str, "str | Expression"]]:
        yield self.attribute(group)
        while self.take(","):
            yield self.attribute(group)

    def attribute(self, group: int) -> tuple[int, str, "str | Expression"]:
        name = self.concept()
        if not self.take("="):
            self.fail("= is missing")
        if self.take("("):
            value = _Reader(self.rest, self.depth + 1).expression()
            if not self.take(")"):
                self.fail("a ) is missing")
            return group, name, value
        if self.rest and self.rest[0][0] in '#"':
            return group, name, self.rest.popleft()
        return group, name, self.concept()


def rendered(expression: Expression, term: "Callable[[str], str] | None" = None) -> str:
    """The expression in one line, with terms when a function gives them."""

    def concept(code: str) -> str:
        return f"{code}|{term(code)}|" if term else code

    def value(each: str | Expression) -> str:
        if isinstance(each, Expression):
            return f"({rendered(each, term)})"
        return concept(each) if _ID.fullmatch(each) else each

    text = expression.prefix + "+".join(concept(each) for each in expression.focus)
    if not expression.attributes:
        return text
    loose = [f"{concept(name)}={value(each)}" for group, name, each in expression.attributes if not group]
    numbers = dict.fromkeys(group for group, _, _ in expression.attributes if group)
    grouped = [
        "{" + ",".join(f"{concept(n)}={value(v)}" for group, n, v in expression.attributes if group == number) + "}"
        for number in numbers
    ]
    return f"{text}:{','.join([*loose, *grouped])}"


@dataclass(frozen=True, slots=True)
class Virtual:
    """An expression as if it were a concept: its focus, all above it, and its attributes with those of its focus."""

    focus: frozenset[int]
    above: frozenset[int]
    attributes: tuple[list[Any], ...]

    @classmethod
    def of(cls, expression: Expression, snapshot: Snapshot) -> "Virtual":
        """The expression over a release. Raises `BadExpression` for a concept that the release does not have."""
        numbers: dict[str, int] = {}
        for code in expression.codes():
            n = snapshot.number(code)
            if n is None:
                raise BadExpression(f"Concept {code} not found")
            numbers[code] = n
        focus = frozenset(numbers[code] for code in expression.focus)
        above = focus.union(*(map(int, snapshot.set_of(n, "up")) for n in focus))
        own = [_own(group, numbers[name], value, numbers) for group, name, value in expression.attributes]
        named = {row[1] for row in own}
        inherited = [row for n in focus for row in snapshot.attributes(n) if row[1] not in named]
        highest = max((row[0] for row in inherited), default=0)
        moved = [[row[0] + highest if row[0] else 0, *row[1:]] for row in own]
        return cls(focus, above, (*inherited, *moved))


def _own(group: int, name: int, value: "str | Expression", numbers: dict[str, int]) -> list[Any]:
    if isinstance(value, Expression):
        return [group, name, numbers[value.focus[0]], ""]
    if value in numbers:
        return [group, name, numbers[value]]
    return [group, name, None, value]


def holds(node: Node, virtual: Virtual, evaluate: Evaluator) -> bool:  # noqa: PLR0911  one return a production
    """Whether an expression satisfies a constraint."""
    match node:
        case Any_():
            return True
        case Operated("<" | "<<", inner):
            some = evaluate(inner)
            return any(has(some, each) for each in virtual.above)
        case Compound("AND", parts):
            return all(holds(each, virtual, evaluate) for each in parts)
        case Compound("OR", parts):
            return any(holds(each, virtual, evaluate) for each in parts)
        case Compound(_, parts):
            return holds(parts[0], virtual, evaluate) and not holds(parts[1], virtual, evaluate)
        case Refined(focus, refinement):
            return holds(focus, virtual, evaluate) and _satisfies(refinement, virtual, evaluate)
        case History(inner):
            return holds(inner, virtual, evaluate)
        case _:
            return False


def _satisfies(refinement: AttributeSet | AttributeTest | Group, virtual: Virtual, evaluate: Evaluator) -> bool:
    match refinement:
        case AttributeSet("AND", parts):
            return all(_satisfies(each, virtual, evaluate) for each in parts)
        case AttributeSet(_, parts):
            return any(_satisfies(each, virtual, evaluate) for each in parts)
        case AttributeTest():
            check = evaluate.refine.checker(refinement)
            return _within(sum(1 for each in virtual.attributes if check(each)), refinement.cardinality)
        case Group(inner, cardinality):
            test = evaluate.refine.group_checker(inner)
            return _within(sum(map(test, groups_of(list(virtual.attributes)))), cardinality)


def _within(count: int, bounds: Cardinality | None) -> bool:
    bounds = bounds or Cardinality(1, None)
    return count >= bounds.minimum and (bounds.maximum is None or count <= bounds.maximum)


def is_below(virtual: Virtual, some: Ids) -> bool:
    """Whether an expression is a kind of one of these concepts."""
    return any(has(some, each) for each in virtual.above)
