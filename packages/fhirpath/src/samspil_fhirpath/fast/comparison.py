"""=, !=, <, <=, >, >=, in, contains, & on values whose types are known."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from samspil_fhirpath import temporal

from .shape import BOOLEAN, INTEGERS, STRINGS, TEMPORAL, Deopt, Fast, Function, NotFast

__all__ = ["concatenation", "equality", "membership", "ordering", "single"]

_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
}  # fmt: skip


def single(part: Fast) -> Function:
    """The one value of a part; more than one is for the full engine to complain about."""
    if not part.many:
        return part.run
    run = part.run

    def only(node: Any) -> Any:
        found = run(node)
        if len(found) > 1:
            raise Deopt
        return found[0] if found else None

    return only


def _python_type(one: Fast, two: Fast) -> type:
    for types, made in ((STRINGS, str), (INTEGERS, int), (BOOLEAN | {"boolean"}, bool)):
        if one.types <= types and two.types <= types:
            return made
    raise NotFast


def equality(sign: str, one: Fast, two: Fast) -> Fast:
    """= and != of texts, integers and Booleans; of collections when one side is single."""
    kind = _python_type(one, two)
    turned = sign == "!="
    if one.many and two.many:
        raise NotFast
    if one.many or two.many:
        return Fast(_of_many(one if one.many else two, two if one.many else one, kind, turned=turned), BOOLEAN)
    left, right = one.run, two.run
    if one.total and two.total and kind is bool:
        return Fast(
            (lambda node: left(node) is not right(node)) if turned else (lambda node: left(node) is right(node)),
            BOOLEAN,
            total=True,
        )

    def run(node: Any) -> Any:
        first, second = left(node), right(node)
        if first is None or second is None:
            return None
        if first.__class__ is not kind or second.__class__ is not kind:
            raise Deopt
        return (first == second) is not turned

    return Fast(run, BOOLEAN)


def _of_many(many: Fast, one: Fast, kind: type, *, turned: bool) -> Function:
    listed, only = many.run, one.run

    def run(node: Any) -> Any:
        items, value = listed(node), only(node)
        if not items or value is None:
            return None
        if len(items) > 1:
            return turned
        if items[0].__class__ is not kind or value.__class__ is not kind:
            raise Deopt
        return (items[0] == value) is not turned

    return run


@lru_cache(maxsize=8192)
def _moment(kind: temporal.TemporalKind, text: str) -> temporal.Temporal | None:
    return temporal.read(kind, text)


def ordering(sign: str, one: Fast, two: Fast) -> Fast:
    """<, <=, >, >= of integers, and of dates of one kind, offset and precision."""
    test, left, right = _ORDER[sign], single(one), single(two)
    if one.types <= INTEGERS and two.types <= INTEGERS:

        def run(node: Any) -> Any:
            first, second = left(node), right(node)
            if first is None or second is None:
                return None
            if first.__class__ is not int or second.__class__ is not int:
                raise Deopt
            return test(first, second)

        return Fast(run, BOOLEAN, total=one.total and two.total)
    kinds = {TEMPORAL.get(name) for name in one.types | two.types}
    if len(kinds) != 1 or None in kinds:
        raise NotFast
    return Fast(_moments(left, right, kinds.pop(), test), BOOLEAN)  # type: ignore[arg-type]


def _moments(
    left: Function, right: Function, kind: temporal.TemporalKind, test: Callable[[Any, Any], bool]
) -> Function:
    def run(node: Any) -> Any:
        first, second = left(node), right(node)
        if first is None or second is None:
            return None
        if first.__class__ is not str or second.__class__ is not str:
            raise Deopt
        one, two = _moment(kind, first), _moment(kind, second)
        if one is None or two is None or one.offset != two.offset or len(one.parts) != len(two.parts):
            raise Deopt
        return test(one.parts, two.parts)

    return run


def membership(one: Fast, two: Fast, constants: frozenset[str] | None) -> Fast:
    """`one in two`, of texts; `constants` when the right side is a list of literals."""
    if not one.types <= STRINGS or not two.types <= STRINGS:
        raise NotFast
    left, right = single(one), two.run
    many = two.many

    def run(node: Any) -> Any:
        value = left(node)
        if value is None:
            return None
        if value.__class__ is not str:
            raise Deopt
        if constants is not None:
            return value in constants
        found = right(node)
        return value in found if many else value == found

    return Fast(run, BOOLEAN)


def concatenation(one: Fast, two: Fast) -> Fast:
    """& of texts."""
    if not one.types <= STRINGS or not two.types <= STRINGS:
        raise NotFast
    left, right = single(one), single(two)

    def run(node: Any) -> Any:
        first, second = left(node), right(node)
        first, second = "" if first is None else first, "" if second is None else second
        if first.__class__ is not str or second.__class__ is not str:
            raise Deopt
        return first + second

    return Fast(run, frozenset({"System.String"}))
