"""The operators on collections.

https://hl7.org/fhirpath/N1/#operators
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_DOWN, Decimal, DecimalException
from typing import Any

from . import quantities
from .collections import Bag, distinct, one, truth, value
from .environment import Scope
from .equality import collections_equal, collections_equivalent, compare
from .errors import evaluation
from .functions.conversion import to_string
from .parser import CALENDAR
from .temporal import Temporal
from .temporal_arithmetic import UNITS
from .temporal_arithmetic import add as move
from .values import MATHS, Long, Node, Quantity, system_type

__all__ = ["BINARY", "negated"]

Items = list[Any]
_INTEGER = 2**31
_LONG = 2**63
_DIGITS = 20


def _boolean(found: bool | None) -> Items:
    return [] if found is None else [found]


def _equal(scope: Scope, one_: Items, two: Items) -> Items:
    return _boolean(collections_equal(one_, two, scope.run.environment.timezone))


def _unequal(scope: Scope, one_: Items, two: Items) -> Items:
    same = collections_equal(one_, two, scope.run.environment.timezone)
    return [] if same is None else [not same]


def _equivalent(scope: Scope, one_: Items, two: Items) -> Items:
    return [collections_equivalent(one_, two, scope.run.environment.timezone, scope.run.spend)]


def _not_equivalent(scope: Scope, one_: Items, two: Items) -> Items:
    return [not collections_equivalent(one_, two, scope.run.environment.timezone, scope.run.spend)]


def _ordered(sign: str, test: Callable[[int], bool]) -> Callable[[Scope, Items, Items], Items]:
    def work(scope: Scope, left: Items, right: Items) -> Items:
        first, second = value(left, sign), value(right, sign)
        if first is None or second is None:
            return []
        order = compare(first, second, scope.run.environment.timezone)
        return [] if order is None else [test(order)]

    return work


def _in(_scope: Scope, left: Items, right: Items) -> Items:
    item = one(left, "in")
    return [item in Bag(right)] if left else []


def _contains(scope: Scope, left: Items, right: Items) -> Items:
    one(right, "contains")
    return _in(scope, right, left)


def _union(_scope: Scope, left: Items, right: Items) -> Items:
    return distinct([*left, *right])


def _whole(found: int, *operands: Any) -> Items:
    """An Integer, or a Long when an operand is one; empty when it overflows."""
    if any(isinstance(each, Long) for each in operands):
        return [Long(found)] if -_LONG <= found < _LONG else []
    return [found] if -_INTEGER <= found < _INTEGER else []


def _arithmetic(
    sign: str,
    whole: Callable[[int, int], int] | None,
    decimal: Callable[[Decimal, Decimal], Decimal],
    other: Callable[[Any, Any], Any],
) -> Callable[[Scope, Items, Items], Items]:
    def work(scope: Scope, left: Items, right: Items) -> Items:
        first, second = value(left, sign), value(right, sign)
        if first is None or second is None:
            return []
        if _is_number(first) and _is_number(second):
            if whole and isinstance(first, int) and isinstance(second, int):
                return _whole(whole(first, second), first, second)
            try:
                return [decimal(Decimal(first), Decimal(second))]
            except DecimalException:
                return []
        made = other(first, second)
        if made.__class__ is str:
            scope.run.spend_text(len(made))
        return [] if made is None else [made]

    return work


def _is_number(found: Any) -> bool:
    return isinstance(found, (int, Decimal)) and not isinstance(found, bool)


def _kind(found: Any) -> str:
    return (found.type or "an element") if isinstance(found, Node) else system_type(found)


def _refuse(sign: str, one_: Any, two: Any) -> Any:
    raise evaluation(f"{_kind(one_)} {sign} {_kind(two)} means nothing")


def _moved(found: Temporal, by: Quantity, sign: int) -> Temporal | None:
    unit = by.unit if by.calendar else UNITS.get(by.unit) or CALENDAR.get(by.unit)
    if unit is None:
        raise evaluation(f"a quantity in {by.unit!r} cannot be added to a {found.kind}; write year or month as words")
    return move(found, by.value * sign, unit)


def _add_others(first: Any, second: Any) -> Any:
    match first, second:
        case str(), str():
            return first + second
        case Temporal(), Quantity():
            return _moved(first, second, 1)
        case Quantity(), Quantity():
            return quantities.add(first, second)
        case _:
            return _refuse("+", first, second)


def _subtract_others(first: Any, second: Any) -> Any:
    match first, second:
        case Temporal(), Quantity():
            return _moved(first, second, -1)
        case Quantity(), Quantity():
            return quantities.add(first, second, -1)
        case _:
            return _refuse("-", first, second)


def _as_quantity(found: Any) -> Any:
    return Quantity(Decimal(found), "1") if _is_number(found) else found


def _multiply_others(first: Any, second: Any) -> Any:
    left, right = _as_quantity(first), _as_quantity(second)
    if isinstance(left, Quantity) and isinstance(right, Quantity):
        return quantities.multiply(right, left) if left.unit == "1" else quantities.multiply(left, right)
    return _refuse("*", first, second)


def _divide_others(first: Any, second: Any) -> Any:
    left, right = _as_quantity(first), _as_quantity(second)
    if isinstance(left, Quantity) and isinstance(right, Quantity):
        return quantities.divide(left, right)
    return _refuse("/", first, second)


def _div(first: Decimal, second: Decimal) -> Decimal:
    return MATHS.divide(first, second).to_integral_value(ROUND_DOWN)


def _whole_quotient(scope: Scope, left: Items, right: Items) -> Items:
    made = _DIV(scope, left, right)
    fits = made and made[0].adjusted() < _DIGITS
    return _whole(int(made[0]), value(left, "div"), value(right, "div")) if fits else []


def _modulo(scope: Scope, left: Items, right: Items) -> Items:
    made = _MOD(scope, left, right)
    both = isinstance(value(left, "mod"), int) and isinstance(value(right, "mod"), int)
    return [int(made[0])] if made and both else made


_DIV = _arithmetic("div", None, _div, lambda one_, two: _refuse("div", one_, two))
_MOD = _arithmetic("mod", None, MATHS.remainder, lambda one_, two: _refuse("mod", one_, two))


def _joined(scope: Scope, left: Items, right: Items) -> Items:
    made = _text(left) + _text(right)
    scope.run.spend_text(len(made))
    return [made]


def _text(items: Items) -> str:
    found = value(items, "&")
    if found is None:
        return ""
    text = to_string(found)
    if text is None:
        raise evaluation("& takes Strings")
    return text


def _and(left: bool | None, right: bool | None) -> bool | None:
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def _or(left: bool | None, right: bool | None) -> bool | None:
    if left or right:
        return True
    return None if left is None or right is None else False


def _xor(left: bool | None, right: bool | None) -> bool | None:
    return None if left is None or right is None else left is not right


def _implies(left: bool | None, right: bool | None) -> bool | None:
    return _or(None if left is None else not left, right)


def _logical(
    sign: str, work: Callable[[bool | None, bool | None], bool | None]
) -> Callable[[Scope, Items, Items], Items]:
    return lambda _scope, left, right: _boolean(work(truth(left, sign), truth(right, sign)))


def negated(items: Items, sign: str) -> Items:
    """Polarity, `-x` or `+x`."""
    found = value(items, sign)
    if found is None:
        return []
    if isinstance(found, Quantity):
        return [Quantity(-found.value if sign == "-" else found.value, found.unit, found.calendar)]
    if not _is_number(found):
        raise evaluation(f"{sign} takes a number")
    if sign == "+":
        return [found]
    return [found.copy_negate() if isinstance(found, Decimal) else type(found)(-found)]


BINARY: dict[str, Callable[[Scope, Items, Items], Items]] = {
    "=": _equal,
    "!=": _unequal,
    "~": _equivalent,
    "!~": _not_equivalent,
    "<": _ordered("<", lambda order: order < 0),
    ">": _ordered(">", lambda order: order > 0),
    "<=": _ordered("<=", lambda order: order <= 0),
    ">=": _ordered(">=", lambda order: order >= 0),
    "in": _in,
    "contains": _contains,
    "|": _union,
    "&": _joined,
    "+": _arithmetic("+", int.__add__, MATHS.add, _add_others),
    "-": _arithmetic("-", int.__sub__, MATHS.subtract, _subtract_others),
    "*": _arithmetic("*", int.__mul__, MATHS.multiply, _multiply_others),
    "/": _arithmetic("/", None, MATHS.divide, _divide_others),
    "div": _whole_quotient,
    "mod": _modulo,
    "and": _logical("and", _and),
    "or": _logical("or", _or),
    "xor": _logical("xor", _xor),
    "implies": _logical("implies", _implies),
}
"""Every binary operator, on two collections."""
