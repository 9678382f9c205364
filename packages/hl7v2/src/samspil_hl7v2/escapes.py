r"""Escape sequences of HL7 v2 text: \F\ \S\ \T\ \R\ \E\ \P\ \.br\ \H\ \N\ \X..\ \C..\ \M..\ \Z..\.

HL7 v2.9 chapter 2, section 2.7 (https://www.hl7.eu/HL7v2x/v29/std29/ch02.html#Heading113). Never fatal: what is no
escape sequence stays as it stands. A text that holds blanks and line breaks alone is empty, as FHIR has no blank strings.
"""

from __future__ import annotations

import re

from .switches import read_in, runs

_ONE = {"F": "|", "S": "^", "T": "&", "R": "~", "E": "\\", "P": "#", "H": "", "N": ""}
_SEQUENCE = re.compile(r"\\([^\\\r\n]{0,256})\\")
_FORMAT = re.compile(r"\.(br|sp|sk|in|ti|fi|nf|ce)([+-]?\d{0,4})$")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def unescape(text: str, codec: str = "latin-1") -> str:
    r"""Decode every escape sequence of `text`; `codec` is what \X..\ bytes are read in.

    >>> unescape(r"Br\T\dr. S\X F8\rensen\.br\ \q\ ")
    'Br&dr. S\\X F8\\rensen\n \\q\\ '
    >>> unescape(r"A\XE6\B\H\C\N\ ")
    'AæBC '
    """
    if "\\" not in text:
        return text
    if "\\C" in text or "\\M" in text:
        decoded = "".join(read_in(switch, _plain(run, codec), codec) for switch, run in runs(text))
    else:
        decoded = _plain(text, codec)
    decoded = clean(decoded)
    return "" if decoded.isspace() else decoded


def _plain(text: str, codec: str) -> str:
    return _SEQUENCE.sub(lambda found: _decode(found, codec), text)


def clean(text: str) -> str:
    """Replace control characters that a FHIR string may not hold (https://hl7.org/fhir/R4/datatypes.html#string)."""
    return _CONTROL.sub("�", text)


def _decode(found: re.Match[str], codec: str) -> str:
    body = found[1]
    if body in _ONE:
        return _ONE[body]
    if formatted := _FORMAT.match(body):
        return _formatted(formatted[1], formatted[2])
    if body[:1] == "X":
        return _hexadecimal(body[1:], codec, found[0])
    return found[0]


def _formatted(command: str, number: str) -> str:
    if command in {"br", "ce"}:
        return "\n"
    count = max(int(number), 1) if number.lstrip("+-") else 1
    if command == "sp":
        return "\n" * count
    return " " * count if command == "sk" else ""


def _hexadecimal(digits: str, codec: str, whole: str) -> str:
    if not _is_hex(digits):
        return whole
    data = bytes.fromhex(digits)
    try:
        return data.decode(codec)
    except (UnicodeDecodeError, LookupError):
        return data.decode("latin-1")


def _is_hex(digits: str) -> bool:
    return len(digits) > 1 and len(digits) % 2 == 0 and all(c in "0123456789abcdefABCDEF" for c in digits)
