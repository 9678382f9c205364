"""Time between two moments, in whole units: elapsed (duration) or boundaries crossed (difference).

https://build.fhir.org/ig/HL7/FHIRPath/#duration
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from .errors import evaluation
from .parser import CALENDAR
from .temporal import Temporal

__all__ = ["between"]

_POSITION = {"year": 0, "month": 1, "week": 2, "day": 2, "hour": 3, "minute": 4, "second": 5, "millisecond": 5}
_MICROSECONDS = {
    "week": 604_800_000_000,
    "day": 86_400_000_000,
    "hour": 3_600_000_000,
    "minute": 60_000_000,
    "second": 1_000_000,
    "millisecond": 1000,
}


def between(one: Any, two: Any, unit: str, *, whole: bool) -> int | None:
    """Units from `one` to `two`, negative when `two` is earlier; None when a value is not that precise.

    With `whole` only complete units count; else every boundary between. Raises `FhirPathError`.
    """
    word = CALENDAR.get(unit)
    if word is None or not isinstance(one, Temporal) or not isinstance(two, Temporal):
        raise evaluation("duration() and difference() take two dates or times and a calendar unit")
    needed = _POSITION[word] - (3 if one.kind == "Time" else 0)
    if (one.kind == "Time") != (two.kind == "Time") or needed < 0:
        raise evaluation("duration() and difference() take two values of one kind and a unit they have")
    if min(len(one.parts), len(two.parts)) <= needed:
        return None
    first, second = _moment(one, two), _moment(two, one)
    if not whole:
        first, second = _floor(first, word), _floor(second, word)
    if word in {"year", "month"}:
        months = _months(first, second)
        return int(months / 12) if word == "year" else months
    return int(Decimal((second - first) // timedelta(microseconds=1)) / _MICROSECONDS[word])


def _moment(value: Temporal, other: Temporal) -> datetime:
    parts = value.parts if value.kind != "Time" else (2000, 1, 1, *value.parts)
    numbers = [int(part) for part in parts] + [1, 1, 1, 0, 0, 0][len(parts) :]
    year, month, day, hour, minute, second = numbers
    last = parts[5] if len(parts) > 5 else Decimal(0)  # noqa: PLR2004  the place of seconds
    made = datetime(year, month, day, hour, minute, min(second, 59), int(last % 1 * 1_000_000))  # noqa: DTZ001
    both = value.offset is not None and other.offset is not None
    return made - timedelta(minutes=value.offset or 0) if both and value.offset != other.offset else made


def _floor(moment: datetime, unit: str) -> datetime:
    if unit == "week":
        moment -= timedelta(days=(moment.weekday() + 1) % 7)
    kept = _POSITION[unit]
    numbers = [moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second][: kept + 1]
    rest = [1, 1, 1, 0, 0, 0][kept + 1 :]
    floor = datetime(*numbers, *rest)  # type: ignore[arg-type]  # noqa: DTZ001
    return floor + timedelta(milliseconds=moment.microsecond // 1000) if unit == "millisecond" else floor


def _months(first: datetime, second: datetime) -> int:
    """Complete months from one to the other."""
    if second < first:
        return -_months(second, first)
    months = (second.year - first.year) * 12 + second.month - first.month
    rest = (second.day, second.time()) < (first.day, first.time())
    return months - 1 if rest else months
