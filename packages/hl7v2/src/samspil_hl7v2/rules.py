"""The named rules that table rows refer to as `@name`: the guide's narrative, as functions.

Each takes the context and the texts of positions ("" where unpopulated). In a `value` it returns a FHIR value, a list of
them, or None; in a `when` whether it holds. Rules on the place of a segment take the segment itself.
"""

from __future__ import annotations

import base64 as base_64
import re
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from urllib.parse import quote

from .bundle import is_local
from .context import Context
from .escapes import unescape
from .message import Segment
from .positions import first as first_text
from .positions import raw as raw_field
from .primitives import decimal_of
from .times import offset_in, read, read_time
from .v2.languages import language_tag

_TABLE = re.compile(r"HL7(\d{1,4})$")
_OID = re.compile(r"[0-2](?:\.(?:0|[1-9]\d*))+$")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$", re.IGNORECASE)
_URI = re.compile(r"(?:https?|ftp|mailto|tel|urn|ldap|mllp|sftp|file|ws|wss):\S+$", re.IGNORECASE)
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*$")
_ARCS = 4
"""An untyped identifier counts as an OID from this many dots on; with fewer it may be a version or an address."""


def coding_system(x: Context, name: str) -> str | None:
    """URI of a coding system from its name in HL7 table 0396, an OID, or as it stands; `urn:id:NAME` for a local one.

    https://terminology.hl7.org/CodeSystem-v2-0396.html
    """
    name = name.strip()
    if not name:
        return None
    return x.coding_systems.get(name.upper()) or _unlisted(name)


@lru_cache(maxsize=4096)
def _unlisted(name: str) -> str:
    if table := _TABLE.match(name.upper()):
        return f"http://terminology.hl7.org/CodeSystem/v2-{int(table[1]):04}"
    if _OID.match(name):
        return f"urn:oid:{name}"
    return name if _URI.match(name) else f"urn:id:{quote(name, safe='')}"


def known_coding_system(x: Context, name: str) -> bool:
    """Whether a coding system's name gives more than `urn:id:`."""
    system = coding_system(x, name)
    return system is not None and not is_local(system)


def oid(_x: Context, text: str) -> str | None:
    """An OID as URI."""
    text = text.strip().removeprefix("urn:oid:")
    return f"urn:oid:{text}" if _OID.match(text) else None


def universal_id(_x: Context, identifier: str, kind: str = "") -> str | None:
    """URI of a universal id (HD.2, EI.3) by its type (HD.3, EI.4; HL7 table 0301), or by its look where that is missing.

    None where it is malformed or no URI.
    """
    return universal(identifier, kind)


@lru_cache(maxsize=4096)
def universal(identifier: str, kind: str = "") -> str | None:
    """As `universal_id`, which is a function of its texts alone."""
    text, kind = identifier.strip(), kind.strip().upper()
    number = text[8:] if text.lower().startswith("urn:oid:") else text
    uuid = text[9:] if text.lower().startswith("urn:uuid:") else text.strip("{}")
    if kind in {"ISO", "OID", ""} and _OID.match(number) and (number != text or kind or number.count(".") >= _ARCS):
        return f"urn:oid:{number}"
    if kind in {"UUID", "GUID", ""} and _UUID.match(uuid):
        return f"urn:uuid:{uuid.lower()}"
    if kind == "DNS" and _HOST.match(text):
        return f"urn:dns:{text}"
    return text if kind in {"URI", "URL", ""} and _URI.match(text) else None


# -- numbers and units --

_GROUPED = re.compile(r"[1-9]\d{0,2},\d{3}")
_NUMBER = re.compile(r"\s*(<=|>=|<|>|=)?\s*([+-]?)\s*(\d+(?:[.,]\d*)?|[.,]\d+)\s*$")


def number(_x: Context, text: str) -> Decimal | None:
    """The number in a text as people write it: with comparator, plus, decimal comma.

    None where it is no single number, and where a comma may part thousands: `1,200` is 1200 to some and 1.2 to others.
    """
    found = _NUMBER.match(text)
    if not found:
        return None
    if _GROUPED.fullmatch(found[3]):
        return None
    digits = found[3].replace(",", ".").rstrip(".")
    return decimal_of(f"{found[2]}{digits}")


def numeric(_x: Context, text: str) -> bool:
    """Whether OBX-5 holds numbers: an NM that is one, or an SN whose numbers all are."""
    if "^" not in text:
        return decimal_of(text) is not None
    numbers = [part for at, part in enumerate(text.split("^")) if at in {1, 3} and part]
    return bool(numbers) and all(decimal_of(part) is not None for part in numbers)


def comparator(_x: Context, text: str) -> str | None:
    """The comparator before a number, other than `=`."""
    found = _NUMBER.match(text)
    return found[1] if found and found[1] not in {None, "="} else None


def lone_quote(_x: Context, text: str) -> bool:
    """Whether a text is one quotation mark: the null `""` of a sender that undid the doubling of CSV or SQL once too often."""
    return text.strip() == '"'


def positive(x: Context, text: str) -> bool:
    """Whether a number is more than nothing."""
    value = number(x, text)
    return value is not None and value > 0


def not_negative(x: Context, text: str) -> bool:
    """Whether a number is nothing or more."""
    value = number(x, text)
    return value is not None and value >= 0


def one(_x: Context, _text: str) -> Decimal:
    """One, the denominator of a strength that is told for a unit of the product."""
    return Decimal(1)


def restricted(_x: Context, _text: str) -> str:
    """The confidentiality of what is protected, without more being said of it.

    https://terminology.hl7.org/CodeSystem-v3-Confidentiality.html
    """
    return "R"


_UNITS = {
    "s": "s sec second seconds",
    "min": "min m mn minute minutes",
    "h": "h hr hour hours",
    "d": "d day days",
    "wk": "wk w week weeks",
    "mo": "mo mon l month months",
    "a": "a y yr year years",
}
_UNIT = {word: unit for unit, words in _UNITS.items() for word in words.split()}
_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86400, "wk": 604800}
_DURATION = re.compile(r"\s*([SMHDWL])\s*(\d+(?:\.\d+)?)\s*$|\s*(\d+(?:\.\d+)?)\s*([A-Za-z]+)\s*$")


def time_unit(_x: Context, text: str) -> str | None:
    """UCUM code of a unit of time, from UCUM, ISO+, HL7 table 0255 or an English word."""
    return _UNIT.get(text.strip().lower())


def minutes(x: Context, quantity: str, unit: str) -> int | None:
    """Whole minutes of a quantity of time; None where unit or number is none."""
    seconds = _SECONDS.get(time_unit(x, unit) or "") if unit.strip() else 60
    value = number(x, quantity)
    if seconds is None or value is None:
        return None
    total = value * seconds / 60
    return int(total) if 0 <= total < 2**31 and total == int(total) else None


def duration_value(x: Context, text: str) -> Decimal | None:
    """The number of a TQ duration such as `D7` or `7 days`."""
    found = _DURATION.match(text)
    return decimal_of(found[2] or found[3]) if found and duration_unit(x, text) else None


def duration_unit(x: Context, text: str) -> str | None:
    """The UCUM unit of a TQ duration."""
    found = _DURATION.match(text)
    if not found:
        return None
    units = {"S": "s", "M": "min", "H": "h", "D": "d", "W": "wk", "L": "mo"}
    return units[found[1]] if found[1] else time_unit(x, found[4])


# -- times --

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def weekdays(_x: Context, begin: str, end: str) -> list[str] | None:
    """The days from begin to end, 1 = Monday, over the week's end too."""
    if not re.fullmatch("[1-7]", begin.strip()) or not re.fullmatch("[1-7]?", end.strip()):
        return None
    start, stop = int(begin), int(end or begin)
    return [_DAYS[(start - 1 + at) % 7] for at in range((stop - start) % 7 + 1)]


def times_of_day(_x: Context, text: str) -> list[str] | None:
    """The times of a comma-separated list; None where any is none."""
    times = [read_time(one.strip()) for one in text.split(",")]
    return [time for time in times if time] if all(times) else None


def now(x: Context, _text: str = "") -> str | None:
    """The time of conversion, where the caller gave it."""
    return x.now


def minutes_after(x: Context, duration: str, start: str) -> str | None:
    """A start time (DTM) and minutes after it, as dateTime; None where either is none or the zone is not known."""
    when, value = read(start.strip()), number(x, duration)
    if when is None or not when.time or value is None:
        return None
    found = offset_in(x.zone, when.date, when.time) if x.zone is not None and not when.offset else None
    offset = when.offset or (found.text if found else x.offset)
    if not offset:
        return None
    moment = datetime.fromisoformat(f"{when.date}{when.time[:9]}{offset}") + timedelta(minutes=float(value))
    return moment.isoformat()


def time_after(x: Context, quantity: str, unit: str, start: str) -> str | None:
    """A start time (DTM) and a length of time after it, as dateTime: `60` and `MIN`, or both in one as in TQ.3.

    None where start, length or zone are not known.
    """
    if not unit.strip() and (own := duration_unit(x, quantity)):
        quantity, unit = str(duration_value(x, quantity)), own
    length = minutes(x, quantity, unit)
    return None if length is None else minutes_after(x, str(length), start)


def language(_x: Context, text: str) -> str | None:
    """BCP 47 tag of a language from its ISO 639 code or English name."""
    return language_tag(text)


# -- texts --


def whole(x: Context, raw: str) -> str | None:
    """A value as it stands, delimiters included, escapes decoded."""
    return unescape(raw, x.codec) or None


raw = whole


def text(x: Context, raw_text: str) -> str | None:
    """All parts of a value in words, parted by blanks."""
    parts = [unescape(part, x.codec) for part in re.split(r"[\^&]", raw_text) if part]
    return " ".join(parts) or None


def base64(x: Context, data: str, encoding: str = "A") -> str:
    """Base64 of ED.5 by its encoding ED.4; what is not in the encoding it says is text, as UTF-8."""
    kind = encoding.strip().lower()
    if kind in {"base64", ""} and (tight := _tight(data)) is not None and (kind or _looks_like_a_file(tight)):
        return tight
    if kind == "hex":
        try:
            return base_64.b64encode(bytes.fromhex(data)).decode()
        except ValueError:
            pass
    return base_64.b64encode(unescape(data, x.codec).encode()).decode()


def base64_of(x: Context, raw_text: str) -> str:
    """A whole value, delimiters included, as base64 of its UTF-8 text."""
    return base_64.b64encode(unescape(raw_text, x.codec).encode()).decode()


def _tight(data: str) -> str | None:
    """Base64 without white space; None where it is none."""
    for tight in (data, "".join(data.replace("\\.br\\", "").split())):
        try:
            if len(tight) % 4 == 0 and tight and base_64.b64decode(tight, validate=True):
                return tight
        except ValueError:
            continue
    return None


def _looks_like_a_file(tight: str) -> bool:
    head = base_64.b64decode(tight[:16])
    marks = (b"%PDF", b"\x89PNG", b"\xff\xd8", b"GIF8", b"II*", b"MM\0*", b"PK", b"{\\rtf", b"<?xml")
    return head.startswith(marks)


def samples(x: Context, raw_text: str) -> str | None:
    """Numbers of an NA for SampledData.data: parted by blanks, E for an empty one; None where one is no number."""
    values = [str(number(x, one)) if one.strip() else "E" for one in raw_text.split("^")]
    return None if "None" in values else " ".join(values)


def telephone(_x: Context, country: str, area: str, local: str, extension: str) -> str | None:
    """A telephone number of its parts, as the guide writes it: `+45 35 456789 X12`."""
    code = re.sub(r"^(\+|00)", "", country.strip())
    parts = (
        f"+{code}" if code else "",
        area.strip(),
        local.strip(),
        f"X{extension.strip()}" if extension.strip() else "",
    )
    return " ".join(part for part in parts if part) or None


def street_line(_x: Context, line: str, street: str, house: str) -> str | None:
    """The first address line, of SAD.1, else of street and house number."""
    return line.strip() or " ".join(part for part in (street.strip(), house.strip()) if part) or None


def phone_alone(_x: Context, use: str, kind: str, address: str) -> bool:
    """Whether an XTN, by its components 2, 3 and 4, gives one contact point, and that of a telephone."""
    return not address and (kind in {"PH", "CP"} or (not kind and use not in {"NET", "BPN"}))


def in_line(_x: Context, line: str, part: str) -> bool:
    """Whether an address line has all words of a part of the address, one after the other."""
    words, sought = line.casefold().split(), part.casefold().split()
    return any(words[at : at + len(sought)] == sought for at in range(len(words) - len(sought) + 1))


_LOCATION_STATUSES = ("active", "suspended", "inactive")


def location_status(_x: Context, text: str) -> str | None:
    """A code of FHIR's location-status, in whatever case.

    https://hl7.org/fhir/R4/valueset-location-status.html
    """
    code = text.strip().lower()
    return code if code in _LOCATION_STATUSES else None


_MAIN = {
    "AP": "application", "AU": "audio", "IM": "image", "SI": "image", "SD": "image", "NS": "image", "TX": "text",
    "TEXT": "text", "FT": "text",
}  # fmt: skip
_TOP = ("application", "audio", "image", "text", "video", "multipart", "message", "model", "font")
_SUB = {
    "PDF": "application/pdf", "RTF": "application/rtf", "JPEG": "image/jpeg", "JPG": "image/jpeg", "PNG": "image/png",
    "GIF": "image/gif", "TIFF": "image/tiff", "TIF": "image/tiff", "BMP": "image/bmp", "DICOM": "application/dicom",
    "HTML": "text/html", "XML": "text/xml", "SGML": "text/sgml", "TXT": "text/plain", "TEXT": "text/plain",
    "PLAIN": "text/plain", "BASIC": "audio/basic", "FAX": "image/g3fax", "G3FAX": "image/g3fax",
    "OCTET-STREAM": "application/octet-stream", "POSTSCRIPT": "application/postscript", "ZIP": "application/zip",
    "JSON": "application/json", "DOC": "application/msword", "X-HL7-CDA-LEVEL-ONE": "application/x-hl7-cda-level-one+xml",
}  # fmt: skip


def media_type(_x: Context, kind: str, subtype: str) -> str | None:
    """Media type of ED.2 and ED.3 (RP.3, RP.4; HL7 tables 0191 and 0291)."""
    kind, subtype = kind.strip(), subtype.strip()
    for one in (subtype, kind):
        if re.fullmatch(r"[\w.+-]+/[\w.+;= -]+", one):
            return one.lower()
    token = re.sub(r"[^a-z0-9.+-]+", "-", subtype.lower())
    main = _MAIN.get(kind.upper()) or (kind.lower() if kind.lower() in _TOP else "")
    known = _SUB.get(subtype.upper())
    if subtype and kind.lower() in _TOP:
        return known if known and known.startswith(f"{main}/") else f"{main}/{token}"
    if subtype:
        return known or (f"{main}/{token}" if main else _made_up(kind, token))
    return _SUB.get(kind.upper()) or {"text": "text/plain", "application": "application/octet-stream"}.get(main)


def _made_up(kind: str, token: str) -> str:
    parts = [re.sub(r"[^a-z0-9]+", "-", kind.lower()), token]
    return "application/x-" + "-".join(part for part in parts if part)


# -- identifiers --


def us_ssn(_x: Context, text: str) -> bool:
    """Whether a number has the form of a US social security number."""
    return re.fullmatch(r"\d{3}-\d{2}-\d{4}", text.strip()) is not None


def cpr(_x: Context, text: str) -> str | None:
    """A Danish CPR number as its ten digits, from `010203-1234` too; None where it has another form.

    https://hl7.dk/fhir/core/StructureDefinition-dk-core-cpr-identifier.html
    """
    digits = text.strip().replace("-", "", 1)
    return digits if re.fullmatch(r"\d{10}", digits) else None


def udi(_x: Context, raw_text: str) -> bool:
    """Whether an EI is a unique device identifier: a carrier form (HRF, AIDC) stands in it."""
    return bool({"HRF", "AIDC"} & set(re.split(r"[\^&]", raw_text.upper())))


# -- places --

_SATELLITES = frozenset(
    {"NTE", "ROL", "PRT", "ARV", "PD1", "PV2", "OH1", "OH2", "OH3", "OH4", "DB1", "TQ1", "TQ2", "CTD"}
)


def after(x: Context, segment: Segment, name: str) -> bool:
    """Whether a note, role or participation follows a segment of that name, others of their kind between them apart."""
    for earlier in reversed(x.segments[: segment.index]):
        if earlier.name not in _SATELLITES:
            return earlier.name == name
    return False


def closing(x: Context, segment: Segment, name: str) -> bool:
    """Whether a segment stands after one of that name, which itself stands after none of the segment's own kind.

    The ORC of `OBR ORC` is that of the OBR; that of `ORC OBR ORC` is the next order's.
    """
    if not after(x, segment, name):
        return False
    before = next(each for each in reversed(x.segments[: segment.index]) if each.name == name)
    return not after(x, before, segment.name)


def first(_x: Context, segment: Segment, _name: str) -> bool:
    """Whether a segment is the first of its name."""
    return segment.number == 1


def county_differs(x: Context, segment: Segment, _name: str) -> bool:
    """Whether PID-12 names another county than the address in PID-11."""
    return first_text(raw_field(segment, 12), 1, 1, x) != first_text(raw_field(segment, 11), 9, 1, x)
