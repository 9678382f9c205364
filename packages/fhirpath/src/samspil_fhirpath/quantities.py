"""Quantities compared and reckoned with.

https://hl7.org/fhirpath/N1/#quantity-equality
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from .temporal_arithmetic import UNITS
from .values import MATHS, Quantity

if TYPE_CHECKING:  # both are loaded when two different units first meet
    from fractions import Fraction

    from .units import Unit

__all__ = ["add", "comparable", "compare", "divide", "equivalent", "multiply", "text"]

_CALENDAR = {
    "second": "s",
    "millisecond": "ms",
    "minute": "min",
    "hour": "h",
    "day": "d",
    "week": "wk",
    "month": "mo",
    "year": "a",
}
_INDEFINITE = {"year", "month"}
_LARGEST = 200
"""The exponent beyond which a value is not converted."""


def text(value: Quantity) -> str:
    """As toString() writes it: `1 'mg'`, `1 week`."""
    return f"{value.value:f} {value.unit}" if value.calendar else f"{value.value:f} '{value.unit}'"


def _code(value: Quantity) -> str:
    return _CALENDAR[value.unit] if value.calendar else value.unit


def _mixed(one: Quantity, two: Quantity) -> bool:
    """Whether a year or month of the calendar meets a unit of definite length: nobody knows which is longer."""
    if one.calendar == two.calendar:
        return one.calendar and (one.unit in _INDEFINITE) != (two.unit in _INDEFINITE)
    word = one if one.calendar else two
    other = two if one.calendar else one
    return word.unit in _INDEFINITE or other.unit not in UNITS


def _number(value: Decimal, scale: Unit) -> Fraction:
    return scale.factor * _exact(value) + scale.offset


def _exact(value: Decimal) -> Fraction:
    from fractions import Fraction

    if abs(value.adjusted()) > _LARGEST:
        raise OverflowError
    return Fraction(value)


def _scaled(one: Quantity, two: Quantity) -> tuple[Unit, Unit] | None:
    from .units import unit

    left, right = unit(_code(one)), unit(_code(two))
    return (left, right) if left and right and left.dimensions == right.dimensions else None


def comparable(one: Quantity, two: Quantity) -> bool:
    """Whether both measure the same dimension."""
    return _code(one) == _code(two) or _scaled(one, two) is not None


def compare(one: Quantity, two: Quantity) -> int | None:
    """-1, 0, 1, or None when the units cannot be compared."""
    if one.unit == two.unit and one.calendar == two.calendar:
        return _order(one.value, two.value)
    if _mixed(one, two):
        return None
    scales = _scaled(one, two)
    return scales and _order(_number(one.value, scales[0]), _number(two.value, scales[1]))


def _order(one: Decimal | Fraction, two: Decimal | Fraction) -> int:
    return (one > two) - (one < two)


def equivalent(one: Quantity, two: Quantity) -> bool:
    """Equal to the precision of the less precise one; calendar words count as their UCUM units."""
    scales = (_one(), _one()) if _code(one) == _code(two) else _scaled(one, two)
    if scales is None:
        return False
    coarse, fine, factors = (
        (one, two, scales) if _step(one, scales[0]) >= _step(two, scales[1]) else (two, one, scales[::-1])
    )
    converted = (_number(fine.value, factors[1]) - factors[0].offset) / factors[0].factor
    exponent = Decimal(1).scaleb(int(coarse.value.as_tuple().exponent))
    return _rounded(converted, exponent) == coarse.value


def _one() -> Unit:
    from .units import unit

    found = unit("1")
    assert found is not None  # noqa: S101  it is there whatever else is
    return found


def _step(value: Quantity, scale: Unit) -> Fraction:
    return _exact(Decimal(1).scaleb(int(value.value.as_tuple().exponent))) * scale.factor


def _rounded(value: Fraction, step: Decimal) -> Decimal:
    exact = MATHS.divide(Decimal(value.numerator), Decimal(value.denominator))
    return exact.quantize(step, ROUND_HALF_UP, context=MATHS)


def add(one: Quantity, two: Quantity, sign: int = 1) -> Quantity | None:
    """Sum (or difference), in the unit of the first; None when the units do not go together."""
    other = two.value * sign
    if one.unit == two.unit and one.calendar == two.calendar:
        return Quantity(MATHS.add(one.value, other), one.unit, one.calendar)
    scales = None if _mixed(one, two) else _scaled(one, two)
    if scales is None or scales[0].offset or scales[1].offset:
        return None
    factor = scales[1].factor / scales[0].factor
    return Quantity(MATHS.add(one.value, _decimal(_exact(other) * factor)), one.unit, one.calendar)


def _decimal(value: Fraction) -> Decimal:
    found = MATHS.divide(Decimal(value.numerator), Decimal(value.denominator))
    return found.normalize() if found.as_tuple().exponent < -20 else found  # type: ignore[operator]  # noqa: PLR2004


def multiply(one: Quantity, two: Quantity) -> Quantity | None:
    """Product, in base units when both have one."""
    return _combined(one, two, 1)


def divide(one: Quantity, two: Quantity) -> Quantity | None:
    """Quotient; None for a divisor of 0."""
    return _combined(one, two, -1) if two.value else None


def _combined(one: Quantity, two: Quantity, sign: int) -> Quantity | None:
    value = MATHS.multiply(one.value, two.value) if sign > 0 else MATHS.divide(one.value, two.value)
    if two.unit == "1":
        return Quantity(value, one.unit, one.calendar)
    if one.unit == two.unit and sign < 0:
        return Quantity(value, "1")
    from .units import product, unit

    whole = product(unit(_code(one)), unit(_code(two)), sign)
    if whole is None:
        return None
    name = ".".join(f"{base}{power if power != 1 else ''}" for base, power in whole.dimensions) or "1"
    return Quantity(MATHS.multiply(value, _decimal(whole.factor)), name)
