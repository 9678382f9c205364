"""Where each value stands in a JSON text, and in what a fault of the text lies: slow, and only for findings.

The scan is forgiving: it follows a text as far as brackets, strings and colons go, whatever is wrong between them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["duplicates", "enclosing", "line_and_column", "places"]

_TOKEN = re.compile(r'[ \t\r\n]*(?P<token>[{}\[\],:]|"[^"\\]*+(?:\\.[^"\\]*+)*+"|[^\s{}\[\],:"]+|")', re.DOTALL)
_TYPE = re.compile(r'"resourceType"\s*:\s*"([A-Za-z]+)"')


class _Walk:
    """Where the scan stands: open containers, each with the key or index of what comes next in it."""

    def __init__(self, top: str) -> None:
        self.top = top
        self.keys: list[str | int | None] = []
        self.awaits_key = False

    def where(self) -> str:
        text = self.top
        for key in self.keys:
            if isinstance(key, int):
                text += f"[{key}]"
            elif key is not None:
                text += f".{key}" if text else key
        return text

    def take(self, token: str) -> bool:
        """Take a token; True when it begins a value at the place the walk stands at."""
        if token in "{[":
            return True
        if token in "}]":
            if self.keys:
                self.keys.pop()
            self.awaits_key = False
            return False
        if token == ",":
            return self._next()
        if token == ":":
            self.awaits_key = False
            return False
        if self.awaits_key:
            self.keys[-1] = token[1:-1]
            return False
        return True

    def open(self, token: str) -> None:
        self.keys.append(0 if token == "[" else None)
        self.awaits_key = token == "{"

    def _next(self) -> bool:
        if self.keys:
            key = self.keys[-1]
            self.keys[-1] = key + 1 if isinstance(key, int) else None
            self.awaits_key = not isinstance(key, int)
        return False


def _top(text: str) -> str:
    found = _TYPE.search(text)
    return found[1] if found else ""


def _values(text: str) -> Iterator[tuple[str, int]]:
    walk = _Walk(_top(text))
    for found in _TOKEN.finditer(text):
        token = found["token"]
        if walk.take(token):
            yield walk.where(), found.start("token")
        if token in "{[":
            walk.open(token)


def places(text: str) -> dict[str, int]:
    """The offset of each value by its place; where a key comes twice, the first one counts.

    The siblings that JSON has for extensions of primitives (`_birthDate`) stand under the name of the primitive too.
    """
    found: dict[str, int] = {}
    for where, offset in _values(text):
        found.setdefault(where, offset)
        found.setdefault(where.replace("._", "."), offset)
    return found


def duplicates(text: str) -> list[tuple[str, int]]:
    """The places that a text gives a value more than once, with the offset of each but the first."""
    seen: set[str] = set()
    found: list[tuple[str, int]] = []
    for where, offset in _values(text):
        if where in seen:
            found.append((where, offset))
        seen.add(where)
    below = tuple(f"{where}{sign}" for where, _ in found for sign in ".[")
    return [each for each in found if not each[0].startswith(below)]


def enclosing(text: str, offset: int) -> str:
    """The place of the value in which the character at this offset lies."""
    walk = _Walk(_top(text))
    for found in _TOKEN.finditer(text):
        if found.end() > offset:
            break
        token = found["token"]
        walk.take(token)
        if token in "{[":
            walk.open(token)
    if walk.awaits_key and walk.keys:
        walk.keys.pop()
    return walk.where()


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """The line and column of an offset, both from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
