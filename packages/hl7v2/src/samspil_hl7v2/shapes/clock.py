"""Dates and times as the functions of shapes read them: put together of a day, a minute and the rest, each known before.

What is not known is read as everywhere, and its parts are known from then on.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Callable
from datetime import MAXYEAR, MINYEAR, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from samspil_hl7v2.primitives import Dated, dated_in
from samspil_hl7v2.times import day_offset

MOST = 512
"""Texts that are kept for a zone, with what was made of them; all are forgotten when there are more."""
MOST_PARTS = 4096
"""Years, and ends of times, that are kept for a zone; all are forgotten when there are more."""
_LEAP = "0229"
_TIME = re.compile(r"\d{12}(?:\d\d)?([+-]\d{4})?$", re.ASCII)


class Clock(NamedTuple):
    """Readers of dates and times in a zone, by an offset."""

    dated: Callable[[str], Dated | None]
    """As `primitives.dated`."""
    exact: Callable[[str], str]
    """The dateTime that `dated` gives where it is exact and nothing is odd about it; else empty."""
    day: Callable[[str], str]
    """The date that `dated` gives where it is not exact and nothing is odd about it; else empty."""


class Year(NamedTuple):
    """Days, `MMDD`, from which on the times of a year have another offset, and these; empty where a day has several."""

    days: list[str]
    offsets: list[str]


class Known(NamedTuple):
    """Parts of times that were read before, by their digits."""

    years: dict[str, Year]
    days: dict[str, str]
    """But the last of February, which not every year has."""
    minutes: dict[str, str]
    ends: dict[str, tuple[str, str]]
    """Seconds, and the offset that a text has itself."""


@lru_cache(maxsize=16)
def clock(zone: ZoneInfo | None, offset: str) -> Clock:
    """The readers for a zone, or without one for the offset of MSH-7."""
    dated, known = dated_in(zone, offset), Known({}, {}, {}, {})
    return Clock(dated, _exact(dated, known, zone, offset), _day(dated, known.days))


def _exact(
    dated: Callable[[str], Dated | None], known: Known, zone: ZoneInfo | None, offset: str
) -> Callable[[str], str]:
    texts: dict[str, str] = {}
    years, days, minutes, ends = known

    def exact(text: str) -> str:
        value = texts.get(text)
        if value is not None:
            return value
        digits, digits_of_day = text[:4], text[4:8]
        year, day, minute, end = (
            years.get(digits),
            days.get(digits_of_day),
            minutes.get(text[8:12]),
            ends.get(text[12:]),
        )
        if year is None or day is None or minute is None or end is None:
            value = anew(text)
        else:
            second, own = end
            at = own or year.offsets[bisect(year.days, digits_of_day) - 1]
            value = f"{digits}{day}{minute}{second}{at}" if at else anew(text)
        if len(texts) >= MOST:
            texts.clear()
        texts[text] = value
        return value

    def anew(text: str) -> str:
        found = dated(text)
        if found is None or not found.exact or found.odd is not None:
            return ""
        _learn(known, text, found.value, zone, offset)
        return found.value

    return exact


def _learn(known: Known, text: str, value: str, zone: ZoneInfo | None, offset: str) -> None:
    """Keep the parts of a time of digits alone."""
    years, days, minutes, ends = known
    if time := _TIME.match(text):
        for each in (years, ends):
            if len(each) >= MOST_PARTS:
                each.clear()
        if text[:4] not in years:
            years[text[:4]] = _year(zone, offset, int(text[:4]))
        if text[4:8] != _LEAP:
            days[text[4:8]] = value[4:10]
        minutes[text[8:12]] = value[10:17]
        ends[text[12:]] = value[17:19], value[19:] if time[1] else ""


def _day(dated: Callable[[str], Dated | None], days: dict[str, str]) -> Callable[[str], str]:
    def day(text: str) -> str:
        year, known = text[:4], days.get(text[4:])
        if known and year.isdigit() and year.isascii() and len(year) == 4 and year != "0000":  # noqa: PLR2004  YYYY
            return f"{year}{known}"
        found = dated(text)
        if found is None or found.exact or found.odd is not None:
            return ""
        if len(text) == 8 and text.isdigit() and text.isascii() and text[4:] != _LEAP:  # noqa: PLR2004  YYYYMMDD
            days[text[4:]] = found.value[4:]
        return found.value

    return day


def _year(zone: ZoneInfo | None, offset: str, year: int) -> Year:
    """By the midnights around each day: no zone changes twice on a day and is back where it was."""
    made = Year(["0101"], [offset if zone is None else ""])
    if zone is None or not MINYEAR < year < MAXYEAR:
        return made
    days = [datetime(year, 1, 1) + timedelta(days=each) for each in range(-1, 367)]  # noqa: DTZ001  local times
    at = list(map(zone.utcoffset, days))
    made.offsets[0] = day_offset(zone, f"{year:04}0101")
    for each in range(2, len(days) - 1):
        if not at[each - 1] == at[each] == at[each + 1] and days[each].year == year:
            made.days.append(f"{days[each]:%m%d}")
            made.offsets.append(day_offset(zone, f"{days[each]:%Y%m%d}"))
    return made
