"""The table of functions: name, how many arguments, and whether they are values or expressions for every item."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from samspil_fhirpath.environment import Scope

__all__ = ["FUNCTIONS", "Expression", "Function", "Items", "lambdas", "values"]

Items = list[Any]
Expression = Callable[[Scope], Items]
"""A compiled expression: the collection it gives in a scope, whose `this` is its input."""


class Function(NamedTuple):
    """One function. `body` gets scope, input and the arguments: collections, or expressions when `lazy`."""

    name: str
    least: int
    most: int
    lazy: bool
    body: Callable[..., Items]


FUNCTIONS: dict[str, Function] = {}
"""Every function of the language and of FHIR, by name."""


def values(
    name: str, least: int = 0, most: int | None = None
) -> Callable[[Callable[..., Items]], Callable[..., Items]]:
    """Register a function whose arguments are evaluated once, in the scope of the caller."""
    return _registered(name, least, most, lazy=False)


def lambdas(
    name: str, least: int = 0, most: int | None = None
) -> Callable[[Callable[..., Items]], Callable[..., Items]]:
    """Register a function that evaluates its arguments itself."""
    return _registered(name, least, most, lazy=True)


def _registered(
    name: str, least: int, most: int | None, *, lazy: bool
) -> Callable[[Callable[..., Items]], Callable[..., Items]]:
    def register(body: Callable[..., Items]) -> Callable[..., Items]:
        FUNCTIONS[name] = Function(name, least, least if most is None else most, lazy, body)
        return body

    return register
