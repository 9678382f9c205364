"""HL7 v2 dates and times as FHIR text, with their precision and offset; never with the machine's zone.

HL7 v2.9 chapter 2A, DTM (https://www.hl7.eu/HL7v2x/v29/std29/ch02a.html); FHIR R4 dateTime
(https://hl7.org/fhir/R4/datatypes.html#dateTime): seconds may be zero-filled, a time needs an offset.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

_DTM = re.compile(r"(\d{4})(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(\.\d+)?)?)?)?)?)?[ ]?(Z|[+-]\d\d(?:\d\d)?)?$")
_ISO = re.compile(r"(\d{4})-(\d\d)(?:-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?)?)?(Z|[+-]\d\d:?\d\d)?$")
_TM = re.compile(r"(\d\d)(?::?(\d\d)(?::?(\d\d)(\.\d+)?)?)?(?:[+-]\d{4})?$")


class When(NamedTuple):
    """A date or time as FHIR text: `date` to the day at most, `time` `T10:30:00`, `offset` `+01:00`; empty where not given."""

    date: str
    time: str
    offset: str


@lru_cache(maxsize=4096)
def read(text: str) -> When | None:
    """Read an HL7 v2 DTM, DT or TS text (or its ISO 8601 spelling); None where it is no date of the calendar.

    >>> read("202401311530")
    When(date='2024-01-31', time='T15:30:00', offset='')
    """
    return _usual(text) or _any(text)


def read_anew(text: str) -> When | None:
    """As `read`, for callers that remember what comes of it themselves."""
    return _usual(text) or _any(text)


def _usual(text: str) -> When | None:
    """A text of digits to the day, minute or second, with or without an offset, as most are."""
    digits, own = text, ""
    if len(text) == 19:  # noqa: PLR2004  YYYYMMDDHHMMSS+ZZZZ
        digits, own = text[:14], digits_offset(text[14:])
        if not own:
            return None
    if len(digits) not in {8, 12, 14} or not (digits.isascii() and digits.isdigit()) or digits[8:10] == "24":
        return None
    date = f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}"
    time = f"T{digits[8:10]}:{digits[10:12]}:{digits[12:] or '00'}" if len(digits) > 8 else ""  # noqa: PLR2004  YYYYMMDD
    try:
        datetime.fromisoformat(date + time)
    except ValueError:  # a leap second, or no time at all
        return None
    return When(date, time, own)


def _any(text: str) -> When | None:
    found = _DTM.match(text) or _ISO.match(text)
    if not found:
        return None
    year, month, day, hour, minute, second, fraction, offset = found.groups()
    if not _on_calendar(int(year), month, day) or not _on_clock(hour, minute, second):
        return None
    date = "-".join(part for part in (year, month, day) if part)
    time = f"T{hour}:{minute or '00'}:{second or '00'}{fraction or ''}" if hour else ""
    return When(date, time, _offset(offset)) if not offset or _offset(offset) else None


def _on_calendar(year: int, month: str | None, day: str | None) -> bool:
    if year == 0:
        return False
    if month is None:
        return True
    if not 1 <= int(month) <= 12:  # noqa: PLR2004  months of a year
        return False
    return day is None or 1 <= int(day) <= monthrange(year, int(month))[1]


def _on_clock(hour: str | None, minute: str | None, second: str | None) -> bool:
    return int(hour or 0) < 24 and int(minute or 0) < 60 and int(second or 0) <= 60  # noqa: PLR2004  a leap second is 60


def _offset(text: str | None) -> str:
    if not text:
        return ""
    if text == "Z":
        return "Z"
    digits = text[1:].replace(":", "").ljust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    if minutes > 14 * 60 or int(digits[2:]) > 59:  # noqa: PLR2004  offsets FHIR allows
        return ""
    return f"{text[0]}{digits[:2]}:{digits[2:]}"


@lru_cache(maxsize=256)
def digits_offset(text: str) -> str:
    """The offset of `+ZZZZ`; empty where it is written in another way."""
    return _offset(text) if text[0] in "+-" and text[1:].isascii() and text[1:].isdigit() else ""


def in_zone(text: str, zone: ZoneInfo) -> str | None:
    """A text of digits to the minute or second as the dateTime it is in a zone; None where it is another, or not sure.

    >>> in_zone("202401311530", ZoneInfo("Europe/Copenhagen"))
    '2024-01-31T15:30:00+01:00'
    """
    if len(text) not in {12, 14} or not (text.isascii() and text.isdigit()) or text[8:10] == "24":
        return None
    try:
        local = datetime.fromisoformat(f"{text[:8]}T{text[8:]}")
    except ValueError:
        return None
    offset = day_offset(zone, text[:8])
    return f"{local.isoformat()}{offset}" if offset else None


@lru_cache(maxsize=4096)
def day_offset(zone: ZoneInfo, day: str) -> str:
    """The offset of a zone throughout a day, `YYYYMMDD`; empty where the clocks change, or their offset is no whole minute.

    No zone changes twice on a day and is back where it was: a test looks at all of them.
    """
    start = datetime.fromisoformat(day)
    try:
        first, last = zone.utcoffset(start), zone.utcoffset(start + timedelta(days=1))
    except OverflowError:  # the last day there is
        return ""
    return _written(first) if first is not None and first == last and not first.seconds % 60 else ""


class Offset(NamedTuple):
    """The offset a zone has at a local time, and whether the clocks change there (the hour is skipped or comes twice)."""

    text: str
    unsure: bool


@lru_cache(maxsize=16384)
def offset_in(zone: ZoneInfo, date: str, time: str) -> Offset | None:
    """The offset of `zone` at a local date (to the day) and time; None where the date has no day."""
    if len(date) < 10:  # noqa: PLR2004  YYYY-MM-DD
        return None
    local = datetime.fromisoformat(f"{date}{time[:6]}").replace(tzinfo=zone)
    first, second = local.utcoffset(), local.replace(fold=1).utcoffset()
    return Offset(_written(first or timedelta()), first != second)


@lru_cache(maxsize=256)
def _written(offset: timedelta) -> str:
    minutes = round(offset.total_seconds() / 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


@lru_cache(maxsize=1024)
def read_time(text: str) -> str | None:
    """A v2 TM as FHIR time, `15:30:00`; None where it is no time. FHIR's time has no offset.

    >>> read_time("1530")
    '15:30:00'
    """
    found = _TM.match(text)
    if not found or not _on_clock(found[1], found[2], found[3]):
        return None
    return f"{found[1]}:{found[2] or '00'}:{found[3] or '00'}{found[4] or ''}"


def is_before(one: str, other: str) -> bool:
    """Whether a FHIR dateTime is surely before another: as far as both are precise.

    >>> is_before("2024-01-01T01:00:00+02:00", "2024-01-01T00:30:00Z"), is_before("2024", "2024-05")
    (True, False)
    """
    if len(one) > _DAY and len(other) > _DAY:
        return datetime.fromisoformat(one) < datetime.fromisoformat(other)
    shared = min(len(one), len(other), _DAY)
    return one[:shared] < other[:shared]


_DAY = len("2024-12-31")
