"""Sending messages over MLLP, one after the other, each after the answer to the one before."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterable
from typing import NamedTuple

from .acknowledgement import answer_of
from .framing import Frames, frame
from .header import header

_LONGEST_ANSWER = 1 << 20


class Sent(NamedTuple):
    """A message sent: its MSH-10, the code of the answer (MSA-1; empty where none came), and the answer."""

    control_id: str
    code: str
    answer: bytes

    @property
    def accepted(self) -> bool:
        """Whether the receiver has taken it."""
        return self.code in {"AA", "CA"}


async def send(
    messages: Iterable[bytes], *, host: str, port: int, seconds: float = 30.0, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Sent]:
    """Send messages over one connection; give each with its answer. Raises OSError where nobody listens.

    Goes on after a refusal; ends after the first message without an answer in `seconds`, as what comes after it could
    not be told from its answer.
    """
    reader, writer = await asyncio.open_connection(host, port, ssl=tls)
    frames = Frames(reader)
    try:
        for message in messages:
            writer.write(frame(message))
            await writer.drain()
            head = header(message)
            answer = await _answer(frames, seconds)
            yield Sent(head.control_id if head else "", answer_of(answer or b"")[0], answer or b"")
            if answer is None:
                return
    finally:
        writer.close()


async def _answer(frames: Frames, seconds: float) -> bytes | None:
    try:
        return await asyncio.wait_for(frames.next(_LONGEST_ANSWER, seconds), seconds)
    except (TimeoutError, ValueError, ConnectionError):
        return None
