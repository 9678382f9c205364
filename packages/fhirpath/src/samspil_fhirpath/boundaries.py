"""The least and the greatest value that a value of limited precision can mean.

https://build.fhir.org/ig/HL7/FHIRPath/#lowboundary
"""

from __future__ import annotations

from calendar import monthrange
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal
from typing import Any

from .temporal import Temporal
from .values import Quantity

__all__ = ["high_boundary", "low_boundary", "precision"]

_MAXIMUM = 28
_EXACT = Context(prec=90)
_POSITIONS = {"Date": (4, 6, 8), "DateTime": (4, 6, 8, 10, 12, 14, 17), "Time": (2, 4, 6, 9)}
_EAST, _WEST = 14 * 60, -12 * 60


def low_boundary(value: Any, digits: int | None) -> Any:
    """The least possible value, to so many digits; None where there is none."""
    return _boundary(value, digits, low=True)


def high_boundary(value: Any, digits: int | None) -> Any:
    """The greatest possible value, to so many digits; None where there is none."""
    return _boundary(value, digits, low=False)


def _boundary(value: Any, digits: int | None, *, low: bool) -> Any:
    match value:
        case bool():
            return None
        case int() | Decimal():
            return _of_decimal(Decimal(value), digits, low=low)
        case Quantity():
            number = _of_decimal(value.value, digits, low=low)
            return None if number is None else Quantity(number, value.unit, value.calendar)
        case Temporal():
            return _of_temporal(value, digits, low=low)
        case _:
            return None


def _of_decimal(value: Decimal, digits: int | None, *, low: bool) -> Decimal | None:
    places = 8 if digits is None else digits
    if not 0 <= places <= _MAXIMUM:
        return None
    exponent = int(value.as_tuple().exponent)
    half = Decimal(5).scaleb(min(exponent, 0) - 1)
    if value.is_signed() and value:
        return _rounded(
            -_EXACT.subtract(abs(value), half) if not low else -_EXACT.add(abs(value), half), places, up=low
        )
    if not value and low:
        return _rounded(-half, places, up=True)
    moved = _EXACT.subtract(value, half) if low else _EXACT.add(value, half)
    return _rounded(moved, places, up=not low)


def _rounded(value: Decimal, places: int, *, up: bool) -> Decimal:
    """Away from the value when `up`, by half; toward it else: a boundary that is cut never says more than was known."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP if up else ROUND_DOWN, context=_EXACT)


def _of_temporal(value: Temporal, digits: int | None, *, low: bool) -> Temporal | None:
    positions = _POSITIONS[value.kind]
    wanted = positions[-1] if digits is None else digits
    if wanted not in positions:
        return None
    count = positions.index(wanted) + 1
    parts = _filled(value, low=low)
    milliseconds = wanted in {17, 9}
    if milliseconds:
        count -= 1
    elif count == (3 if value.kind == "Time" else 6):
        last = Decimal(int(parts[count - 1]))
        parts = (*parts[: count - 1], last)
    parts = parts[:count]
    if value.kind != "DateTime" or len(parts) <= 3:  # noqa: PLR2004  a date alone has no zone
        return Temporal(value.kind, parts)
    offset = value.offset if value.offset is not None else _EAST if low else _WEST
    return Temporal("DateTime", parts, offset)


def _filled(value: Temporal, *, low: bool) -> tuple[int | Decimal, ...]:
    """All parts, those not known at their least or greatest, seconds to milliseconds."""
    parts = list(value.parts)
    if value.kind != "Time":
        if len(parts) < 2:  # noqa: PLR2004  year alone
            parts.append(1 if low else 12)
        if len(parts) < 3:  # noqa: PLR2004  year and month
            parts.append(1 if low else monthrange(int(parts[0]), int(parts[1]))[1])
    first = 0 if value.kind == "Time" else 3
    if len(parts) <= first:
        parts.append(0 if low else 23)
    if len(parts) <= first + 1:
        parts.append(0 if low else 59)
    if len(parts) <= first + 2:
        parts.append(Decimal("0.000") if low else Decimal("59.999"))
    seconds = Decimal(parts[first + 2])
    exponent = int(seconds.as_tuple().exponent)
    rest = Decimal(0) if low or exponent == 0 else Decimal(1).scaleb(exponent) - Decimal("0.001")
    whole = seconds + Decimal("0.999") if exponent == 0 and not low else seconds + max(rest, Decimal(0))
    return (*parts[: first + 2], whole.quantize(Decimal("0.001"), ROUND_DOWN))


def precision(value: Any) -> int | None:
    """Digits after the point of a number; digits of a date or time."""
    match value:
        case bool():
            return None
        case int() | Decimal():
            exponent = int(Decimal(value).as_tuple().exponent)
            return max(0, -exponent)
        case Quantity():
            return precision(value.value)
        case Temporal():
            return value.precision
        case _:
            return None
