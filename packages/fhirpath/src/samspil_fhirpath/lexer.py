"""Text to tokens, each with its line and column.

https://hl7.org/fhirpath/N1/#tokens
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from .errors import Place, syntax, too_deep

__all__ = ["MAXIMUM", "Token", "tokenize"]

MAXIMUM = 1_000_000
"""Characters an expression may have."""

TokenKind = Literal[
    "name", "quoted", "string", "number", "long", "date", "datetime", "time", "special", "external", "symbol", "end"
]

_DATE = r"\d{4}(?:-\d\d(?:-\d\d)?)?"
_TIME = r"\d\d(?::\d\d(?::\d\d(?:\.\d+)?)?)?"
_TOKEN = re.compile(
    rf"""
    (?P<space>[ \t\r\n]+|//[^\r\n]*|/\*(?:[^*]|\*(?!/))*\*/)
  | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
  | (?P<long>\d+L(?![A-Za-z0-9_]))
  | (?P<number>\d+(?:\.\d+)?)
  | (?P<string>'[^'\\]*+(?:\\.[^'\\]*+)*+')
  | (?P<double>"[^"\\]*+(?:\\.[^"\\]*+)*+")
  | (?P<quoted>`[^`\\]*+(?:\\.[^`\\]*+)*+`)
  | (?P<datetime>@{_DATE}T(?:{_TIME}(?:Z|[+-]\d\d:\d\d)?)?)
  | (?P<date>@{_DATE})
  | (?P<time>@T{_TIME})
  | (?P<special>\$(?:this|index|total)\b)
  | (?P<external>%(?:[A-Za-z_][A-Za-z0-9_]*|`[^`\\]*+(?:\\.[^`\\]*+)*+`|'[^'\\]*+(?:\\.[^'\\]*+)*+'))
  | (?P<symbol><=|>=|!=|!~|/(?!\*)|[-+*&|<>=~.,()\[\]{{}}])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_ESCAPED = {"'": "'", '"': '"', "`": "`", "\\": "\\", "/": "/", "r": "\r", "n": "\n", "t": "\t", "f": "\f"}
_TEXTS = {"string", "quoted", "external"}


class Token(NamedTuple):
    """One token: what it is, its text without quotes and escapes, and where it begins."""

    kind: TokenKind
    text: str
    place: Place


def tokenize(text: str, *, strict: bool = True) -> list[Token]:
    """The tokens of an expression, without spaces and comments, closed by one of kind `end`.

    A text in double quotes is no FHIRPath, but published invariants have some (eld-11 of R5): without `strict` it
    is a string. Raises `FhirPathError` at what is no token.
    """
    if len(text) > MAXIMUM:
        raise too_deep(f"an expression of more than {MAXIMUM} characters", (1, 1))
    found: list[Token] = []
    position, line, start = 0, 1, 0
    while position < len(text):
        place = (line, position - start + 1)
        match = _TOKEN.match(text, position)
        if match is None or (strict and match.lastgroup == "double"):
            raise syntax(_fault(text, position), place)
        kind: TokenKind | Literal["space", "double"] = match.lastgroup  # type: ignore[assignment]
        raw = match[0]
        if kind == "double":
            kind = "string"
        if kind != "space":
            found.append(Token(kind, _plain(kind, raw, place) if kind in _TEXTS else raw, place))
        if breaks := raw.count("\n"):
            line += breaks
            start = position + raw.rfind("\n") + 1
        position = match.end()
    found.append(Token("end", "", (line, position - start + 1)))
    return found


def _fault(text: str, position: int) -> str:
    if text.startswith("/*", position):
        return "a comment that does not end"
    if text[position] in "'`":
        return f"a {text[position]} that is not closed"
    if text[position] == "@":
        return "no date, dateTime or time after @"
    return f"an unexpected character {text[position]!r}"


def _plain(kind: str, raw: str, place: Place) -> str:
    """The text inside the quotes, escapes resolved; a %name may be quoted or not."""
    body = raw[1:] if kind == "external" else raw
    return _ESCAPE.sub(lambda found: _character(found, place), body[1:-1]) if body[0] in "'`\"" else body


def _character(found: re.Match[str], place: Place) -> str:
    if found[1]:
        return chr(int(found[1], 16))
    character = _ESCAPED.get(found[2])
    if character is None:
        raise syntax(f"an unknown escape \\{found[2]}", place)
    return character
