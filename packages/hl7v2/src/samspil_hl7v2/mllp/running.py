"""A listener with all it needs, until it is interrupted."""

from __future__ import annotations

import asyncio
import signal
import ssl
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from samspil_core.serving import spare_the_log
from samspil_hl7v2.batch import Options
from samspil_hl7v2.limits import Limits

from .delivering import Delivery, receiver_of
from .inbox import Inbox
from .listener import listening
from .metrics import Metrics, serve_metrics


class Choices(NamedTuple):
    """Where to listen, where to keep, where to deliver; the command's options."""

    port: int
    host: str
    inbox: str
    to: str
    report: str | None
    metrics_port: int | None
    max_bytes: int
    frame_seconds: float


def _now() -> datetime:
    return datetime.now(UTC)


async def run(
    choices: Choices, options: Options, tls: ssl.SSLContext | None, begun: Callable[[str, int], None]
) -> None:
    """Listen, convert and deliver until SIGINT or SIGTERM; `begun` is called with host and port when it listens.

    Raises OSError for what the machine refuses, ModuleNotFoundError where a server is to be delivered to
    and httpx is not there.
    """
    spare_the_log()
    metrics, limits = Metrics(), Limits(choices.max_bytes, choices.frame_seconds)
    async with AsyncExitStack() as stack:
        async with receiver_of(choices.to):
            pass  # what the machine refuses is told before anybody connects
        if choices.report:
            Path(choices.report).open("ab").close()  # noqa: ASYNC230  the same
        delivery = Delivery(choices.inbox, choices.to, options, choices.report, metrics)
        server = await stack.enter_async_context(
            listening(
                Inbox(choices.inbox),
                host=choices.host,
                port=choices.port,
                now=_now,
                metrics=metrics,
                limits=limits,
                tls=tls,
                arrived=lambda _sender: delivery.wake(),
            )
        )
        if choices.metrics_port is not None:
            shown = serve_metrics(metrics, Inbox(choices.inbox), choices.host, choices.metrics_port, _now)
            stack.callback(shown.server_close)
            stack.callback(shown.shutdown)
        delivering = asyncio.create_task(delivery.run())
        stack.push_async_callback(_stopped, delivering)
        begun(choices.host, server.sockets[0].getsockname()[1])
        await _interrupted()


async def _stopped(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _interrupted() -> None:
    loop, done = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, done.set)
    await done.wait()
