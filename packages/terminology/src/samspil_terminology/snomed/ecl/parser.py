"""An expression constraint read by the grammar of ECL 2.2, with the place of the first fault.

https://confluence.ihtsdotools.org/display/DOCECL/Appendix+A+-+Syntax
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Literal, NoReturn, cast

from .tree import (
    Alternate,
    Any_,
    AttributeSet,
    AttributeTest,
    Cardinality,
    Comparison,
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
    SearchTerm,
    Test,
)

__all__ = ["BadConstraint", "parse"]

_SPACE = re.compile(r"(?:[ \t\r\n]|/\*(?:[^*]|\*(?!/))*\*/)*")
_ID = re.compile(r"[1-9]\d{5,17}(?!\d)")
_OPERATOR = re.compile(r"<<!|<!|<<|<|>>!|>!|>>|>|!!>|!!<")
_COMPARISON = re.compile(r"!=|<=|>=|=|<|>")
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
_WORD = re.compile(r"[A-Za-z]+")
_ALIAS = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_ALTERNATE = re.compile(r'"([A-Za-z][A-Za-z0-9-]*)#([^"\\]+)"|([A-Za-z][A-Za-z0-9-]*)#([A-Za-z0-9._-]+)')
_QUOTED = re.compile(r'"((?:[^"\\]|\\["\\*])*)"')
_CARDINALITY = re.compile(r"\[[ \t\r\n]*(\d+)\.\.(\d+|\*)[ \t\r\n]*\]")
_REVERSE = re.compile(r"[Rr](?![A-Za-z#-])")
_TERMS = re.compile(r'\(?[ \t\r\n]*(?:(?:match|wild)[ \t\r\n]*:[ \t\r\n]*)?"', re.IGNORECASE)
_FILTER = re.compile(r"\{\{[ \t\r\n]*([CDM])(?=[ \t\r\n/])", re.IGNORECASE)
_HISTORY_FILTER = re.compile(r"\{\{[ \t\r\n]*\+")
_BRACKETS = re.compile(r"""[()]|"(?:[^"\\]|\\.)*"|\|[^|]*\|""")
_DEEPEST = 100
_HISTORY = re.compile(r"\+[ \t\r\n]*history(?:[-_](min|mod|max))?(?![A-Za-z])", re.IGNORECASE)


class BadConstraint(ValueError):
    """A text that is no expression constraint: where (a column from 1) and why."""

    def __init__(self, text: str, at: int, why: str) -> None:
        super().__init__(f"column {at + 1}: {why}")
        self.text = text
        self.column = at + 1
        self.why = why


@lru_cache(maxsize=512)
def parse(text: str) -> Node:
    """The constraint in `text`. Raises `BadConstraint`."""
    reader = _Reader(text)
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


class _Reader:
    """A place in a text, moving on."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    # ------------------------------------------------------------------------------------------------ characters
    def fail(self, why: str) -> NoReturn:
        raise BadConstraint(self.text, self.at, why)

    def space(self) -> None:
        found = _SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def sees(self, token: str) -> bool:
        self.space()
        return self.text.startswith(token, self.at)

    def take(self, token: str) -> bool:
        if self.sees(token):
            self.at += len(token)
            return True
        return False

    def need(self, token: str) -> None:
        if not self.take(token):
            self.fail(f"{token!r} is missing")

    def match(self, pattern: "re.Pattern[str]") -> "re.Match[str] | None":
        self.space()
        found = pattern.match(self.text, self.at)
        if found:
            self.at = found.end()
        return found

    def keyword(self, *names: str) -> str:
        """One of some words, in any case, that does not go on as another word."""
        self.space()
        found = _WORD.match(self.text, self.at)
        if found and found[0].upper() in names:
            self.at = found.end()
            return found[0].upper()
        return ""

    # ------------------------------------------------------------------------------------------------ constraints
    def constraint(self) -> Node:
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
        if self.take(","):
            return "AND"
        found = self.keyword("AND", "OR", "MINUS")
        return cast('Literal["AND", "OR", "MINUS"]', found) if found else None

    def sub(self) -> Node:
        operator = self.match(_OPERATOR)
        made = self.member_of() if self.sees("^") else self.focus()
        made = self.filters(made)
        if operator:
            held, made = made, None
            made = self.operate(operator[0], held)
        return made

    @staticmethod
    def operate(operator: str, inner: Node) -> Node:
        """The operator binds to the focus; filters and history stay outside of it."""
        if isinstance(inner, Filtered):
            return Filtered(_Reader.operate(operator, inner.inner), inner.filter)
        if isinstance(inner, History):
            return History(_Reader.operate(operator, inner.inner), inner.profile, inner.subset)
        return Operated(operator, inner)

    def member_of(self) -> Node:
        self.need("^")
        fields: list[str] = []
        if self.take("["):
            if self.take("*"):
                fields = ["*"]
            else:
                while name := self.match(_WORD):
                    fields.append(name[0])
                    if not self.take(","):
                        break
                if not fields:
                    self.fail("the name of a field is missing")
            self.need("]")
        inner = self.focus()
        filters: list[MemberFilter] = []
        while self.is_filter("M"):
            filters.append(MemberFilter(tuple(self.tests(self.member_test))))
        return MemberOf(inner, tuple(fields), tuple(filters))

    def focus(self) -> Node:
        if self.take("("):
            made = self.constraint()
            self.need(")")
            return made
        if self.take("*"):
            return Any_()
        reference = self.reference()
        if reference is not None:
            return reference
        alternate = self.match(_ALTERNATE)
        if alternate:
            self.term()
            return Alternate(alternate[1] or alternate[3], alternate[2] or alternate[4])
        return self.fail("a concept, * or a bracket is missing")

    def reference(self) -> Concept | None:
        found = self.match(_ID)
        return Concept(found[0], self.term()) if found else None

    def term(self) -> str:
        if not self.take("|"):
            return ""
        end = self.text.find("|", self.at)
        if end < 0:
            self.fail("the closing | of a term is missing")
        text = self.text[self.at : end].strip()
        self.at = end + 1
        return text

    # ------------------------------------------------------------------------------------------------ refinement
    def refinement(self) -> AttributeSet | AttributeTest | Group:
        return self.joined(self.sub_refinement)

    def sub_refinement(self) -> AttributeSet | AttributeTest | Group:
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
            return self.match(_COMPARISON) is None
        except BadConstraint:
            return True
        finally:
            self.at = held

    def joined(self, one: "Callable[[], AttributeSet | AttributeTest | Group]") -> AttributeSet | AttributeTest | Group:
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
        found = self.match(_CARDINALITY)
        if not found:
            return None
        return Cardinality(int(found[1]), None if found[2] == "*" else int(found[2]))

    def attribute(self, cardinality: Cardinality | None) -> AttributeTest:
        reverse = self.match(_REVERSE) is not None
        name = self.sub()
        comparison = self.comparison()
        self.space()
        if self.take("#"):
            number = self.match(_NUMBER)
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

    def comparison(self) -> Comparison:
        found = self.match(_COMPARISON)
        if not found:
            self.fail("a comparison, such as =, is missing")
        return cast("Comparison", found[0])

    def is_text(self) -> bool:
        """Whether search terms follow, alone or in brackets."""
        self.space()
        if _ALTERNATE.match(self.text, self.at) and self.text[self.at] == '"':
            return False
        return _TERMS.match(self.text, self.at) is not None

    def search_terms(self) -> list[SearchTerm]:
        if self.take("("):
            found: list[SearchTerm] = []
            while not self.take(")"):
                found.append(self.search_term())
            return found
        return [self.search_term()]

    def search_term(self) -> SearchTerm:
        kind = self.keyword("MATCH", "WILD")
        if kind:
            self.need(":")
        quoted = self.match(_QUOTED)
        if not quoted:
            self.fail("a text in quotation marks is missing")
        if kind == "WILD":
            return SearchTerm(quoted[1], wild=True)
        return SearchTerm(re.sub(r"\\(.)", r"\1", quoted[1]))

    # ------------------------------------------------------------------------------------------------ filters
    def filters(self, made: Node) -> Node:
        while True:
            if self.is_filter("C"):
                made = Filtered(made, ConceptFilter(tuple(self.tests(self.concept_test))))
            elif self.is_history():
                made = self.history(made)
            elif self.is_filter("D") or (self.sees("{{") and not self.is_filter("M")):
                made = Filtered(made, DescriptionFilter(tuple(self.tests(self.description_test))))
            else:
                return made

    def is_filter(self, letter: str) -> bool:
        self.space()
        found = _FILTER.match(self.text, self.at)
        return found is not None and found[1].upper() == letter

    def is_history(self) -> bool:
        self.space()
        return _HISTORY_FILTER.match(self.text, self.at) is not None

    def history(self, inner: Node) -> Node:
        self.need("{{")
        found = self.match(_HISTORY)
        if not found:
            self.fail("HISTORY is missing")
        subset: Node | None = None
        if not found[1] and self.take("("):
            subset = self.constraint()
            self.need(")")
        self.need("}}")
        return History(inner, (found[1] or "MAX").upper(), subset)

    def tests(self, one: "Callable[[], Test]") -> list[Test]:
        self.need("{{")
        self.keyword("C", "D", "M")
        found = [one()]
        while self.take(","):
            found.append(one())
        self.need("}}")
        return found

    def named(self) -> tuple[str, Comparison]:
        name = self.match(_WORD)
        if not name:
            self.fail("the name of a filter is missing")
        return name[0], self.comparison()

    def description_test(self) -> Test:  # noqa: PLR0911  one return a case
        name, comparison = self.named()
        match name.lower():
            case "term":
                return Test("term", comparison, tuple(self.search_terms()))
            case "language":
                return Test("language", comparison, tuple(self.some(_WORD)))
            case "type":
                return Test("type", comparison, tuple(self.some(_WORD)))
            case "typeid":
                return Test("typeId", comparison, self.concepts())
            case "dialect":
                return Test("dialect", comparison, tuple(self.dialects(lambda: self.plain(_ALIAS))))
            case "dialectid":
                return Test("dialectId", comparison, self.dialect_ids())
            case "id":
                return Test("id", comparison, tuple(self.some(_ID)))
            case other:
                return self.common_test(other, comparison)

    def common_test(self, name: str, comparison: Comparison) -> Test:
        match name:
            case "moduleid":
                return Test("moduleId", comparison, self.concepts())
            case "effectivetime":
                return Test("effectiveTime", comparison, tuple(self.some(_QUOTED, 1)))
            case "active":
                return Test("active", comparison, (self.truth(),))
            case _:
                return self.fail(f"there is no filter {name!r} here")

    def concept_test(self) -> Test:
        name, comparison = self.named()
        match name.lower():
            case "definitionstatus":
                return Test("definitionStatus", comparison, tuple(self.some(_WORD)))
            case "definitionstatusid":
                return Test("definitionStatusId", comparison, self.concepts())
            case other:
                return self.common_test(other, comparison)

    def member_test(self) -> Test:
        name, comparison = self.named()
        if name.lower() in {"moduleid", "effectivetime", "active"}:
            return self.common_test(name.lower(), comparison)
        if self.take("#"):
            number = self.match(_NUMBER)
            if not number:
                self.fail("a number is missing")
            return Test(f"#{name}", comparison, (number[0],))
        if self.is_text():
            return Test(name, comparison, tuple(self.search_terms()))
        truth = self.keyword("TRUE", "FALSE")
        if truth:
            return Test(name, comparison, (truth.lower(),))
        return Test(name, comparison, (self.sub(),))

    def truth(self) -> str:
        found = self.match(re.compile(r"1|0|true|false", re.IGNORECASE))
        if not found:
            self.fail("true or false is missing")
        return "1" if found[0].lower() in {"1", "true"} else "0"

    def some(self, pattern: "re.Pattern[str]", part: int = 0) -> list[str]:
        """One value, or several in brackets."""
        if not self.take("("):
            return [self.plain(pattern, part)]
        found: list[str] = []
        while not self.take(")"):
            found.append(self.plain(pattern, part))
        return found

    def plain(self, pattern: "re.Pattern[str]", part: int = 0) -> str:
        found = self.match(pattern)
        if not found:
            self.fail("a value is missing")
        return found[part]

    def concepts(self) -> tuple[Node, ...]:
        """A constraint, or a set of concepts in brackets."""
        held = self.at
        if self.take("("):
            found: list[Node] = []
            while (reference := self.reference()) is not None:
                found.append(reference)
            if len(found) > 1 and self.take(")"):
                return tuple(found)
            self.at = held
        return (self.sub(),)

    def dialects(self, one: "Callable[[], str]") -> list[tuple[str, tuple[str, ...]]]:
        found: list[tuple[str, tuple[str, ...]]] = []
        if self.take("("):
            while not self.take(")"):
                found.append((one(), self.acceptability()))
        else:
            found.append((one(), ()))
        every = self.acceptability()
        return [(name, each or every) for name, each in found]

    def dialect_ids(self) -> "tuple[Node | tuple[str, tuple[str, ...]], ...]":
        held = self.at
        if self.sees("("):
            try:
                return tuple(self.dialects(self.reference_code))
            except BadConstraint:
                self.at = held
        inner = self.sub()
        if isinstance(inner, Concept):
            return ((inner.code, self.acceptability()),)
        accepted = self.acceptability()
        return (inner, ("", accepted)) if accepted else (inner,)

    def reference_code(self) -> str:
        found = self.reference()
        if found is None:
            self.fail("a concept is missing")
        return found.code

    def acceptability(self) -> tuple[str, ...]:
        """Acceptabilities in brackets: `prefer`, `accept`, or their concepts."""
        held = self.at
        if not self.take("("):
            return ()
        found: list[str] = []
        while not self.take(")"):
            token = self.keyword("ACCEPT", "PREFER", "ACCEPTABLE", "PREFERRED")
            reference = None if token else self.reference()
            if not token and reference is None:
                self.at = held
                return ()
            found.append(token[:1] if token else "P" if reference and reference.code.endswith("548007") else "A")
        return tuple(found)
