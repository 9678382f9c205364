"""A listener with all it needs, until it is interrupted."""

from __future__ import annotations

import asyncio
import signal
import ssl
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from samspil_hl7v2.batch import Options
from samspil_hl7v2.limits import Limits

from .delivery import Deliverer, Folder, Receiver, Server
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

    Raises OSError and sqlite3.Error for what the machine refuses, ModuleNotFoundError where a server is to be delivered to
    and httpx is not there.
    """
    metrics = Metrics()
    async with AsyncExitStack() as stack:
        receiver = await stack.enter_async_context(_receiver(choices.to))
        report = stack.enter_context(Path(choices.report).open("ab")) if choices.report else None  # noqa: ASYNC230, SIM115  once, on the stack
        kept, taken = Inbox(choices.inbox), Inbox(choices.inbox, durable=False)
        deliverer = Deliverer(taken, receiver, options, _now, metrics, report)
        limits = Limits(choices.max_bytes, choices.frame_seconds)
        server = await stack.enter_async_context(
            listening(
                kept,
                host=choices.host,
                port=choices.port,
                now=_now,
                metrics=metrics,
                limits=limits,
                tls=tls,
                arrived=deliverer.arrived,
            )
        )
        if choices.metrics_port is not None:
            shown = serve_metrics(metrics, Inbox(choices.inbox), choices.host, choices.metrics_port, _now)
            stack.callback(shown.server_close)
            stack.callback(shown.shutdown)
        deliverer.begin()
        forgetting = asyncio.create_task(deliverer.forget())
        stack.callback(forgetting.cancel)
        begun(choices.host, server.sockets[0].getsockname()[1])
        await _interrupted()


async def _interrupted() -> None:
    loop, done = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, done.set)
    await done.wait()


def _receiver(to: str) -> AbstractAsyncContextManager[Receiver]:
    if to.startswith(("http://", "https://")):
        return _server(to)
    Path(to).mkdir(parents=True, exist_ok=True)
    return nullcontext(Folder(Path(to)))


@asynccontextmanager
async def _server(base: str) -> AsyncGenerator[Receiver]:
    import httpx

    async with httpx.AsyncClient(timeout=30) as client:
        yield Server(client, base)
