"""Whether a JSON value is a FHIR primitive: one function a type, true for good values, quick for the usual ones.

https://hl7.org/fhir/R4/datatypes.html#primitive, https://hl7.org/fhir/R5/datatypes.html#primitive
"""

from __future__ import annotations

import binascii
import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

__all__ = ["CODE", "ID", "JSON_TYPE", "PRIMITIVES", "STRING_MOST", "Test", "is_base64_strict", "is_uri"]

Test = Callable[[Any], bool]

_INTEGER_MOST: Final = 2**31 - 1
_INTEGER64_MOST: Final = 2**63 - 1
STRING_MOST: Final = 1024 * 1024
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
CODE = re.compile(r"[^\s]+(?:\s[^\s]+)*", re.ASCII)
ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_SPACE = re.compile(r"\s")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_OID = re.compile(r"urn:oid:[0-2](?:\.(?:0|[1-9][0-9]*))+")
_UUID = re.compile(r"urn:uuid:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]{1,9})?"
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?")
_DAY = r"(?!0000)[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_ZONE = r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_DATE = re.compile(rf"(?:{_DAY}|(?!0000)[0-9]{{4}}(?:-(?:0[1-9]|1[0-2]))?)")
_DATE_TIME = re.compile(rf"(?:{_DAY}(?:T{_CLOCK}{_ZONE})?|(?!0000)[0-9]{{4}}(?:-(?:0[1-9]|1[0-2]))?)")
_INSTANT = re.compile(rf"{_DAY}T{_CLOCK}{_ZONE}")
_LAST_SAFE_DAY: Final = 28


def is_string(value: Any) -> bool:
    """A string of 1 character to 1 MB without control characters other than tab, return and line feed."""
    if value.__class__ is not str:
        return False
    if value.isprintable():
        return value != "" and (len(value) <= STRING_MOST)
    return len(value) <= STRING_MOST and not _CONTROL.search(value)


def is_code(value: Any) -> bool:
    """A code: no leading, trailing or double white space."""
    return value.__class__ is str and CODE.fullmatch(value) is not None


def is_id(value: Any) -> bool:
    """An id: 1 to 64 letters, digits, dashes and dots."""
    return value.__class__ is str and ID.fullmatch(value) is not None


def is_uri(value: Any) -> bool:
    """A URI as far as FHIR asks for it: no white space; oid: and uuid: only behind urn:, and then well formed."""
    if value.__class__ is not str or not value:
        return False
    if value[0] in "ou" and value[:4] in {"oid:", "uuid", "urn:"}:
        return _is_urn(value)
    return (" " not in value and value.isprintable()) or not _SPACE.search(value)


def _is_urn(value: str) -> bool:
    if value.startswith("urn:oid:"):
        return _OID.fullmatch(value.partition("|")[0]) is not None
    if value.startswith("urn:uuid:"):
        return _UUID.fullmatch(value.partition("#")[0].partition("|")[0]) is not None
    return not _SPACE.search(value) and not value.startswith(("oid:", "uuid:"))


def is_canonical(value: Any) -> bool:
    """An absolute URI, or # and the id of a contained resource: https://hl7.org/fhir/R4/references.html#canonical."""
    return is_uri(value) and (_SCHEME.match(value) is not None or value[0] == "#")


def is_oid(value: Any) -> bool:
    """An OID as URI."""
    return value.__class__ is str and _OID.fullmatch(value) is not None


def is_uuid(value: Any) -> bool:
    """A UUID as URI."""
    return value.__class__ is str and _UUID.fullmatch(value) is not None


def is_boolean(value: Any) -> bool:
    """True or false."""
    return value is True or value is False


def is_integer(value: Any) -> bool:
    """A whole number of 32 bits."""
    return value.__class__ is int and -_INTEGER_MOST - 1 <= value <= _INTEGER_MOST


def is_positive(value: Any) -> bool:
    """A whole number from 1."""
    return value.__class__ is int and 1 <= value <= _INTEGER_MOST


def is_unsigned(value: Any) -> bool:
    """A whole number from 0."""
    return value.__class__ is int and 0 <= value <= _INTEGER_MOST


def is_integer64(value: Any) -> bool:
    """A whole number of 64 bits, which JSON carries as text (R5)."""
    if value.__class__ is not str or not re.fullmatch(r"[0]|[-+]?[1-9][0-9]{0,18}", value):
        return False
    return -_INTEGER64_MOST - 1 <= int(value) <= _INTEGER64_MOST


def is_decimal(value: Any) -> bool:
    """A number; NaN and Infinity are none."""
    kind = value.__class__
    if kind is int:
        return True
    if kind is Decimal:
        return bool(value.is_finite())
    return kind is float and value - value == 0.0


def is_date(value: Any) -> bool:
    """A date of the calendar, or a year, or a year and month."""
    return value.__class__ is str and _DATE.fullmatch(value) is not None and _in_calendar(value)


def is_date_time(value: Any) -> bool:
    """A date, or a date with a time and a zone."""
    return value.__class__ is str and _DATE_TIME.fullmatch(value) is not None and _in_calendar(value)


def is_instant(value: Any) -> bool:
    """A date with a time, seconds and a zone."""
    return value.__class__ is str and _INSTANT.fullmatch(value) is not None and _in_calendar(value)


def _in_calendar(text: str) -> bool:
    day = text[8:10]
    return not day or int(day) <= _LAST_SAFE_DAY or int(day) <= monthrange(int(text[:4]), int(text[5:7]))[1]


def is_time(value: Any) -> bool:
    """A time of day with seconds."""
    return value.__class__ is str and _TIME.fullmatch(value) is not None


def is_base64(value: Any) -> bool:
    """Base64, with white space between groups."""
    if value.__class__ is not str:
        return False
    try:
        binascii.a2b_base64(value, strict_mode=True)
    except (ValueError, binascii.Error):
        pass
    else:
        return True
    try:
        binascii.a2b_base64("".join(value.split()), strict_mode=True)
    except (ValueError, binascii.Error):
        return False
    return True


def is_base64_strict(value: Any) -> bool:
    """Base64 without white space, as R5 asks for it."""
    return is_base64(value) and not _SPACE.search(value)


def is_xhtml(value: Any) -> bool:
    """Text; the rules for narratives look inside."""
    return value.__class__ is str and value != ""


PRIMITIVES: Final[Mapping[str, Test]] = {
    "base64Binary": is_base64,
    "boolean": is_boolean,
    "canonical": is_canonical,
    "code": is_code,
    "date": is_date,
    "dateTime": is_date_time,
    "decimal": is_decimal,
    "id": is_id,
    "instant": is_instant,
    "integer": is_integer,
    "integer64": is_integer64,
    "markdown": is_string,
    "oid": is_oid,
    "positiveInt": is_positive,
    "string": is_string,
    "time": is_time,
    "unsignedInt": is_unsigned,
    "uri": is_uri,
    "url": is_uri,
    "uuid": is_uuid,
    "xhtml": is_xhtml,
}
"""Every primitive type of R4, R4B and R5, and the test for its values."""

JSON_TYPE: Final[Mapping[str, str]] = {
    "boolean": "boolean",
    "decimal": "number",
    "integer": "number",
    "positiveInt": "number",
    "unsignedInt": "number",
}
"""The JSON type of the primitives that are not strings: https://hl7.org/fhir/R4/json.html#primitive."""
