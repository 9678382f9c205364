"""The tree of an expression. Chains (`a.b.c`, `a or b or c`) are flat, so that only real nesting makes it deep."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal as Choice

from .errors import Place

__all__ = ["Call", "Chain", "Empty", "Expr", "External", "Index", "Literal", "Member", "Path", "Special", "TypeTest"]


@dataclass(frozen=True, slots=True)
class Literal:
    """A value: its System type and its text; a Quantity also has its unit, and whether that is a calendar word."""

    type: Choice["Boolean", "String", "Integer", "Long", "Decimal", "Date", "DateTime", "Time", "Quantity"]
    value: bool | int | Decimal | str
    place: Place
    unit: str = ""
    calendar: bool = False


@dataclass(frozen=True, slots=True)
class Empty:
    """`{}`."""

    place: Place


@dataclass(frozen=True, slots=True)
class Special:
    """`$this`, `$index` or `$total`."""

    name: str
    place: Place


@dataclass(frozen=True, slots=True)
class External:
    """`%name`."""

    name: str
    place: Place


@dataclass(frozen=True, slots=True)
class Member:
    """An element's name; at the head of a path also a type's name."""

    name: str
    place: Place


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments; those of is(), as() and ofType() are read as type names."""

    name: str
    arguments: tuple[Expr, ...]
    place: Place
    descending: tuple[bool, ...] = ()
    """For sort(): which keys are marked `desc`."""


@dataclass(frozen=True, slots=True)
class Index:
    """`[...]`."""

    index: Expr
    place: Place


@dataclass(frozen=True, slots=True)
class Path:
    """A head and the steps that follow it."""

    head: Expr
    steps: tuple[Member | Call | Index, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Chain:
    """Operands joined from left to right by operators of one precedence; `signs` holds each operator and its place."""

    operands: tuple[Expr, ...]
    operators: tuple[tuple[str, Place], ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Sign:
    """`-x` or `+x`."""

    operator: str
    operand: Expr
    place: Place


@dataclass(frozen=True, slots=True)
class TypeTest:
    """`x is T` or `x as T`; the type's name may be qualified (`FHIR.Patient`)."""

    operator: str
    operand: Expr
    type: str
    place: Place


Expr = Literal | Empty | Special | External | Member | Call | Path | Chain | Sign | TypeTest
