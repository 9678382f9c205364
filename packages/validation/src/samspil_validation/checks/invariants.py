"""Invariants: FHIRPath compiled when first needed, the commonest ones as functions of their own."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from samspil_validation import findings as f

from .native import NATIVE, Native
from .sparing import met_without

if TYPE_CHECKING:
    from samspil_validation.run import Run
    from samspil_validation.schema import Schema

    from .base import Check

__all__ = ["Invariant", "context_of", "invariant"]

_NO_KEYS: Mapping[str, frozenset[str]] = MappingProxyType({})
_IN_PLACE = frozenset({"", "BackboneElement", "Element", "Resource", "DomainResource"})


class Invariant(NamedTuple):
    """The check of an invariant, and the quick answer to it, if there is one."""

    check: Check
    native: Native | None


def invariant(
    constraint: list[Any], path: str, url: str, schema: Schema, keys: Mapping[str, frozenset[str]] = _NO_KEYS
) -> Invariant:
    """The check of one invariant (`samspil_validation.plan.constraints`) on elements at a path.

    `keys` are the JSON keys of the elements at hand there, by the names that expressions know.
    """
    key, expression, severity, human, best_practice = constraint
    kind = f.INVARIANT if severity == "error" else f.INVARIANT_WARNING
    if best_practice:
        wanted = schema.settings.best_practice
        if wanted is None:
            return Invariant(_nothing, _met)
        kind = f.INVARIANT if wanted == "error" else f.BEST_PRACTICE
    evaluate = _evaluation(expression, path, key, url, schema)
    native = NATIVE.get(expression) or met_without(expression, keys)

    def check(value: Any, place: Any, run: Run) -> None:
        if not evaluate(value, place, run):
            run.find(kind, place, url, key=key, human=human)

    if native is None:
        return Invariant(check, None)

    def check_native(value: Any, place: Any, run: Run) -> None:
        met = native(value, run)
        if met is None:
            check(value, place, run)
        elif not met:
            run.find(kind, place, url, key=key, human=human)

    return Invariant(check_native, native)


def _evaluation(expression: str, path: str, key: str, url: str, schema: Schema) -> Any:
    """What tells whether a value meets an expression; one that cannot be evaluated is undecided, and told."""
    compiled: list[Any] = []

    def evaluate(value: Any, place: Any, run: Run) -> bool:
        try:
            if not compiled:
                compiled.append(schema.expression(expression, path).is_true)
            return compiled[0](
                value, resource=run.resource, root_resource=run.root_resource, environment=run.environment
            )
        except Exception as error:  # noqa: BLE001  whatever an expression does, the next one runs
            run.undecide(f.INVARIANT_UNDECIDED, place, url, key=key, why=_why(error))
            return True

    return evaluate


def context_of(code: str, path: str) -> str:
    """Where an expression is typed from: the data type of an element, or its path when its parts stand in place."""
    return path if code in _IN_PLACE else code


def _why(error: Exception) -> str:
    """What can be told of an error without a value of the resource."""
    return getattr(error, "why", "") or type(error).__name__


def _met(_node: Any, _run: Any) -> bool:
    return True


def _nothing(_value: Any, _place: Any, _run: Run) -> None:
    """An invariant that is not asked for."""
