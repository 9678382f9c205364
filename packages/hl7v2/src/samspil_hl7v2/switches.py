r"""Escape sequences that switch the character set inside a text: \C2D41\ for one of single bytes, \M2442\ for one of several.

HL7 v2.9 chapter 2, section 2.7.2 (https://www.hl7.eu/HL7v2x/v29/std29/ch02.html). A switch holds until the next one or
the end of the text.
"""

from __future__ import annotations

import re

_SWITCH = re.compile(r"\\([CM])((?:[0-9A-Fa-f]{2}){2,3})\\")
_SINGLE = {
    "C2842": "ascii",
    "C2949": "shift_jis",
    "C2D41": "latin-1",
    "C2D42": "iso8859-2",
    "C2D43": "iso8859-3",
    "C2D44": "iso8859-4",
    "C2D4C": "iso8859-5",
    "C2D47": "iso8859-6",
    "C2D46": "iso8859-7",
    "C2D48": "iso8859-8",
    "C2D4D": "iso8859-9",
    "C2D54": "tis-620",
    "M242941": "gb2312",
    "M242943": "euc_kr",
}
_SHIFTED = {
    "C284A": (b"\x1b(J", "iso2022_jp"),
    "M2442": (b"\x1b$B", "iso2022_jp"),
    "M242844": (b"\x1b$(D", "iso2022_jp_1"),
}
_BACK = b"\x1b(B"


def runs(text: str) -> list[tuple[str, str]]:
    r"""The parts of a text and the switch before each, empty for the first.

    >>> runs(r"abc\M2442\;3\C2842\ x")
    [('', 'abc'), ('M2442', ';3'), ('C2842', ' x')]
    """
    first, *rest = _SWITCH.split(text)
    switches = zip(rest[::3], rest[1::3], rest[2::3], strict=True)
    return [("", first), *((f"{kind}{digits.upper()}", run) for kind, digits, run in switches)]


def read_in(switch: str, text: str, codec: str) -> str:
    """A run, read in `codec` before its switch was seen, as the switch says; as it stands where that cannot be.

    >>> read_in("M2442", ";3ED", "ascii"), read_in("C2D44", "¾", "latin-1"), read_in("C2D7F", "x", "latin-1")
    ('山田', 'ž', 'x')
    """
    try:
        data = text.encode(codec)
        if switch in _SINGLE:
            return data.decode(_SINGLE[switch])
        if switch in _SHIFTED:
            start, shifted = _SHIFTED[switch]
            return (start + data + _BACK).decode(shifted)
    except (UnicodeError, LookupError):
        return text
    return text
