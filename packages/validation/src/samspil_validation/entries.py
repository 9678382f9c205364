"""A Bundle of any size, entry by entry: the text is scanned in pieces, and only one entry is held at a time.

https://hl7.org/fhir/R4/bundle.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

__all__ = ["NotABundle", "scan"]

_PIECE = 1 << 20
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?P<rest>"|\\?\Z)|[{}\[\]]', re.DOTALL)
"""A string, a brace or a bracket; a string that the piece at hand cuts off ends with the piece."""
_SPACE = b" \t\r\n"
_PLAIN = re.compile(rb"[^,}\]\s]+")


class NotABundle(ValueError):
    """The text is no JSON object, or ends too early. Says where, in bytes."""

    def __init__(self, at: int) -> None:
        super().__init__(f"no JSON object goes on at byte {at}")
        self.at = at


class _Text:
    """A stream as text with a cursor; what lies behind the cursor is forgotten."""

    def __init__(self, stream: BinaryIO, piece: int) -> None:
        self._stream = stream
        self._piece = piece
        self._data = b""
        self._before = 0
        self.cursor = 0

    @property
    def at(self) -> int:
        return self._before + self.cursor

    def more(self) -> bool:
        piece = self._stream.read(self._piece)
        self._data = self._data[self.cursor :] + piece
        self._before += self.cursor
        self.cursor = 0
        return bool(piece)

    def peek(self) -> bytes:
        """The next byte that is no white space."""
        while True:
            while self.cursor < len(self._data) and self._data[self.cursor] in _SPACE:
                self.cursor += 1
            if self.cursor < len(self._data):
                return self._data[self.cursor : self.cursor + 1]
            if not self.more():
                raise NotABundle(self.at)

    def expect(self, byte: bytes) -> None:
        if self.peek() != byte:
            raise NotABundle(self.at)
        self.cursor += 1

    def value(self) -> bytes:
        """The bytes of the next JSON value."""
        first = self.peek()
        if first in b"{[":
            return self._nested()
        pattern = _STRING if first == b'"' else _PLAIN
        while True:
            found = pattern.match(self._data, self.cursor)
            if found and (found.end() < len(self._data) or first == b'"'):
                self.cursor = found.end()
                return found[0]
            if not self.more():
                raise NotABundle(self.at)

    def _nested(self) -> bytes:
        depth, seen = 0, 0
        while True:
            cut = False
            for found in _TOKEN.finditer(self._data, self.cursor + seen):
                mark = found[0]
                if mark[:1] == b'"' and found["rest"] != b'"':
                    seen, cut = found.start() - self.cursor, True
                    break
                if mark in {b"{", b"["}:
                    depth += 1
                elif mark in {b"}", b"]"}:
                    depth -= 1
                if depth == 0:
                    data = self._data[self.cursor : found.end()]
                    self.cursor = found.end()
                    return data
            if not cut:
                seen = len(self._data) - self.cursor
            if not self.more():
                raise NotABundle(self.at)


def scan(stream: BinaryIO, piece: int = _PIECE) -> Iterator[tuple[str, bytes]]:
    """Key and text of every member of the outermost object; of `entry`, a pair for each entry.

    `piece` is how many bytes are read at a time.

    Raises `NotABundle` where the text is no JSON object; what lies inside the values is not looked at.
    """
    text = _Text(stream, piece)
    text.expect(b"{")
    if text.peek() == b"}":
        return
    while True:
        key = text.value().strip(b'"').decode("utf-8", "replace")
        text.expect(b":")
        if key == "entry" and text.peek() == b"[":
            yield from _entries(text)
        else:
            yield key, text.value()
        if text.peek() == b"}":
            return
        text.expect(b",")


def _entries(text: _Text) -> Iterator[tuple[str, bytes]]:
    text.expect(b"[")
    if text.peek() == b"]":
        text.expect(b"]")
        return
    while True:
        yield "entry", text.value()
        if text.peek() == b"]":
            text.expect(b"]")
            return
        text.expect(b",")
