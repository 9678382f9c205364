"""Adding a time-valued quantity to a date or time.

https://hl7.org/fhirpath/N1/#datetime-arithmetic
"""

from __future__ import annotations

from calendar import monthrange
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal

from .errors import evaluation
from .temporal import Temporal

__all__ = ["UNITS", "add"]

UNITS = {
    "s": "second",
    "ms": "millisecond",
    "min": "minute",
    "h": "hour",
    "d": "day",
    "wk": "week",
}
"""UCUM units of definite length that stand for a calendar word; `a` and `mo` are not of one length with year and month."""

_POSITION = {"year": 0, "month": 1, "day": 2, "hour": 3, "minute": 4, "second": 5}
_DOWN = {
    "year": ("month", 12),
    "month": ("day", 30),
    "day": ("hour", 24),
    "hour": ("minute", 60),
    "minute": ("second", 60),
}
_SECONDS = {"day": 86400, "hour": 3600, "minute": 60, "second": 1}


def add(value: Temporal, amount: Decimal, unit: str) -> Temporal | None:
    """`value` plus so many of a calendar unit (singular word), to the precision of `value`; None beyond year 9999.

    Fractions count for seconds and milliseconds alone. Raises `FhirPathError` for a unit a Time cannot take.
    """
    if unit == "week":
        unit, amount = "day", _whole(amount) * 7
    if unit == "millisecond":
        unit, amount = "second", amount / 1000
    if unit not in _POSITION:
        raise evaluation(f"a quantity in {unit!r} cannot be added to a {value.kind}")
    if value.kind == "Time":
        return _add_to_time(value, amount, unit)
    unit, amount = _to_precision(value, amount, unit)
    try:
        return _add_months(value, amount, unit) if unit in {"year", "month"} else _add_time(value, amount, unit)
    except (OverflowError, ValueError):
        return None


def _whole(amount: Decimal) -> Decimal:
    return amount.to_integral_value(ROUND_DOWN)


def _to_precision(value: Temporal, amount: Decimal, unit: str) -> tuple[str, Decimal]:
    """The amount in the finest unit the value has, when it was given in a finer one."""
    last = len(value.parts) - 1
    names = list(_POSITION)
    amount = amount if unit == "second" else _whole(amount)
    while _POSITION[unit] > last:
        coarser = names[_POSITION[unit] - 1]
        unit, amount = coarser, _whole(amount / _DOWN[coarser][1])
    return unit, amount


def _add_months(value: Temporal, amount: Decimal, unit: str) -> Temporal:
    year, month = int(value.parts[0]), int(value.parts[1]) if len(value.parts) > 1 else 1
    months = year * 12 + month - 1 + int(amount) * (12 if unit == "year" else 1)
    year, month = divmod(months, 12)
    if not 1 <= year <= 9999:  # noqa: PLR2004  the years there are
        raise OverflowError
    parts: list[int | Decimal] = [year, month + 1, *value.parts[2:]][: len(value.parts)]
    if len(parts) > 2:  # noqa: PLR2004  it has a day
        parts[2] = min(int(parts[2]), monthrange(year, month + 1)[1])
    return Temporal(value.kind, tuple(parts), value.offset)


def _add_time(value: Temporal, amount: Decimal, unit: str) -> Temporal:
    numbers = [int(part) for part in value.parts] + [1, 1, 1, 0, 0, 0][len(value.parts) :]
    seconds = Decimal(value.parts[5]) if len(value.parts) > 5 else Decimal(0)  # noqa: PLR2004  the place of seconds
    start = datetime(*numbers[:5])  # type: ignore[arg-type]  # noqa: DTZ001  the offset is kept beside it
    total = seconds + amount * _SECONDS[unit]
    whole = int(total.to_integral_value("ROUND_FLOOR"))
    moved = start + timedelta(seconds=whole)
    rest = Decimal(moved.second) + (total - whole)
    parts = (moved.year, moved.month, moved.day, moved.hour, moved.minute, rest)
    return Temporal(value.kind, parts[: len(value.parts)], value.offset)


def _add_to_time(value: Temporal, amount: Decimal, unit: str) -> Temporal:
    if unit not in {"hour", "minute", "second"}:
        raise evaluation(f"a quantity in {unit!r} cannot be added to a Time")
    amount = amount if unit == "second" else _whole(amount)
    numbers = [*value.parts, 0, 0][:3]
    total = (numbers[0] * 3600 + numbers[1] * 60 + numbers[2] + amount * _SECONDS[unit]) % 86400
    total = total if total >= 0 else total + 86400
    hour, rest = divmod(total, 3600)
    minute, second = divmod(rest, 60)
    return Temporal("Time", (int(hour), int(minute), second)[: len(value.parts)])
