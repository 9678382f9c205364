"""The tree of an expression. Chains (`a.b.c`, `a or b or c`) are flat, so that only real nesting makes it deep."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal as Choice
from typing import NamedTuple

from .errors import Place

__all__ = [
    "Call",
    "Chain",
    "Empty",
    "Expr",
    "External",
    "Index",
    "Literal",
    "Member",
    "Path",
    "Sign",
    "Special",
    "TypeTest",
]


class Literal(NamedTuple):
    """A value: its System type and its text; a Quantity also has its unit, and whether that is a calendar word."""

    type: Choice["Boolean", "String", "Integer", "Long", "Decimal", "Date", "DateTime", "Time", "Quantity"]
    value: bool | int | Decimal | str
    place: Place
    unit: str = ""
    calendar: bool = False


class Empty(NamedTuple):
    """`{}`."""

    place: Place


class Special(NamedTuple):
    """`$this`, `$index` or `$total`."""

    name: str
    place: Place


class External(NamedTuple):
    """`%name`."""

    name: str
    place: Place


class Member(NamedTuple):
    """An element's name; at the head of a path also a type's name."""

    name: str
    place: Place


class Call(NamedTuple):
    """A function with its arguments; those of is(), as() and ofType() are read as type names."""

    name: str
    arguments: tuple[Expr, ...]
    place: Place
    descending: tuple[bool, ...] = ()
    """For sort(): which keys are marked `desc`."""


class Index(NamedTuple):
    """`[...]`."""

    at: Expr
    place: Place


class Path(NamedTuple):
    """A head and the steps that follow it."""

    head: Expr
    steps: tuple[Member | Call | Index, ...]
    place: Place


class Chain(NamedTuple):
    """Operands joined from left to right by operators of one precedence; `operators` holds each with its place."""

    operands: tuple[Expr, ...]
    operators: tuple[tuple[str, Place], ...]
    place: Place


class Sign(NamedTuple):
    """`-x` or `+x`."""

    operator: str
    operand: Expr
    place: Place


class TypeTest(NamedTuple):
    """`x is T` or `x as T`; the type's name may be qualified (`FHIR.Patient`)."""

    operator: str
    operand: Expr
    type: str
    place: Place


Expr = Literal | Empty | Special | External | Member | Call | Path | Chain | Sign | TypeTest
