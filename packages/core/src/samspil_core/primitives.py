"""FHIR R4 dates, times and decimals, strictly read, with their precision kept.

https://hl7.org/fhir/R4/datatypes.html#primitive
"""

import re
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Literal

__all__ = [
    "NotAPrimitive",
    "Precision",
    "PrimitiveKind",
    "Temporal",
    "TemporalKind",
    "Time",
    "ZoneNeeded",
    "format_decimal",
    "parse_date",
    "parse_date_time",
    "parse_decimal",
    "parse_instant",
    "parse_time",
]

TemporalKind = Literal["date", "dateTime", "instant"]
"""The primitives that are a stretch of the time line."""

PrimitiveKind = Literal["date", "dateTime", "instant", "time", "decimal"]
"""The primitives that this module reads."""

Precision = Literal["year", "month", "day", "second", "fraction"]
"""How much of a date or time was said. R4 has no minutes alone: seconds go with them."""

_YEAR = r"(?P<year>(?!0000)[0-9]{4})"
_MONTH = r"-(?P<month>0[1-9]|1[0-2])"
_DAY = r"-(?P<day>0[1-9]|[12][0-9]|3[01])"
_CLOCK = r"(?P<hour>[01][0-9]|2[0-3]):(?P<minute>[0-5][0-9]):(?P<second>[0-5][0-9]|60)(?:\.(?P<fraction>[0-9]+))?"
_ZONE = r"(?P<zone>Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"

_SHAPES: dict[TemporalKind, tuple[re.Pattern[str], str]] = {
    "date": (
        re.compile(f"{_YEAR}(?:{_MONTH}(?:{_DAY})?)?"),
        "not of the form YYYY, YYYY-MM or YYYY-MM-DD",
    ),
    "dateTime": (
        re.compile(f"{_YEAR}(?:{_MONTH}(?:{_DAY}(?:T{_CLOCK}{_ZONE})?)?)?"),
        "not of the form YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss+zz:zz",
    ),
    "instant": (
        re.compile(f"{_YEAR}{_MONTH}{_DAY}T{_CLOCK}{_ZONE}"),
        "not of the form YYYY-MM-DDThh:mm:ss+zz:zz",
    ),
}
_TIME = re.compile(_CLOCK)
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


class NotAPrimitive(ValueError):
    """A text is not the FHIR primitive it should be. Holds which one and why, never the text."""

    def __init__(self, kind: PrimitiveKind, why: str) -> None:
        super().__init__(f"not a FHIR {kind}: {why}")
        self.kind = kind
        self.why = why


class ZoneNeeded(ValueError):
    """A date without a zone has bounds only in some zone, and none was given."""

    def __init__(self) -> None:
        super().__init__("this value has no zone of its own: pass the zone it is meant in")


@dataclass(frozen=True, slots=True)
class Temporal:
    """A date, dateTime or instant: the stretch of time that its text names. `str()` gives the exact text.

    `offset` is minutes east of UTC, or None when the text has no zone. The text stays out of the repr, since a
    date can tell who a person is.
    """

    kind: TemporalKind
    text: str = field(repr=False)
    precision: Precision
    offset: int | None
    _first: datetime = field(repr=False, compare=False)
    _last: datetime = field(repr=False, compare=False)

    def __str__(self) -> str:
        return self.text

    def earliest(self, zone: tzinfo | None = None) -> datetime:
        """The first microsecond the text can mean, aware of its zone; `zone` is for a text that has none.

        A leap second counts as the last microsecond of the second before it. Raises `ZoneNeeded`.
        """
        return self._first.replace(tzinfo=self._zone(zone))

    def latest(self, zone: tzinfo | None = None) -> datetime:
        """The last microsecond the text can mean, itself included: 2020 ends at 2020-12-31T23:59:59.999999.

        As `earliest` otherwise.
        """
        return self._last.replace(tzinfo=self._zone(zone), fold=1)

    def _zone(self, zone: tzinfo | None) -> tzinfo:
        if self.offset is not None:
            return timezone(timedelta(minutes=self.offset))
        if zone is None:
            raise ZoneNeeded
        return zone


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day, of no particular day and in no zone. `str()` gives the exact text."""

    text: str = field(repr=False)
    precision: Precision
    _first: time = field(repr=False, compare=False)
    _last: time = field(repr=False, compare=False)

    def __str__(self) -> str:
        return self.text

    def earliest(self) -> time:
        """The first microsecond the text can mean; a leap second is the last one of the second before it."""
        return self._first

    def latest(self) -> time:
        """The last microsecond the text can mean, itself included."""
        return self._last


def parse_date(text: str) -> Temporal:
    """Read a date: https://hl7.org/fhir/R4/datatypes.html#date. Raises `NotAPrimitive`."""
    return _temporal("date", text)


def parse_date_time(text: str) -> Temporal:
    """Read a dateTime: https://hl7.org/fhir/R4/datatypes.html#dateTime. Raises `NotAPrimitive`.

    24:00 is refused; second 60 is allowed, for leap seconds; a time needs its seconds and its zone.
    """
    return _temporal("dateTime", text)


def parse_instant(text: str) -> Temporal:
    """Read an instant: https://hl7.org/fhir/R4/datatypes.html#instant. Raises `NotAPrimitive`."""
    return _temporal("instant", text)


def parse_time(text: str) -> Time:
    """Read a time of day: https://hl7.org/fhir/R4/datatypes.html#time. Raises `NotAPrimitive`."""
    found = _TIME.fullmatch(text)
    if not found:
        raise NotAPrimitive("time", "not of the form hh:mm:ss")
    first, last = _clock(found)
    return Time(text, "fraction" if found["fraction"] else "second", first, last)


def _temporal(kind: TemporalKind, text: str) -> Temporal:
    shape, why = _SHAPES[kind]
    found = shape.fullmatch(text)
    if not found:
        raise NotAPrimitive(kind, why)
    parts = found.groupdict()
    year, month, day = int(parts["year"]), int(parts["month"] or 0), int(parts["day"] or 0)
    length = monthrange(year, month or 12)[1]
    if day > length:
        raise NotAPrimitive(kind, "no such day in that month")
    first, last = _clock(found) if parts.get("hour") else (time.min, time.max)
    return Temporal(
        kind,
        text,
        _precision(parts),
        _offset(parts.get("zone")),
        datetime.combine(datetime(year, month or 1, day or 1), first),  # noqa: DTZ001  the zone comes later
        datetime.combine(datetime(year, month or 12, day or length), last),  # noqa: DTZ001
    )


def _precision(parts: dict[str, str | None]) -> Precision:
    for part in ("fraction", "second", "day", "month"):
        if parts.get(part):
            return part
    return "year"


def _clock(found: re.Match[str]) -> tuple[time, time]:
    hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"])
    if second == 60:  # noqa: PLR2004  the leap second
        leap = time(hour, minute, 59, 999_999)
        return leap, leap
    digits = (found["fraction"] or "")[:6]
    return (
        time(hour, minute, second, int(digits.ljust(6, "0"))),
        time(hour, minute, second, int(digits.ljust(6, "9"))),
    )


def _offset(zone: str | None) -> int | None:
    if zone is None:
        return None
    if zone == "Z":
        return 0
    minutes = 60 * int(zone[1:3]) + int(zone[4:6])
    return -minutes if zone.startswith("-") else minutes


def parse_decimal(text: str) -> Decimal:
    """Read a decimal, with its zeros: https://hl7.org/fhir/R4/datatypes.html#decimal. Raises `NotAPrimitive`."""
    if not _DECIMAL.fullmatch(text):
        raise NotAPrimitive("decimal", "not digits with an optional sign, fraction and exponent")
    try:
        return Decimal(text)
    except ArithmeticError:
        pass
    raise NotAPrimitive("decimal", "an exponent too large to hold")


def format_decimal(value: Decimal) -> str:
    """The text of a decimal, with all its zeros, as `str()` and as `dumps` write it.

    Digits are never added or lost, so a number whose precision plain digits cannot show has an exponent
    (1E+2 is not 100). Raises `NotAPrimitive` for NaN and Infinity, which FHIR does not have.
    """
    if not value.is_finite():
        raise NotAPrimitive("decimal", "NaN or Infinity")
    return str(value)
