"""v2 text to FHIR primitives: a value, or None and a note why not.

The compiled functions call every `as_` function with the same six arguments: text, position number, context, number of the
row, vocabulary, and the codes that a required binding allows. The `put_` functions write into a container, because what
cannot be said exactly is kept beside the element as original text.

https://hl7.org/fhir/R4/datatypes.html#primitive
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote
from zoneinfo import ZoneInfo

from samspil_core.outcome import Issue

from .coding import look_up
from .context import Context, Resource
from .findings import DST_GAP, END_BEFORE_START, NO_ZONE
from .mapping.rows import Vocabulary
from .times import in_zone, is_before, offset_in, read, read_anew, read_time

ORIGINAL_TEXT = "http://hl7.org/fhir/StructureDefinition/originalText"
_INTEGER = re.compile(r"[+-]?\d+(?:\.0*)?$")
_DECIMAL = re.compile(r"([+-]?)0*(\d*)(\.\d*)?$")
_SPACE = re.compile(r"\s+")
_BROKEN_URN = re.compile(
    r"urn:oid:(?![0-2](\.(0|[1-9]\d*))+$)|urn:uuid:(?![0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$)"
)
_UNSAFE_URI = re.compile(r"\s")

BOUND = "required binding"
"""What a note of `code-unmapped` says where no vocabulary is asked, but the element takes certain codes alone."""

Codes = frozenset[str] | None


def as_code(text: str, k: int, x: Context, row: int, vocabulary: Vocabulary | None, allowed: Codes) -> str | None:
    """A code: looked up where a vocabulary says so, and among those that a required binding allows."""
    if not text.isalnum():
        text = tight(text)
    if vocabulary is not None:
        found = look_up(vocabulary, text, x)
        if found is None and (allowed is None or text not in allowed):
            x.note(k, "code-unmapped", row, vocabulary.name)
            return None
        if found is not None:
            text = found.target
    if not text or (allowed is not None and text not in allowed):
        x.note(k, "code-unmapped", row, BOUND)
        return None
    return text


@lru_cache(maxsize=4096)
def tight(text: str) -> str:
    """A code with single blanks, as FHIR has them."""
    return _SPACE.sub(" ", text).strip()


def as_uri(text: str, k: int, x: Context, row: int, vocabulary: Vocabulary | None, allowed: Codes) -> str | None:
    """A URI; blanks, which none may hold, are percent-encoded."""
    text = text.strip()
    if not text or (text.startswith("urn:") and _BROKEN_URN.match(text)):
        x.note(k, "not-parsable", row, "uri")
        return None
    return _UNSAFE_URI.sub(lambda found: quote(found[0]), text)


as_url = as_canonical = as_oid = as_uuid = as_uri


def as_boolean(text: str, k: int, x: Context, row: int, vocabulary: Vocabulary | None, allowed: Codes) -> bool | None:
    """A boolean: Y and N of HL7 table 0136, or what the vocabulary makes of the code."""
    if vocabulary is not None and (found := look_up(vocabulary, text, x)) is not None:
        text = found.target
    value = {"Y": True, "N": False, "true": True, "false": False}.get(text)
    if value is None:
        x.note(
            k, *(("not-parsable", row, "boolean") if vocabulary is None else ("code-unmapped", row, vocabulary.name))
        )
    return value


def as_decimal(
    text: str, k: int, x: Context, row: int, vocabulary: Vocabulary | None, allowed: Codes
) -> Decimal | None:
    """A decimal, to the last zero."""
    value = decimal_of(text)
    if value is None:
        x.note(k, "not-parsable", row, "decimal")
    return value


@lru_cache(maxsize=1024)
def decimal_of(text: str) -> Decimal | None:
    """A v2 NM as Decimal with every digit it has; None where it is none."""
    found = _DECIMAL.match(text.strip())
    if not found or not (found[2] or (found[3] or "").strip(".") or "0" in text):
        return None
    sign = "-" if found[1] == "-" else ""
    fraction = found[3] if found[3] and len(found[3]) > 1 else ""
    return Decimal(f"{sign}{found[2] or '0'}{fraction}")


def _integer(text: str, k: int, x: Context, row: int, lowest: int) -> int | None:
    text = text.strip()
    value = int(text.split(".")[0]) if len(text) < 12 and _INTEGER.match(text) else None  # noqa: PLR2004  32 bits
    if value is None or not lowest <= value < 2**31:
        x.note(k, "not-parsable", row, "integer")
        return None
    return value


def as_integer(text: str, k: int, x: Context, row: int, vocabulary: Vocabulary | None, allowed: Codes) -> int | None:
    """An integer of 32 bits."""
    return _integer(text, k, x, row, -(2**31))


def as_unsignedInt(
    text: str, k: int, x: Context, row: int, vocabulary: Vocabulary | None, allowed: Codes
) -> int | None:
    """An integer from 0."""
    return _integer(text, k, x, row, 0)


def as_positiveInt(
    text: str, k: int, x: Context, row: int, vocabulary: Vocabulary | None, allowed: Codes
) -> int | None:
    """An integer from 1."""
    return _integer(text, k, x, row, 1)


def as_base64Binary(
    text: str, k: int, x: Context, row: int, vocabulary: Vocabulary | None, allowed: Codes
) -> str | None:
    """Base64 as it came, without white space; None where it is none."""
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        text = _SPACE.sub("", text)
        try:
            base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            x.note(k, "not-parsable", row, "base64Binary")
            return None
    return text


def as_time(text: str, k: int, x: Context, row: int, vocabulary: Vocabulary | None, allowed: Codes) -> str | None:
    """A time of day."""
    value = read_time(text.strip())
    if value is None:
        x.note(k, "not-parsable", row, "time")
    return value


def as_date(text: str, k: int, x: Context, row: int, vocabulary: Vocabulary | None, allowed: Codes) -> str | None:
    """A date, to the day at most."""
    when = read(text.strip())
    if when is None:
        x.note(k, "not-parsable", row, "date")
        return None
    return when.date


def as_dateTime(text: str, k: int, x: Context, row: int, vocabulary: Vocabulary | None, allowed: Codes) -> str | None:
    """A dateTime where no original text can be kept beside it: without a zone it is a date."""
    holder: Resource = {}
    return holder.get("v") if put_dateTime(holder, "v", text, k, x, row) else None


def as_instant(text: str, k: int, x: Context, row: int, vocabulary: Vocabulary | None, allowed: Codes) -> str | None:
    """An instant, where nothing else can be kept beside it."""
    holder: Resource = {}
    return holder.get("v") if put_instant(holder, "v", text, k, x, row) else None


def put_date(container: Resource, name: str, text: str, k: int, x: Context, row: int) -> bool:
    """Write a date, to the day at most."""
    value = as_date(text, k, x, row, None, None)
    if value is not None:
        container[name] = value
    return value is not None


def put_time(container: Resource, name: str, text: str, k: int, x: Context, row: int) -> bool:
    """Write a time of day."""
    value = as_time(text, k, x, row, None, None)
    if value is not None:
        container[name] = value
    return value is not None


def put_dateTime(container: Resource, name: str, text: str, k: int, x: Context, row: int) -> bool:
    """Write a dateTime. A time whose zone nobody knows is kept as original text beside the date."""
    found = dated(text, x.zone, x.offset)
    if found is None:
        x.note(k, "not-parsable", row, "dateTime")
        return False
    value, _, odd = found
    if odd is not None:
        x.issue(k, odd)
    if name == "end" and is_before(value, container.get("start", "")):
        x.issue(k, Issue(END_BEFORE_START))
        _keep(container, name, text)
        return True
    container[name] = value
    if odd is not None and odd.kind is NO_ZONE:
        _keep(container, name, text)
    return True


def put_instant(container: Resource, name: str, text: str, k: int, x: Context, row: int) -> bool:
    """Write an instant. What is less precise than that, or has no zone, is kept as original text."""
    found = dated(text, x.zone, x.offset)
    if found is None:
        x.note(k, "not-parsable", row, "instant")
        return False
    value, exact, odd = found
    if odd is not None:
        x.issue(k, odd)
    if exact:
        container[name] = value
    else:
        _keep(container, name, text)
    return True


class Dated(NamedTuple):
    """A dateTime, whether it is exact as an instant is, and what is odd about its offset."""

    value: str
    exact: bool
    odd: Issue | None


@lru_cache(maxsize=4096)
def dated(text: str, zone: ZoneInfo | None, offset: str) -> Dated | None:
    """A v2 DTM as dateTime, by its own offset, else by the zone, else by the message's offset; without one as date.

    None where it is no date of the calendar.
    """
    if zone is not None and (value := in_zone(text, zone)) is not None:
        return Dated(value, exact=True, odd=None)
    return _dated(text, zone, offset)


@lru_cache(maxsize=16)
def dated_in(zone: ZoneInfo | None, offset: str) -> Callable[[str], Dated | None]:
    """As `dated`, for a zone and an offset: what it gives is remembered by the text alone, which is found faster."""

    @lru_cache(maxsize=512)
    def remembered(text: str) -> Dated | None:
        return dated.__wrapped__(text, zone, offset)

    return remembered


def _dated(text: str, zone: ZoneInfo | None, offset: str) -> Dated | None:
    when = read_anew(text.strip())
    if when is None:
        return None
    date, time, own = when
    if not time:
        return Dated(date, exact=False, odd=None)
    if own:
        return Dated(date + time + own, exact=True, odd=None)
    found = offset_in(zone, date, time) if zone is not None else None
    if zone is not None and found is not None:
        return Dated(date + time + found.text, exact=True, odd=DST_GAP.at(zone=zone.key) if found.unsure else None)
    if offset:
        return Dated(date + time + offset, exact=True, odd=None)
    return Dated(date, exact=False, odd=Issue(NO_ZONE))


def _keep(container: Resource, name: str, text: str) -> None:
    container[f"_{name}"] = {"extension": [{"url": ORIGINAL_TEXT, "valueString": text}]}
