"""National identity numbers become keyed pseudonyms before anything is written.

A CPR number or personnummer has fewer than 10**10 values, so a bare hash of it is as good as the number itself. HMAC
with a secret key is not (https://www.rfc-editor.org/rfc/rfc2104). The key never leaves the key file.
"""

import hmac
import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterator, Mapping
from decimal import Decimal
from string import ascii_letters
from typing import Any, Final, cast
from urllib.parse import unquote, unquote_to_bytes

__all__ = ["IDENTITY_SYSTEMS", "Pseudonyms"]

IDENTITY_SYSTEMS: Final = frozenset(
    {
        "urn:oid:1.2.208.176.1.2",  # Denmark: CPR
        "https://sundhedsdatastyrelsen.dk/cpr",
        "urn:oid:1.2.752.129.2.1.3.1",  # Sweden: personnummer
        "http://electronichealth.se/identifier/personnummer",
        "urn:oid:1.2.752.129.2.1.3.3",  # Sweden: samordningsnummer
        "http://electronichealth.se/identifier/samordningsnummer",
    }
)
"""The identifier systems whose values are always replaced, whatever they look like."""

_WIDE = "\u00a0\u2010\u2011\u2012\u2013\u2014\u2212"  # blanks and dashes that a number is set in print with
_NUMBER = re.compile(
    r"(?:(?<![0-9A-Fa-f])|(?<=%[0-9A-Fa-f]{2})|(?<=[Ii][Dd]))"  # letters of a hexadecimal number may stand before none
    rf"(?P<century>19|20)?(?P<date>[0-9]{{6}})(?:%2B|%2D|%20|[-+ {_WIDE}])?(?P<serial>[0-9]{{4}})"
    r"(?![0-9A-Fa-fZ])(?!-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"  # the head of a UUID is no number
)
_NUMBER_IN_BYTES = re.compile(_NUMBER.pattern.replace(_WIDE, "").encode())
_MARKS = (
    b"\\",
    b"\xc2\xa0",
    b"\xe2\x80\x90",
    b"\xe2\x80\x91",
    b"\xe2\x80\x92",
    b"\xe2\x80\x93",
    b"\xe2\x80\x94",
    b"\xe2\x88\x92",
)
"""Where one of these stands in a text, a number may be written in a way that the quick look does not see."""
_SHAPES = bytes.maketrans(b"123456789+ ", b"000000000--")
_LETTERS = (
    bytes(set(ascii_letters.encode()) - set(b"abcdfqy")) + b'"/_{}[]'
)  # without those that part the digits of UUIDs, and the two that a query is known by
_QUERY = b'"query":'
_QUERIES = re.compile(rb'"query":"([^"\\]*)"')

_PREFIX = "hmac-"
_COORDINATION = 60
_PERCENTS = 3  # times a text may be percent-encoded over and over
_AROUND = 60


class Pseudonyms:
    """Pseudonyms under one key: the same number gives the same pseudonym, with this key only."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, number: str) -> str:
        """The pseudonym of an identity number: `hmac-` and 40 hexadecimal digits, fit for a FHIR id.

        Written with or without separator and century, a number gives the same pseudonym.
        """
        if number.startswith(_PREFIX):
            return number
        digits = re.sub(r"[^0-9A-Za-z]", "", number).lower()
        short = digits[2:] if len(digits) == 12 and digits[:2] in {"19", "20"} else digits  # noqa: PLR2004
        return _PREFIX + hmac.digest(self._key, short.encode(), "sha256").hex()[:40]

    def clean_text(self, text: str) -> str:
        """The text with every CPR number and personnummer in it replaced; decoded, if it hides one percent-encoded."""
        cleaned = _NUMBER.sub(self._replaced, text)
        if "%" in cleaned:
            plain = _without_percents(cleaned)
            found = _NUMBER.sub(self._replaced, plain)
            return found if found != plain else cleaned
        return cleaned

    def clean(self, event: Mapping[str, Any]) -> Mapping[str, Any]:
        """The event with every identity number replaced, also inside its base64 queries; itself when it has none."""
        return cast("Mapping[str, Any]", self._cleaned(event))

    def is_clean(self, text: bytes) -> bool:
        """Whether a record's text can hold no identity number in clear: quick, and in doubt no."""
        short = _shortened(text)
        for mark, words in _WORDS:
            if mark in short and any(word in text for word in words):
                return False
        if _shows_number(text, short):
            return False
        return _SHORT_QUERY not in short or _QUERY not in text or _queries_are_clean(text)

    def _replaced(self, found: re.Match[str]) -> str:
        return self.of(found[0]) if _is_number(found["date"], found["serial"]) else found[0]

    def _cleaned(self, value: Any, name: str = "") -> Any:
        if isinstance(value, str):
            return self._encoded(value) if name in {"query", "valueBase64Binary"} else self.clean_text(value)
        if isinstance(value, Mapping):
            return self._object(cast("Mapping[str, Any]", value))
        if isinstance(value, list):
            return [self._cleaned(member, name) for member in cast("list[Any]", value)]
        if isinstance(value, (int, float, Decimal)):
            text = str(value)
            cleaned = self.clean_text(text)
            return value if cleaned == text else cleaned
        return value

    def _object(self, value: Mapping[str, Any]) -> dict[str, Any]:
        made = {self.clean_text(name): self._cleaned(member, name) for name, member in value.items()}
        system, number = value.get("system"), value.get("value")
        if isinstance(system, str) and system in IDENTITY_SYSTEMS and isinstance(number, str):
            made["value"] = self.of(number)
        return made

    def _encoded(self, value: str) -> str:
        try:
            text = b64decode(value, validate=True).decode()
        except (NotBase64, ValueError):
            return self.clean_text(value)
        return b64encode(self.clean_text(text).encode()).decode()


def _without_percents(text: str) -> str:
    for _ in range(_PERCENTS):
        plain = unquote(text)
        if plain == text:
            break
        text = plain
    return text


def _bytes_without_percents(text: bytes) -> bytes:
    for _ in range(_PERCENTS):
        text = unquote_to_bytes(text)
    return text


def _queries_are_clean(text: bytes) -> bool:
    """Whether each query, in base64, can be read and shows no number."""
    queries = _QUERIES.findall(text)
    if len(queries) != text.count(_QUERY):
        return False
    try:
        return not any(_shows_number(query, _shortened(query)) for query in map(_decoded, queries))
    except NotBase64:
        return False


def _decoded(query: bytes) -> bytes:
    return b64decode(query, validate=True)


def _shortened(text: bytes) -> bytes:
    """The text without most letters, every digit a 0: what stands in a row still does, and now and then a little more."""
    return text.translate(_SHAPES, _LETTERS)


_WORDS: Final = tuple(
    (_shortened(words[0]), words)
    for words in (
        (b"Base64Binary",),
        (b":1.2.208.176.1.2", b":1.2.752.129.2.1.3."),  # what is left of the first begins what is left of the second
        (b"electronichealth.se",),
        (b"sundhedsdatastyrelsen.dk/cpr",),
    )
)
"""What a text holds that names an identity number, or holds base64; what is left of each is looked for first."""

_SHORT_QUERY: Final = _shortened(_QUERY)


def _shows_number(text: bytes, short: bytes) -> bool:
    if b"%" in short and (plain := _bytes_without_percents(text)) != text and _shows_plainly(plain, _shortened(plain)):
        return True
    return _shows_plainly(text, short)


def _shows_plainly(text: bytes, short: bytes) -> bool:
    if b"\\" in short or (not text.isascii() and any(mark in text for mark in _MARKS)):
        return True
    may = b"0000000000" in short or b"000000-0000" in short or (b"%" in short and b"000000%" in short)
    return may and any(map(_NUMBER_IN_BYTES.search, _suspects(text)))


def _suspects(text: bytes) -> Iterator[bytes]:
    """The parts of a text where ten digits stand in a row, with or without a separator."""
    shape = text.translate(_SHAPES)
    for run in (b"0000000000", b"000000-0000", b"000000%"):
        at = shape.find(run)
        while at >= 0:
            yield text[max(0, at - _AROUND) : at + _AROUND]
            at = shape.find(run, at + 1)


def _is_number(date: str, serial: str) -> bool:
    """Whether six digits and four are a CPR number (DDMMYY) or a personnummer (YYMMDD, check digit right)."""
    first, second, third = int(date[:2]), int(date[2:4]), int(date[4:])
    if 1 <= second <= 12 and 1 <= (first - _COORDINATION if first > _COORDINATION else first) <= 31:  # noqa: PLR2004
        return True
    day = third - _COORDINATION if third > _COORDINATION else third
    return 1 <= second <= 12 and 1 <= day <= 31 and _luhn(date + serial)  # noqa: PLR2004


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * (2 - at % 2) for at, digit in enumerate(digits))
    return sum(number - 9 * (number > 9) for number in doubled) % 10 == 0  # noqa: PLR2004
