"""Which characters the bytes of a message stand for.

Order: byte order mark, MSH-18 (HL7 v2 table 0211, https://terminology.hl7.org/CodeSystem-v2-0211.html), the site's
default, strict UTF-8, and last ISO 8859-1, which reads any byte, with a warning.
"""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from samspil_core.outcome import Issue

from .findings import CHARSET_CONTRADICTED, CHARSET_GUESSED, CHARSET_UNKNOWN

_CODECS = {
    "ASCII": "ascii",
    "ISOIR6": "ascii",
    "UNICODE": "utf-8",
    "UNICODEUTF8": "utf-8",
    "UTF8": "utf-8",
    "UNICODEUTF16": "utf-16",
    "UTF16": "utf-16",
    "UNICODEUTF32": "utf-32",
    "UTF32": "utf-32",
    "ISOIR14": "iso2022_jp",
    "ISOIR87": "iso2022_jp",
    "ISOIR159": "iso2022_jp_2",
    "GB180302000": "gb18030",
    "GB18030": "gb18030",
    "KSX1001": "euc_kr",
    "BIG5": "big5",
    "WINDOWS1252": "cp1252",
    "CP1252": "cp1252",
    "ANSI": "cp1252",
    "ISOIR100": "latin-1",
    "LATIN1": "latin-1",
}
_ISO_8859 = re.compile(r"(?:ISO)?8859(\d{1,2})$")
_C1 = re.compile(rb"[\x80-\x9f]")
_NOT_WORD = re.compile(r"[^A-Z0-9]")


class Decoded(NamedTuple):
    """Text of a message, the codec that made it, and what was noticed on the way."""

    text: str
    codec: str
    issues: tuple[Issue, ...]


def codec_of(name: str) -> str | None:
    """Python codec for a name from table 0211 or one of its common misspellings; None for an unknown one.

    >>> codec_of("8859/1"), codec_of("UNICODE UTF-8"), codec_of("ISO-8859-15"), codec_of("EBCDIC")
    ('latin-1', 'utf-8', 'iso8859-15', None)
    """
    key = _NOT_WORD.sub("", name.upper())
    if part := _ISO_8859.match(key):
        number = int(part[1])
        if number == 1:
            return "latin-1"
        return f"iso8859-{number}" if number in {*range(2, 12), *range(13, 17)} else None
    return _CODECS.get(key)


def decode(data: bytes, declared: str = "", default: str | None = None) -> Decoded:
    """Decode one message. `declared` is MSH-18.1 as it stands there; `default` is the site's codec or table 0211 name.

    Never raises: what no rule reads is read as ISO 8859-1 and reported.
    """
    if data.isascii():
        return Decoded(data.decode("ascii"), "ascii", ())
    if data.startswith(codecs.BOM_UTF8):
        declared, data = "UNICODE UTF-8", data[3:]
    issues: list[Issue] = []
    for name, is_declared in ((declared, True), (default or "", False), ("UTF8", False)):
        if not name:
            continue
        codec = codec_of(name)
        if codec is None or codec in {"utf-16", "utf-32"}:
            if is_declared:
                issues.append(Issue(CHARSET_UNKNOWN, "MSH-18"))
            continue
        text = _strict(data, codec)
        if text is None:
            if is_declared:
                issues.append(Issue(CHARSET_CONTRADICTED, "MSH-18"))
            continue
        if is_declared and codec == "latin-1" and _strict(data, "utf-8") is not None:
            issues.append(Issue(CHARSET_CONTRADICTED, "MSH-18"))
        return Decoded(text, codec, tuple(issues))
    issues.append(Issue(CHARSET_GUESSED, "MSH-18"))
    return Decoded(_latin(data), "latin-1", tuple(issues))


def _strict(data: bytes, codec: str) -> str | None:
    if codec == "latin-1":
        return _latin(data)
    try:
        return data.decode(codec)
    except (UnicodeDecodeError, LookupError):
        return None


def _latin(data: bytes) -> str:
    """ISO 8859-1; with bytes 80-9F, which are no characters there, the sender meant Windows-1252."""
    if _C1.search(data):
        try:
            return data.decode("cp1252")
        except UnicodeDecodeError:
            pass
    return data.decode("latin-1")
