"""The condition language of the tables: parsed once to a small tree, see docs/reference/mapping-tables.md."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from .refs import Ref, parse_ref

_TOKEN = re.compile(r'\s*("(?:[^"]*)"|!=|<=|>=|=|<|>|\(|\)|,|@[A-Za-z_0-9-]+|[A-Za-z][A-Za-z0-9._-]*|\d+)')


class ConditionError(ValueError):
    """A condition cannot be read; says at which character and what was expected."""


@dataclass(frozen=True, slots=True)
class Valued:
    """The position is populated."""

    ref: Ref


@dataclass(frozen=True, slots=True)
class OneOf:
    """The position's text is one of `texts`."""

    ref: Ref
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """`count` of repetitions or `length` in characters, compared with a number."""

    what: str
    ref: Ref
    operator: str
    number: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A named predicate of `rules.py`, with the positions whose texts it takes."""

    name: str
    refs: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    item: Condition


@dataclass(frozen=True, slots=True)
class Both:
    """All of `items`."""

    items: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of `items`."""

    items: tuple[Condition, ...]


Condition: TypeAlias = Valued | OneOf | Measure | Rule | Not | Both | Either


def parse_condition(text: str) -> Condition:
    """The tree of a condition. Raises ConditionError.

    >>> parse_condition('PV1-2.1 = "P" and not PV1-45')
    Both(items=(OneOf(ref=Ref(name='PV1', parts=(2, 1)), texts=('P',)), Not(item=Valued(ref=Ref(name='PV1', parts=(45,))))))
    """
    parser = _Parser(text)
    tree = parser.either()
    parser.end()
    return tree


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = self._tokens(text)
        self.at = 0

    @staticmethod
    def _tokens(text: str) -> list[str]:
        tokens: list[str] = []
        place = 0
        while text[place:].strip():
            found = _TOKEN.match(text, place)
            if not found:
                message = f"character {place + 1}: {text[place:].strip()[:12]!r} is no part of a condition"
                raise ConditionError(message)
            tokens.append(found[1])
            place = found.end()
        return tokens

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, expected: str = "") -> str:
        token = self.peek()
        if not token or (expected and token != expected):
            raise ConditionError(f"{expected or 'more'} expected after {' '.join(self.tokens[: self.at])!r}")
        self.at += 1
        return token

    def end(self) -> None:
        if self.peek():
            raise ConditionError(f"{self.peek()!r} is not expected in {self.text!r}")

    def either(self) -> Condition:
        items = [self.both()]
        while self.peek() == "or":
            self.take()
            items.append(self.both())
        return items[0] if len(items) == 1 else Either(tuple(items))

    def both(self) -> Condition:
        items = [self.unary()]
        while self.peek() == "and":
            self.take()
            items.append(self.unary())
        return items[0] if len(items) == 1 else Both(tuple(items))

    def unary(self) -> Condition:
        token = self.take()
        if token == "not":
            return Not(self.unary())
        if token == "(":
            tree = self.either()
            self.take(")")
            return tree
        if token.startswith("@"):
            return Rule(token[1:], self.arguments())
        if token in {"count", "length"}:
            self.take("(")
            ref = self.ref(self.take())
            self.take(")")
            return Measure(token, ref, self.operator(), int(self.take()))
        return self.comparison(self.ref(token))

    def arguments(self) -> tuple[Ref, ...]:
        if self.peek() != "(":
            return ()
        self.take()
        refs = [self.ref(self.take())]
        while self.peek() == ",":
            self.take()
            refs.append(self.ref(self.take()))
        self.take(")")
        return tuple(refs)

    def operator(self) -> str:
        token = self.take()
        if token not in {"=", "!=", "<", ">", "<=", ">="}:
            raise ConditionError(f"a comparison is expected instead of {token!r}")
        return "==" if token == "=" else token

    def comparison(self, ref: Ref) -> Condition:
        token = self.peek()
        if token in {"=", "!="}:
            self.take()
            tree = OneOf(ref, (self.string(),))
            return Not(tree) if token == "!=" else tree
        if token in {"not", "in"}:
            self.take()
            if token == "not":
                self.take("in")
            tree = OneOf(ref, self.strings())
            return Not(tree) if token == "not" else tree
        return Valued(ref)

    def strings(self) -> tuple[str, ...]:
        self.take("(")
        texts = [self.string()]
        while self.peek() == ",":
            self.take()
            texts.append(self.string())
        self.take(")")
        return tuple(texts)

    def string(self) -> str:
        token = self.take()
        if not token.startswith('"'):
            raise ConditionError(f"a text in double quotes is expected instead of {token!r}")
        return token[1:-1]

    @staticmethod
    def ref(token: str) -> Ref:
        ref = parse_ref(token)
        if ref is None:
            raise ConditionError(f"{token!r} is no position")
        return ref
