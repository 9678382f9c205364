"""Functions: indexOf() to unescape().

https://hl7.org/fhirpath/N1/#string-manipulation
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any

from samspil_fhirpath.collections import integer, string
from samspil_fhirpath.environment import Scope
from samspil_fhirpath.errors import evaluation
from samspil_fhirpath.regex import pattern

from .registry import Items, values

_SPACES = " \t\r\n\f\v"


def _texts(items: Items, what: str, *arguments: Items) -> list[str] | None:
    """Input and arguments as strings, or None when one of them is empty."""
    found = [string(each, what) for each in (items, *arguments)]
    return None if None in found else found  # type: ignore[return-value]


def _register(name: str, arguments: int, work: Callable[..., Any]) -> None:
    def body(scope: Scope, items: Items, *given: Items) -> Items:
        texts = _texts(items, f"{name}()", *given)
        if texts is not None and name == "replace":
            scope.run.spend_text(len(texts[0]) + texts[0].count(texts[1]) * len(texts[2]))
        made = None if texts is None else work(*texts)
        if isinstance(made, str):
            scope.run.spend_text(len(made))
        return [] if made is None else [made]

    values(name, arguments)(body)


def _substring(text: str, start: int, length: int | None) -> str | None:
    if not 0 <= start < len(text):
        return None
    return text[start:] if length is None else text[start : start + max(0, length)]


@values("substring", 1, 2)
def _substring_of(_scope: Scope, items: Items, start: Items, length: Items | None = None) -> Items:
    text, first = string(items, "substring()"), integer(start, "substring()")
    if text is None or first is None:
        return []
    made = _substring(text, first, None if length is None else integer(length, "substring()"))
    return [] if made is None else [made]


def _replace_matches(text: str, regex: str, substitution: str) -> str:
    if not regex:
        return text
    return pattern(regex).replaced(text, substitution)


@values("join", 0, 1)
def _join(scope: Scope, items: Items, separator: Items | None = None) -> Items:
    if not items:
        return []
    between = "" if separator is None else string(separator, "join()") or ""
    texts = [text for item in items if (text := string([item], "join()")) is not None]
    scope.run.spend_text(sum(map(len, texts)) + len(between) * len(texts))
    return [between.join(texts)]


@values("split", 1)
def _split(_scope: Scope, items: Items, separator: Items) -> Items:
    texts = _texts(items, "split()", separator)
    if texts is None:
        return []
    return list(texts[0]) if not texts[1] else list(texts[0].split(texts[1]))


@values("toChars")
def _to_chars(_scope: Scope, items: Items) -> Items:
    return list(string(items, "toChars()") or "")


def _encode(text: str, form: str) -> str:
    import base64

    data = text.encode()
    match form:
        case "hex":
            return data.hex()
        case "base64":
            return base64.b64encode(data).decode()
        case "urlbase64":
            return base64.urlsafe_b64encode(data).decode()
        case _:
            raise evaluation("encode() knows hex, base64 and urlbase64")


def _decode(text: str, form: str) -> str | None:
    import base64

    decoders: dict[str, Callable[[str], bytes]] = {
        "hex": bytes.fromhex,
        "base64": lambda given: base64.b64decode(given, validate=True),
        "urlbase64": base64.urlsafe_b64decode,
    }
    if form not in decoders:
        raise evaluation("decode() knows hex, base64 and urlbase64")
    try:
        return decoders[form](text).decode()
    except ValueError:  # not of that form, or no text in UTF-8
        return None


def _escape(text: str, form: str) -> str:
    import html
    import json

    match form:
        case "html":
            return html.escape(text)
        case "json":
            return json.dumps(text, ensure_ascii=False)[1:-1]
        case _:
            raise evaluation("escape() knows html and json")


_JSON_ESCAPE = re.compile(r'\\(?:u([0-9a-fA-F]{4})|(["\\/bfnrt]))')
_JSON = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


def _unescape(text: str, form: str) -> str:
    import html

    match form:
        case "html":
            return html.unescape(text)
        case "json":
            return _JSON_ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else _JSON[found[2]], text)
        case _:
            raise evaluation("unescape() knows html and json")


def _trim(text: str) -> str:
    return text.strip(_SPACES)


def _matches(text: str, regex: str) -> bool:
    return pattern(regex).search(text)


def _matches_full(text: str, regex: str) -> bool:
    return pattern(regex).fullmatch(text)


_FUNCTIONS: tuple[tuple[str, int, Callable[..., Any]], ...] = (
    ("indexOf", 1, str.find),
    ("lastIndexOf", 1, str.rfind),
    ("startsWith", 1, str.startswith),
    ("endsWith", 1, str.endswith),
    ("contains", 1, operator.contains),
    ("upper", 0, str.upper),
    ("lower", 0, str.lower),
    ("length", 0, len),
    ("trim", 0, _trim),
    ("replace", 2, str.replace),
    ("matches", 1, _matches),
    ("matchesFull", 1, _matches_full),
    ("replaceMatches", 2, _replace_matches),
    ("encode", 1, _encode),
    ("decode", 1, _decode),
    ("escape", 1, _escape),
    ("unescape", 1, _unescape),
)
for _name, _arguments, _work in _FUNCTIONS:
    _register(_name, _arguments, _work)
