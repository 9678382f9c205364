"""Functions: abs() to truncate().

https://hl7.org/fhirpath/N1/#math
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, Decimal, DecimalException
from typing import Any

from samspil_fhirpath.collections import integer, number
from samspil_fhirpath.environment import Scope
from samspil_fhirpath.errors import evaluation
from samspil_fhirpath.values import MATHS, Long, Quantity

from .registry import Items, values

_DIGITS = 60
_MAXIMUM = Decimal(10) ** _DIGITS


def _made(work: Callable[[], Any]) -> Items:
    """What the work gives, or nothing when it overflows or has no answer."""
    try:
        found = work()
    except (DecimalException, OverflowError, ZeroDivisionError, ValueError):
        return []
    if found is None or (
        isinstance(found, (int, Decimal)) and (not Decimal(found).is_finite() or abs(found) > _MAXIMUM)
    ):
        return []
    return [found]


def _numeric(items: Items, what: str) -> Decimal | None:
    found = number(items, what)
    if isinstance(found, Quantity):
        raise evaluation(f"{what} takes a number, no Quantity")
    if found is None:
        return None
    value = Decimal(found)
    if value.adjusted() > _DIGITS:
        raise evaluation(f"{what}: a number is too large to reckon with")
    return value


def _unary(name: str, work: Callable[[Decimal], Any]) -> None:
    def body(_scope: Scope, items: Items) -> Items:
        found = _numeric(items, f"{name}()")
        return [] if found is None else _made(lambda: work(found))

    values(name)(body)


def _whole(rounding: str) -> Callable[[Decimal], int]:
    return lambda found: int(found.to_integral_value(rounding))


def _positive(work: Callable[[Decimal], Decimal], *, zero: bool) -> Callable[[Decimal], Decimal | None]:
    return lambda found: work(found) if found > 0 or (zero and found == 0) else None


_FUNCTIONS: tuple[tuple[str, Callable[[Decimal], Any]], ...] = (
    ("ceiling", _whole(ROUND_CEILING)),
    ("floor", _whole(ROUND_FLOOR)),
    ("truncate", _whole(ROUND_DOWN)),
    ("exp", MATHS.exp),
    ("ln", _positive(MATHS.ln, zero=False)),
    ("sqrt", _positive(MATHS.sqrt, zero=True)),
)
for _name, _work in _FUNCTIONS:
    _unary(_name, _work)


@values("abs")
def _abs(_scope: Scope, items: Items) -> Items:
    found = number(items, "abs()")
    if isinstance(found, Quantity):
        return [Quantity(abs(found.value), found.unit, found.calendar)]
    return [] if found is None else [found.copy_abs() if isinstance(found, Decimal) else type(found)(abs(found))]


@values("log", 1)
def _log(_scope: Scope, items: Items, base: Items) -> Items:
    found, root = _numeric(items, "log()"), _numeric(base, "log()")
    if found is None or root is None or found <= 0 or root <= 0 or root == 1:
        return []
    return _made(lambda: _tidy(MATHS.divide(MATHS.ln(found), MATHS.ln(root))))


def _tidy(found: Decimal) -> Decimal:
    """Rounded to 30 digits, so that log(100, 10) is 2."""
    return +found.quantize(Decimal(1).scaleb(-28), ROUND_HALF_UP, context=MATHS).normalize()


@values("power", 1)
def _power(_scope: Scope, items: Items, exponent: Items) -> Items:
    found, raised = number(items, "power()"), number(exponent, "power()")
    if found is None or raised is None:
        return []
    if isinstance(found, Quantity) or isinstance(raised, Quantity):
        raise evaluation("power() takes numbers, no Quantity")
    if isinstance(found, int) and isinstance(raised, int) and raised >= 0:
        largest = 2**63 if isinstance(found, Long) else 2**31
        whole = _made(lambda: int(_power_of(Decimal(found), Decimal(raised))))
        return whole if whole and -largest <= whole[0] < largest else []
    return _made(lambda: _power_of(Decimal(found), Decimal(raised)))


def _power_of(found: Decimal, raised: Decimal) -> Decimal:
    made = MATHS.power(found, raised)
    if not made.is_finite() or abs(made) > _MAXIMUM:
        raise OverflowError
    whole = made.to_integral_value()
    return whole if raised != raised.to_integral_value() and abs(made - whole) < Decimal("1e-25") else made


@values("round", 0, 1)
def _round(_scope: Scope, items: Items, places: Items | None = None) -> Items:
    found = number(items, "round()")
    digits = 0 if places is None else integer(places, "round()")
    if found is None or digits is None:
        return []
    if digits < 0:
        raise evaluation("round() takes a precision of 0 or more")
    if isinstance(found, Quantity):
        return [Quantity(_rounded(found.value, digits), found.unit, found.calendar)]
    return _made(lambda: _rounded(Decimal(found), digits))


def _rounded(found: Decimal, digits: int) -> Decimal:
    return found if _fits(found, digits) else found.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, context=MATHS)


def _fits(found: Decimal, digits: int) -> bool:
    exponent = found.as_tuple().exponent
    return isinstance(exponent, int) and -exponent <= digits
