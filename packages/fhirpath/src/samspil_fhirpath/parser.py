"""Tokens to tree, by precedence climbing.

https://hl7.org/fhirpath/N1/#operator-precedence
"""

from __future__ import annotations

from decimal import Decimal

from .errors import syntax, too_deep
from .lexer import Token, tokenize
from .syntax import Call, Chain, Empty, Expr, External, Index, Literal, Member, Path, Sign, Special, TypeTest

__all__ = ["CALENDAR", "DEPTH", "parse"]

DEPTH = 60
"""Levels of nesting an expression may have."""

_LEVELS: tuple[frozenset[str], ...] = (
    frozenset({"implies"}),
    frozenset({"or", "xor"}),
    frozenset({"and"}),
    frozenset({"in", "contains"}),
    frozenset({"=", "~", "!=", "!~"}),
    frozenset({"<", ">", "<=", ">="}),
    frozenset({"|"}),
    frozenset({"is", "as"}),
    frozenset({"+", "-", "&"}),
    frozenset({"*", "/", "div", "mod"}),
)
_LEVEL_OF = {operator: level for level, operators in enumerate(_LEVELS) for operator in operators}
_TYPES = 7
_RESERVED = frozenset({"and", "or", "xor", "implies", "div", "mod", "true", "false"})
CALENDAR = {
    name: name.removesuffix("s")
    for unit in ("year", "month", "week", "day", "hour", "minute", "second", "millisecond")
    for name in (unit, unit + "s")
}
"""Calendar words, singular and plural, to the singular."""
_TEMPORAL = {"date": "Date", "datetime": "DateTime", "time": "Time"}
_BY_TYPE = frozenset({"is", "as", "ofType"})


def parse(text: str, *, strict: bool = True) -> Expr:
    """The tree of an expression. Raises `FhirPathError` with line and column for what is not FHIRPath."""
    return _Parser(tokenize(text, strict=strict)).whole()


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.depth = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        token = self.tokens[self.at]
        self.at += 1
        return token

    def symbol(self, text: str) -> bool:
        """Whether the next token is this symbol; then it is taken."""
        if self.token.kind == "symbol" and self.token.text == text:
            self.at += 1
            return True
        return False

    def expect(self, text: str) -> None:
        if not self.symbol(text):
            raise syntax(f"expected {text!r}, found {_told(self.token)}", self.token.place)

    def whole(self) -> Expr:
        made = self.expression()
        if self.token.kind != "end":
            raise syntax(f"unexpected {_told(self.token)}", self.token.place)
        return made

    def expression(self) -> Expr:
        self.depth += 1
        if self.depth > DEPTH:
            raise too_deep(f"nested more than {DEPTH} levels", self.token.place)
        made = self.level(0)
        self.depth -= 1
        return made

    def level(self, lowest: int) -> Expr:
        """Operand and operators of this precedence and higher."""
        left = self.polarity()
        ceiling = len(_LEVELS)
        while True:
            operator = self.operator()
            level = _LEVEL_OF.get(operator, -1)
            if level < lowest or level >= ceiling:
                return left
            left = self.type_test(left) if level == _TYPES else self.chain(left, level)
            ceiling = len(_LEVELS) if level == _TYPES else level

    def operator(self) -> str:
        token = self.token
        return token.text if token.kind in {"symbol", "name"} else ""

    def chain(self, left: Expr, level: int) -> Expr:
        operands, operators = [left], list[tuple[str, tuple[int, int]]]()
        while self.operator() in _LEVELS[level]:
            token = self.take()
            operators.append((token.text, token.place))
            operands.append(self.level(level + 1))
        return Chain(tuple(operands), tuple(operators), left.place)

    def type_test(self, left: Expr) -> Expr:
        token = self.take()
        return TypeTest(token.text, left, self.type_name(), token.place)

    def type_name(self) -> str:
        parts = [self.identifier("a type name")]
        if self.token.kind == "symbol" and self.token.text == ".":
            self.at += 1
            parts.append(self.identifier("a type name"))
        return ".".join(parts)

    def identifier(self, wanted: str) -> str:
        token = self.token
        if token.kind == "quoted" or (token.kind == "name" and token.text not in _RESERVED):
            return self.take().text
        raise syntax(f"expected {wanted}, found {_told(token)}", token.place)

    def polarity(self) -> Expr:
        token = self.token
        if token.kind == "symbol" and token.text in {"+", "-"}:
            self.at += 1
            self.depth += 1
            if self.depth > DEPTH:
                raise too_deep(f"nested more than {DEPTH} levels", token.place)
            made = Sign(token.text, self.polarity(), token.place)
            self.depth -= 1
            return made
        return self.path()

    def path(self) -> Expr:
        place = self.token.place
        head = self.term()
        steps: list[Member | Call | Index] = []
        while True:
            if self.symbol("."):
                steps.append(self.step())
            elif self.token.kind == "symbol" and self.token.text == "[":
                token = self.take()
                steps.append(Index(self.expression(), token.place))
                self.expect("]")
            else:
                return Path(head, tuple(steps), place) if steps else head

    def step(self) -> Member | Call:
        token = self.token
        if token.kind not in {"name", "quoted"}:
            raise syntax(f"expected the name of an element or function, found {_told(token)}", token.place)
        self.at += 1
        if self.symbol("("):
            return self.call(token)
        return Member(token.text, token.place)

    def call(self, name: Token) -> Call:
        if name.text in _BY_TYPE:
            place = self.token.place
            type_name = Member(self.type_name(), place)
            self.expect(")")
            return Call(name.text, (type_name,), name.place)
        arguments: list[Expr] = []
        descending: list[bool] = []
        while not self.symbol(")"):
            if arguments:
                self.expect(",")
            arguments.append(self.expression())
            if name.text == "sort":
                descending.append(self.direction())
        return Call(name.text, tuple(arguments), name.place, tuple(descending))

    def direction(self) -> bool:
        if self.token.kind == "name" and self.token.text in {"asc", "desc"}:
            return self.take().text == "desc"
        return False

    def term(self) -> Expr:
        token = self.take()
        text, place = token.text, token.place
        match token.kind:
            case "name" if text in {"true", "false"}:
                return Literal("Boolean", text == "true", place)
            case "name" if text in _RESERVED:
                raise syntax(f"unexpected {_told(token)}", place)
            case "name" | "quoted":
                return self.call(token) if self.symbol("(") else Member(text, place)
            case "string":
                return Literal("String", text, place)
            case "number" | "long":
                return self.number(token)
            case "date" | "datetime" | "time":
                return Literal(_TEMPORAL[token.kind], text[1:].removeprefix("T"), place)  # type: ignore[arg-type]
            case "special":
                return Special(text[1:], place)
            case "external":
                return External(text, place)
            case "symbol" if text == "(":
                inner = self.expression()
                self.expect(")")
                return Path(inner, (), place)
            case "symbol" if text == "{":
                self.expect("}")
                return Empty(place)
            case _:
                raise syntax(f"unexpected {_told(token)}", place)

    def number(self, token: Token) -> Expr:
        if token.kind == "long":
            return Literal("Long", int(token.text[:-1][:30]), token.place)
        if len(token.text) > 60:  # noqa: PLR2004  far beyond what Decimal of FHIRPath holds
            raise syntax("a number of more than 60 digits", token.place)
        following = self.token
        value = Decimal(token.text)
        if following.kind == "string":
            self.at += 1
            return Literal("Quantity", value, token.place, following.text)
        if following.kind == "name" and following.text in CALENDAR:
            self.at += 1
            return Literal("Quantity", value, token.place, CALENDAR[following.text], calendar=True)
        if "." in token.text:
            return Literal("Decimal", value, token.place)
        return Literal("Integer", int(token.text), token.place)


def _told(token: Token) -> str:
    return "end of the expression" if token.kind == "end" else repr(token.text)
