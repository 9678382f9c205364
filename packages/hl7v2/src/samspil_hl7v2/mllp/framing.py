"""MLLP frames: <VT> message <FS><CR>."""

from __future__ import annotations

import asyncio
import re

START, END, LAST = b"\x0b", b"\x1c", b"\r"

_ANEW = re.compile(rb"\x0bMSH[^\sA-Za-z0-9]")
"""A message begun within a frame. A block start alone is content: texts of word processors hold vertical tabs."""


class FrameTooLong(ValueError):
    """A frame holds more bytes than allowed."""


class FrameTooSlow(ValueError):
    """A frame was begun and not ended in time."""


def frame(message: bytes) -> bytes:
    """Give a message in its frame."""
    return START + message + END + LAST


async def begun(reader: asyncio.StreamReader) -> bool:
    """Wait for the start of a frame; False where the other side has closed. Bytes between frames are skipped."""
    while (first := await reader.read(1)) != START:
        if not first:
            return False
    return True


async def read_frame(reader: asyncio.StreamReader, limit: int, seconds: float) -> bytes | None:
    """Give the next message without its frame; None where the other side has closed.

    Bytes between frames are skipped, as the protocol says. Raises what `rest_of_frame` does.
    """
    return await rest_of_frame(reader, limit, seconds) if await begun(reader) else None


async def rest_of_frame(reader: asyncio.StreamReader, limit: int, seconds: float) -> bytes | None:
    """Give the message of a frame that has begun; None where the other side has closed.

    A frame cut off by the end of the stream, or by the start of another message, is no message: its sender has no answer,
    and sends again. Raises FrameTooLong and FrameTooSlow (`seconds` from the first byte on).
    """
    try:
        return await asyncio.wait_for(_rest(reader, limit), seconds)
    except TimeoutError:
        raise FrameTooSlow from None


async def _rest(reader: asyncio.StreamReader, limit: int) -> bytes | None:
    pieces: list[bytes] = []
    size = 0
    while True:
        try:
            piece = await reader.readuntil(END)
        except asyncio.LimitOverrunError as error:
            piece = await reader.readexactly(error.consumed)
        except asyncio.IncompleteReadError:
            return None
        pieces.append(piece)
        size += len(piece)
        if size > limit:
            raise FrameTooLong
        if piece.endswith(END):
            return _last_begun(b"".join(pieces)[:-1])


def _last_begun(content: bytes) -> bytes:
    start = 0
    if START in content:
        start = max((found.start() + 1 for found in _ANEW.finditer(content)), default=0)
    return content[start:]
