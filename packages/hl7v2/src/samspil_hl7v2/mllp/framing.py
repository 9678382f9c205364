"""MLLP frames: <VT> message <FS><CR>."""

from __future__ import annotations

import asyncio

START, END, LAST = b"\x0b", b"\x1c", b"\r"


class FrameTooLong(ValueError):
    """A frame holds more bytes than allowed."""


class FrameTooSlow(ValueError):
    """A frame was begun and not ended in time."""


def frame(message: bytes) -> bytes:
    """Give a message in its frame."""
    return START + message + END + LAST


async def read_frame(reader: asyncio.StreamReader, limit: int, seconds: float) -> bytes | None:
    """Give the next message without its frame; None where the other side has closed.

    Bytes between frames are skipped, as the protocol says. A frame cut off by the end of the stream is no message: its
    sender has no answer, and sends again. Raises FrameTooLong and FrameTooSlow (`seconds` from the first byte on).
    """
    while (first := await reader.read(1)) != START:
        if not first:
            return None
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
            return b"".join(pieces)[:-1]
