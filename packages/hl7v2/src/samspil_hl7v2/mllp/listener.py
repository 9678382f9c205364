"""The listener: a message is acknowledged when it is on disk, not before, and not because it was understood."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import NamedTuple

from samspil_hl7v2.limits import Limits

from .acknowledgement import Outcome, acknowledge
from .database import InboxFault
from .framing import Frames, FrameTooLong, FrameTooSlow, frame
from .groups import Groups
from .header import header
from .inbox import Inbox, Kept, Received
from .metrics import Metrics

NO_MSH = "it does not begin with MSH"


@asynccontextmanager
async def listening(  # noqa: PLR0913  each is a choice of the caller, by name
    inbox: Inbox,
    *,
    host: str,
    port: int,
    now: Callable[[], datetime],
    metrics: Metrics | None = None,
    limits: Limits | None = None,
    tls: ssl.SSLContext | None = None,
    arrived: Callable[[str], None] = lambda _sender: None,
) -> AsyncGenerator[asyncio.Server]:
    """Listen for as long as the context lasts; `server.sockets` tells the port where 0 was asked.

    Where as many connections are open as `limits` allow, a further one takes the place of that which has waited the longest
    for its next message, if there is one: its sender connects again.
    `now` tells the time, with its zone. `arrived` is called with the sender of each new message after it is on disk.
    Raises OSError where the port is taken.
    """
    bounds, counts = limits or Limits(), metrics or Metrics()
    writer = Groups[Received, Kept](lambda messages: inbox.keep(messages, now()), threaded=True)
    gate = asyncio.Semaphore(bounds.connections)
    quiet: dict[asyncio.StreamWriter, None] = {}

    async def serve(reader: asyncio.StreamReader, out: asyncio.StreamWriter) -> None:
        if gate.locked() and quiet:
            longest = next(iter(quiet))
            del quiet[longest]
            longest.transport.abort()
        try:
            async with gate:
                await _converse(_Talk(Frames(reader), out, writer, now, bounds, counts, arrived, quiet))
        except TimeoutError:
            out.transport.abort()  # it sends and never reads
        except (ConnectionError, ssl.SSLError, asyncio.CancelledError):
            pass  # what was not acknowledged is sent again
        finally:
            out.close()

    server = await asyncio.start_server(serve, host, port, ssl=tls, limit=1 << 20)
    writing = asyncio.create_task(writer.run())
    try:
        yield server
    finally:
        server.close()
        writing.cancel()


class _Talk(NamedTuple):
    frames: Frames
    out: asyncio.StreamWriter
    writer: Groups[Received, Kept]
    now: Callable[[], datetime]
    limits: Limits
    metrics: Metrics
    arrived: Callable[[str], None]
    quiet: dict[asyncio.StreamWriter, None]
    """The connections that wait for their next message, the one that has waited longest first."""


async def _begun(talk: _Talk) -> bool:
    talk.quiet[talk.out] = None
    try:
        return await talk.frames.begun()
    finally:
        talk.quiet.pop(talk.out, None)


async def _converse(talk: _Talk) -> None:
    while await _begun(talk):
        try:
            message = await talk.frames.rest(talk.limits.message_bytes, talk.limits.frame_seconds)
        except FrameTooLong:
            await _answer(talk, b"", "rejected", "0", f"longer than {talk.limits.message_bytes} bytes")
            return
        except FrameTooSlow:
            await _answer(talk, b"", "rejected", "0", f"not complete after {talk.limits.frame_seconds:g} seconds")
            return
        if message is None:
            return
        await _take(talk, message)


async def _take(talk: _Talk, message: bytes) -> None:
    head = header(message)
    received = Received(head.sender, head.control_id, message) if head else Received("", "", message, dead=NO_MSH)
    try:
        kept = await talk.writer.ask(received)
    except InboxFault:
        await _answer(talk, message, "error", "0", "it could not be stored; send it again")
        return
    talk.metrics.count("received", "again" if kept.again else "new")
    if head is None:
        await _answer(talk, message, "rejected", str(kept.number), NO_MSH)
        return
    await _answer(talk, message, "accepted", str(kept.number))
    if not kept.again:
        talk.arrived(received.sender)


async def _answer(talk: _Talk, message: bytes, outcome: Outcome, number: str, text: str = "") -> None:
    talk.metrics.count("acknowledged", outcome)
    answer = acknowledge(header(message), outcome, talk.now(), number, text)
    if answer is not None:
        talk.out.write(frame(answer))
        async with asyncio.timeout(talk.limits.frame_seconds):
            await talk.out.drain()
