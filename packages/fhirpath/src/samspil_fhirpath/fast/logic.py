"""and, or, xor, implies, not: three-valued, and shorter where no operand can be empty."""

from __future__ import annotations

from typing import Any

from .shape import BOOLEAN, Deopt, Fast, Function, NotFast

__all__ = ["boolean", "join", "negation"]


def boolean(part: Fast) -> Fast:
    """A part as Boolean: an element of type boolean is read, and any other single item is true by being there."""
    if part.types == BOOLEAN and not part.many:
        return part
    run = part.run
    if part.types == frozenset({"boolean"}) and not part.many:

        def read(node: Any) -> Any:
            value = run(node)
            if value is None or value is True or value is False:
                return value
            raise Deopt

        return Fast(read, BOOLEAN)
    raise NotFast


def _and(one: Fast, two: Fast) -> Function:
    left, right = one.run, two.run
    if one.total and two.total:
        return lambda node: left(node) and right(node)

    def run(node: Any) -> Any:
        first = left(node)
        if first is False:
            return False
        second = right(node)
        return second if first or second is False else None

    return run


def _or(one: Fast, two: Fast) -> Function:
    left, right = one.run, two.run
    if one.total and two.total:
        return lambda node: left(node) or right(node)

    def run(node: Any) -> Any:
        first = left(node)
        if first:
            return True
        second = right(node)
        return second if second or first is False else None

    return run


def _implies(one: Fast, two: Fast) -> Function:
    left, right = one.run, two.run
    if one.total and two.total:
        return lambda node: not left(node) or right(node)

    def run(node: Any) -> Any:
        first = left(node)
        if first is False:
            return True
        second = right(node)
        return second if first or second else None

    return run


def _xor(one: Fast, two: Fast) -> Function:
    left, right = one.run, two.run

    def run(node: Any) -> Any:
        first, second = left(node), right(node)
        return None if first is None or second is None else first is not second

    return run


_MAKERS = {"and": _and, "or": _or, "implies": _implies, "xor": _xor}


def join(sign: str, one: Fast, two: Fast) -> Fast:
    """Two Boolean parts joined by and, or, xor or implies."""
    return Fast(_MAKERS[sign](one, two), BOOLEAN, total=one.total and two.total)


def negation(part: Fast) -> Fast:
    """not()."""
    run = part.run
    if part.total:
        return Fast(lambda node: not run(node), BOOLEAN, total=True)

    def negated(node: Any) -> Any:
        value = run(node)
        return None if value is None else not value

    return Fast(negated, BOOLEAN)
