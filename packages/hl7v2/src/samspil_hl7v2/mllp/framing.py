"""MLLP frames: <VT> message <FS><CR>."""

from __future__ import annotations

import asyncio
import re

START, END, LAST = b"\x0b", b"\x1c", b"\r"
_AFTER_END = {LAST, b"\n", START, b""}
_MOMENT = 0.2
"""Seconds in which what follows a block end comes."""

_ANEW = re.compile(rb"\x0bMSH[^\sA-Za-z0-9]")
"""A message begun within a frame. A block start alone is content: texts of word processors hold vertical tabs."""


class FrameTooLong(ValueError):
    """A frame holds more bytes than allowed."""


class FrameTooSlow(ValueError):
    """A frame was begun and not ended in time."""


def frame(message: bytes) -> bytes:
    """Give a message in its frame."""
    return START + message + END + LAST


class Frames:
    """The frames of a stream, one after the other. Bytes between them are skipped, as the protocol says.

    A block end ends a frame where a carriage return follows, a line feed, the next frame, or nothing for a moment: senders
    are about that leave the carriage return out. Where anything else follows it is content, and what follows belongs to it.
    """

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader
        self._ahead = False

    async def next(self, limit: int, seconds: float) -> bytes | None:
        """Give the next message without its frame; None where the other side has closed. Raises what `rest` does."""
        return await self.rest(limit, seconds) if await self.begun() else None

    async def begun(self) -> bool:
        """Wait for the start of a frame; False where the other side has closed."""
        while not self._ahead:
            first = await self._reader.read(1)
            if not first:
                return False
            self._ahead = first == START
        self._ahead = False
        return True

    async def rest(self, limit: int, seconds: float) -> bytes | None:
        """Give the message of a frame that has begun; None where the other side has closed.

        A frame cut off by the end of the stream, or by the start of another message, is no message: its sender has no
        answer, and sends again. Raises FrameTooLong and FrameTooSlow (`seconds` from the first byte on).
        """
        try:
            return await asyncio.wait_for(self._rest(limit), seconds)
        except TimeoutError:
            raise FrameTooSlow from None

    async def _rest(self, limit: int) -> bytes | None:
        pieces: list[bytes] = []
        size = 0
        while True:
            try:
                piece = await self._reader.readuntil(END)
            except asyncio.LimitOverrunError as error:
                piece = await self._reader.readexactly(error.consumed)
            except asyncio.IncompleteReadError:
                return None
            while piece.endswith(END) and (more := await self._after_end()):
                piece += more
            pieces.append(piece)
            size += len(piece)
            if size > limit:
                raise FrameTooLong
            if piece.endswith(END):
                return _last_begun(b"".join(pieces).rstrip(END))

    async def _after_end(self) -> bytes:
        """The byte after a block end that does not end the frame; nothing where it does."""
        try:
            async with asyncio.timeout(_MOMENT):
                after = await self._reader.read(1)
        except TimeoutError:
            return b""
        self._ahead = after == START
        return b"" if after in _AFTER_END else after


def _last_begun(content: bytes) -> bytes:
    start = 0
    if START in content:
        start = max((found.start() + 1 for found in _ANEW.finditer(content)), default=0)
    return content[start:]
