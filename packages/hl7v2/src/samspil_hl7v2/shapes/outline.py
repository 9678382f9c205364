"""The outline of a text: which positions are populated, and nothing of what stands there.

Every run of value characters counts as one blank; delimiters, backslashes, quotes and control characters stand as they are.
"""

from __future__ import annotations

import re

VALUE = " "
"""Stands for any run of value characters."""
LINE = "/"
"""Ends a segment."""
ODD = "!"
"""Stands for a control character."""

_END = LINE.encode()
_VALUES = re.compile(r'[^|^~&\\"]+')


def _sign(byte: int) -> str:
    character = chr(byte)
    if character in '|^~\\&"':
        return character
    if character == "\r":
        return LINE
    return ODD if byte < ord(VALUE) else VALUE


_SIGNS = "".join(map(_sign, range(256))).encode("latin-1")


def outline(text: str) -> bytes:
    r"""The outline of a text that begins with a value; that first value is left out.

    >>> outline("MSH|^~\\&|LAB\rPID|1||Hansen^Karen Marie~^Kaja")
    b'|^~\\&| / | || ^ ~^ /'
    """
    return b" ".join((text.encode().translate(_SIGNS) + _END).split())


def lines(outlined: bytes) -> list[str]:
    r"""The outline of each line.

    >>> lines(outline("MSH|^~\\&|LAB\rPID||A^B"))
    [' |^~\\&| ', ' || ^ ']
    """
    return f"{VALUE}{outlined.decode('ascii')}".split(LINE)[:-1]


def pattern(text: str) -> str:
    """The outline of a value with its delimiters.

    >>> pattern("Hansen^Karen Marie")
    ' ^ '
    """
    return _VALUES.sub(VALUE, text)
