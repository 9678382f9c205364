"""Dates, times of day and both together, to the precision they were written with.

https://hl7.org/fhirpath/N1/#date, https://hl7.org/fhirpath/N1/#datetime-equality
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Literal, NamedTuple

__all__ = ["Temporal", "TemporalKind", "compare", "from_datetime", "key", "read", "truncate"]

TemporalKind = Literal["Date", "DateTime", "Time"]

_DATE = r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?"
_CLOCK = r"(\d\d)(?::(\d\d)(?::(\d\d(?:\.\d+)?))?)?"
_SHAPES: dict[TemporalKind, re.Pattern[str]] = {
    "Date": re.compile(_DATE),
    "DateTime": re.compile(rf"{_DATE}(?:T(?:{_CLOCK}(Z|[+-]\d\d:\d\d)?)?)?"),
    "Time": re.compile(_CLOCK),
}
_LOWEST = (1, 1, 1, 0, 0, Decimal(0))
_LIMITS = (9999, 12, 31, 23, 59, Decimal("59.999999999999"))
_DAY = 3


class Temporal(NamedTuple):
    """A Date, DateTime or Time.

    `parts` are year, month, day, hour, minute, seconds as far as they are known (a Time has the last three);
    `offset` is minutes east of UTC, or None.
    """

    kind: TemporalKind
    parts: tuple[int | Decimal, ...]
    offset: int | None = None

    @property
    def text(self) -> str:
        """As FHIR writes it; a DateTime without hour has the form of a date."""
        if self.kind == "Time":
            return ":".join(_two(part) for part in self.parts)
        date = "-".join(f"{part:04}" if at == 0 else f"{part:02}" for at, part in enumerate(self.parts[:_DAY]))
        clock = ":".join(_two(part) for part in self.parts[_DAY:])
        return f"{date}T{clock}{_zone(self.offset)}" if clock else date

    @property
    def precision(self) -> int:
        """Digits of the value as written, as `precision()` counts them: 4 for a year, 17 for milliseconds."""
        first = 4 if self.kind != "Time" else 2
        whole = first + 2 * (len(self.parts) - 1)
        last = self.parts[-1]
        return whole + _places(last) if isinstance(last, Decimal) else whole


def _two(part: int | Decimal) -> str:
    return f"{part:02}" if isinstance(part, int) else f"{part:0{3 + _places(part) if _places(part) else 2}f}"


def _places(part: Decimal) -> int:
    exponent = part.as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def _zone(offset: int | None) -> str:
    if offset is None:
        return ""
    if offset == 0:
        return "Z"
    hours, minutes = divmod(abs(offset), 60)
    return f"{'-' if offset < 0 else '+'}{hours:02}:{minutes:02}"


def read(kind: TemporalKind, text: str) -> Temporal | None:
    """Read ISO 8601 text of that kind, or None when it is none."""
    found = _SHAPES[kind].fullmatch(text)
    if not found:
        return None
    groups = found.groups()
    zone = groups[6] if kind == "DateTime" else None
    written = [part for part in (groups[:6] if kind == "DateTime" else groups) if part is not None]
    seconds_at = 5 if kind == "DateTime" else 2 if kind == "Time" else -1
    parts = tuple(Decimal(part) if at == seconds_at else int(part) for at, part in enumerate(written))
    return Temporal(kind, parts, _offset(zone)) if _possible(kind, parts) else None


def _offset(zone: str | None) -> int | None:
    if zone is None:
        return None
    if zone == "Z":
        return 0
    minutes = 60 * int(zone[1:3]) + int(zone[4:6])
    return -minutes if zone[0] == "-" else minutes


def _possible(kind: TemporalKind, parts: tuple[int | Decimal, ...]) -> bool:
    first = 0 if kind != "Time" else _DAY
    for low, part, high in zip(_LOWEST[first:], parts, _LIMITS[first:], strict=False):
        if not low <= part <= high and not (isinstance(part, Decimal) and part == 60):  # noqa: PLR2004  a leap second
            return False
    return first > 0 or len(parts) < _DAY or parts[2] <= monthrange(int(parts[0]), int(parts[1]))[1]


def from_datetime(kind: TemporalKind, moment: datetime) -> Temporal:
    """A moment to milliseconds, as one of the three kinds."""
    seconds = Decimal(moment.second) + Decimal(moment.microsecond // 1000).scaleb(-3)
    date, clock = (moment.year, moment.month, moment.day), (moment.hour, moment.minute, seconds)
    if kind == "Date":
        return Temporal(kind, date)
    if kind == "Time":
        return Temporal(kind, clock)
    offset = moment.utcoffset()
    return Temporal(kind, date + clock, None if offset is None else round(offset.total_seconds() / 60))


def truncate(value: Temporal, kind: TemporalKind) -> Temporal:
    """A DateTime as a Date, or a Date as a DateTime."""
    return Temporal(kind, value.parts[:_DAY]) if kind == "Date" else Temporal(kind, value.parts, value.offset)


def compare(one: Temporal, two: Temporal, zone: tzinfo | None = None) -> int | None:
    """-1, 0 or 1; None when the precision or a missing time zone leaves it open.

    `zone` stands for the offset of a value that has none, when the other has one.
    """
    if one.kind != "Time":
        one, two = _aligned(one, two, zone)
        if (one.offset is None) != (two.offset is None):
            return _far_apart(one, two)
    for mine, other in zip(one.parts, two.parts, strict=False):
        if mine != other:
            return -1 if mine < other else 1
    return 0 if len(one.parts) == len(two.parts) else None


def key(value: Temporal) -> tuple[object, ...]:
    """Something hashable, alike for two values that `compare` finds equal when no zone is given, and for no others."""
    if value.kind == "Time":
        return ("time", value.parts)
    return ("moment", _in_utc(value).parts, value.offset is None)


def _aligned(one: Temporal, two: Temporal, zone: tzinfo | None) -> tuple[Temporal, Temporal]:
    if one.offset is None and two.offset is None:
        return one, two
    if zone is not None:
        one, two = _placed(one, zone), _placed(two, zone)
    return (one, two) if one.offset == two.offset else (_in_utc(one), _in_utc(two))


def _placed(value: Temporal, zone: tzinfo) -> Temporal:
    """With the offset that the zone has at that moment, when the value has a time of day and no offset."""
    if value.offset is not None or len(value.parts) <= _DAY:
        return value
    offset = _naive(value).replace(tzinfo=zone).utcoffset()
    return Temporal(value.kind, value.parts, None if offset is None else round(offset.total_seconds() / 60))


def _naive(value: Temporal) -> datetime:
    numbers = [int(part) for part in value.parts] + [int(part) for part in _LOWEST[len(value.parts) :]]
    year, month, day, hour, minute, second = numbers
    return datetime(year, month, day, hour, minute, min(second, 59))  # noqa: DTZ001  the offset is kept beside it


def _in_utc(value: Temporal) -> Temporal:
    if not value.offset:
        return value
    try:
        moved = _naive(value) - timedelta(minutes=value.offset)
    except OverflowError:
        return value
    parts = (moved.year, moved.month, moved.day, moved.hour, moved.minute)
    seconds = value.parts[5:]  # an offset is whole minutes, so they stay as they are
    return Temporal(value.kind, (*parts, *seconds)[: len(value.parts)], 0)


def _far_apart(one: Temporal, two: Temporal) -> int | None:
    """Order of two moments of which one has no zone: known only beyond what zones can differ by, -12 to +14 hours."""
    if min(len(one.parts), len(two.parts)) < _DAY:
        return compare(Temporal("DateTime", one.parts), Temporal("DateTime", two.parts)) or None
    gap = _naive(one) - _naive(two)
    if abs(gap) <= timedelta(hours=24 + 14):
        return None
    return -1 if gap < timedelta(0) else 1
