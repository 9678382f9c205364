"""What the fast back end passes between its parts."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, NoReturn

from samspil_fhirpath import signatures

__all__ = ["BOOLEAN", "INTEGERS", "STRINGS", "TEMPORAL", "Deopt", "Fast", "Function", "NotFast", "give_up", "plain"]

Function = Callable[[Any], Any]


class Deopt(Exception):
    """The data are not what the types promised; the full engine takes over."""


class NotFast(Exception):
    """A part of an expression is not covered by the fast back end."""


class Fast:
    """A compiled part: `run` gives a list when `many`, else one value or None.

    `types` are FHIR types, or System types with `System.` before them. A Boolean part that is `total` is never None.
    """

    __slots__ = ("many", "run", "total", "types")

    def __init__(self, run: Function, types: frozenset[str], *, many: bool = False, total: bool = False) -> None:
        self.run = run
        self.types = types
        self.many = many
        self.total = total


BOOLEAN = frozenset({"System.Boolean"})
"""The type of a criterion; always this very object."""
STRINGS = signatures.STRINGS - signatures.TEMPORALS
"""Types whose JSON value is a str that means itself."""

INTEGERS = frozenset({"System.Integer", "integer", "positiveInt", "unsignedInt"})
TEMPORAL = {"date": "Date", "dateTime": "DateTime", "instant": "DateTime"}
_PLAIN = frozenset({str, int, bool, Decimal, float})


def plain(value: Any) -> bool:
    """Whether a JSON value is that of a primitive."""
    return value.__class__ in _PLAIN


def give_up(_node: Any) -> NoReturn:
    """What stands for a part that is not covered."""
    raise Deopt
