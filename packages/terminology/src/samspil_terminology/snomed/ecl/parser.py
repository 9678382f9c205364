"""An expression constraint read by the grammar of ECL 2.2, with the place of the first fault.

https://confluence.ihtsdotools.org/display/DOCECL/Appendix+A+-+Syntax
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Literal, cast

from .filter_parser import filters, is_filter, member_test, tests
from .tokens import ALTERNATE, COMPARISON, NUMBER, WORD, BadConstraint, Tokens
from .tree import (
    Alternate,
    Any_,
    AttributeSet,
    AttributeTest,
    Cardinality,
    Compound,
    Dotted,
    Filtered,
    Group,
    History,
    MemberFilter,
    MemberOf,
    Node,
    Operated,
    Refined,
)

__all__ = ["BadConstraint", "parse"]

_OPERATOR = re.compile(r"<<!|<!|<<|<|>>!|>!|>>|>|!!>|!!<")
_CARDINALITY = re.compile(r"\[[ \t\r\n]*(\d+)\.\.(\d+|\*)[ \t\r\n]*\]")
_REVERSE = re.compile(r"[Rr](?![A-Za-z#-])")
_BRACKETS = re.compile(r"""[()]|"(?:[^"\\]|\\.)*"|\|[^|]*\|""")
_DEEPEST = 100


@lru_cache(maxsize=512)
def parse(text: str) -> Node:
    """The constraint in `text`. Raises `BadConstraint`."""
    reader = Reader(text)
    _mind_depth(text)
    made = reader.constraint()
    reader.space()
    if reader.at < len(text):
        reader.fail("the constraint goes on where it should end")
    return made


def _mind_depth(text: str) -> None:
    """Refuse brackets in brackets in brackets beyond what can be followed; those inside texts do not count."""
    depth = 0
    for found in _BRACKETS.finditer(text):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if depth > _DEEPEST:
            raise BadConstraint(text, found.start(), f"more than {_DEEPEST} brackets stand in each other")


class Reader(Tokens):
    """The productions of constraints and refinements."""

    # ------------------------------------------------------------------------------------------------ constraints
    def constraint(self) -> Node:
        """An expression constraint: simple, refined, compound or dotted."""
        first = self.sub()
        if self.sees(":") and not self.sees("::"):
            self.need(":")
            return Refined(first, self.refinement())
        if self.sees("."):
            while self.take("."):
                first = Dotted(first, self.sub())
            return first
        operator = self.join()
        if not operator:
            return first
        parts = [first, self.sub()]
        while following := self.join():
            if following != operator or operator == "MINUS":
                self.fail("AND, OR and MINUS are not mixed without brackets")
            parts.append(self.sub())
        if self.sees(":") or self.sees("."):
            self.fail("a refinement of a compound needs brackets")
        return Compound(operator, tuple(parts))

    def join(self) -> Literal["AND", "OR", "MINUS"] | None:
        """What joins two constraints."""
        if self.take(","):
            return "AND"
        found = self.keyword("AND", "OR", "MINUS")
        return cast('Literal["AND", "OR", "MINUS"]', found) if found else None

    def sub(self) -> Node:
        """A constraint with its operator and filters."""
        operator = self.match(_OPERATOR)
        made = self.member_of() if self.sees("^") else self.focus()
        made = filters(self, made)
        if operator:
            held, made = made, None
            made = self.operate(operator[0], held)
        return made

    @staticmethod
    def operate(operator: str, inner: Node) -> Node:
        """The operator binds to the focus; filters and history stay outside of it."""
        if isinstance(inner, Filtered):
            return Filtered(Reader.operate(operator, inner.inner), inner.filter)
        if isinstance(inner, History):
            return History(Reader.operate(operator, inner.inner), inner.profile, inner.subset)
        return Operated(operator, inner)

    def member_of(self) -> Node:
        """The members of a reference set."""
        self.need("^")
        fields: list[str] = []
        if self.take("["):
            if self.take("*"):
                fields = ["*"]
            else:
                while name := self.match(WORD):
                    fields.append(name[0])
                    if not self.take(","):
                        break
                if not fields:
                    self.fail("the name of a field is missing")
            self.need("]")
        inner = self.focus()
        filters: list[MemberFilter] = []
        while is_filter(self, "M"):
            filters.append(MemberFilter(tuple(tests(self, member_test))))
        return MemberOf(inner, tuple(fields), tuple(filters))

    def focus(self) -> Node:
        """A concept, `*`, an alternate identifier, or a constraint in brackets."""
        if self.take("("):
            made = self.constraint()
            self.need(")")
            return made
        if self.take("*"):
            return Any_()
        reference = self.reference()
        if reference is not None:
            return reference
        alternate = self.match(ALTERNATE)
        if alternate:
            self.term()
            return Alternate(alternate[1] or alternate[3], alternate[2] or alternate[4])
        return self.fail("a concept, * or a bracket is missing")

    # ------------------------------------------------------------------------------------------------ refinement
    def refinement(self) -> AttributeSet | AttributeTest | Group:
        """Tests joined by AND or OR."""
        return self.joined(self.sub_refinement)

    def sub_refinement(self) -> AttributeSet | AttributeTest | Group:
        """A test, a group of tests, or tests in brackets."""
        cardinality = self.cardinality()
        if self.take("{"):
            inner = self.joined(self.sub_attribute)
            self.need("}")
            return Group(cast("AttributeSet | AttributeTest", inner), cardinality)
        if cardinality is None and self.sees("(") and self.bracket_holds_tests():
            self.need("(")
            made = self.refinement()
            self.need(")")
            return made
        return self.attribute(cardinality)

    def sub_attribute(self) -> AttributeSet | AttributeTest | Group:
        """A test inside a group."""
        cardinality = self.cardinality()
        if cardinality is None and self.sees("(") and self.bracket_holds_tests():
            self.need("(")
            made = self.joined(self.sub_attribute)
            self.need(")")
            return made
        return self.attribute(cardinality)

    def bracket_holds_tests(self) -> bool:
        """Whether the bracket ahead holds tests, and not the name of an attribute."""
        held = self.at
        try:
            self.sub()
            return self.match(COMPARISON) is None
        except BadConstraint:
            return True
        finally:
            self.at = held

    def joined(self, one: "Callable[[], AttributeSet | AttributeTest | Group]") -> AttributeSet | AttributeTest | Group:
        """Several of one kind, joined by AND or OR, not by both."""
        parts = [one()]
        operator: Literal["AND", "OR"] | None = None
        while True:
            following = "AND" if self.take(",") else self.keyword("AND", "OR")
            if not following:
                break
            if operator is not None and following != operator:
                self.fail("AND and OR are not mixed without brackets")
            operator = cast('Literal["AND", "OR"]', following)
            parts.append(one())
        return AttributeSet(operator, tuple(parts)) if operator is not None else parts[0]

    def cardinality(self) -> Cardinality | None:
        """How often, in square brackets."""
        found = self.match(_CARDINALITY)
        if not found:
            return None
        return Cardinality(int(found[1]), None if found[2] == "*" else int(found[2]))

    def attribute(self, cardinality: Cardinality | None) -> AttributeTest:
        """An attribute, a comparison, a value."""
        reverse = self.match(_REVERSE) is not None
        name = self.sub()
        comparison = self.comparison()
        self.space()
        if self.take("#"):
            number = self.match(NUMBER)
            if not number:
                self.fail("a number is missing")
            return AttributeTest(name, comparison, number[0], "number", cardinality, reverse)
        if self.is_text():
            return AttributeTest(name, comparison, tuple(self.search_terms()), "text", cardinality, reverse)
        truth = self.keyword("TRUE", "FALSE")
        if truth:
            return AttributeTest(name, comparison, truth == "TRUE", "boolean", cardinality, reverse)
        if comparison not in {"=", "!="}:
            self.fail("only numbers are compared by size")
        return AttributeTest(name, comparison, self.sub(), "concept", cardinality, reverse)
