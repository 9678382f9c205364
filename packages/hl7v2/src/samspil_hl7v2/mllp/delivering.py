"""Delivery in a process of its own: converting takes the processor for as long as a message is long, and answers must not wait.

The process reads its settings from the first line of its standard input, then a byte whenever something new is in the inbox.
At the end of that input its listener is gone, and so is it, at once: what was under way is delivered again, with the same
bytes. A line of its standard output is what it counted since the line before.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import Any

from samspil_hl7v2.batch import Options

from .delivery import Deliverer, Folder, Receiver, Server
from .inbox import Inbox
from .metrics import Metrics

_TOLD = 0.5
_AGAIN = 0.5
_GOODBYE = 10.0
_NICE = 5
"""Answers go first where the processor is short: what waits is on disk."""
_SWITCH = 0.0005
"""Seconds after which a long conversion lets a thread of its process go on that may hold the inbox's lock."""


@dataclass
class Delivery:
    """The process, seen from its listener: woken, counted, and started again when it is gone."""

    inbox: str
    to: str
    options: Options
    report: str | None
    metrics: Metrics
    _process: asyncio.subprocess.Process | None = None
    _settings: bytes = field(init=False)

    def __post_init__(self) -> None:
        told = {"inbox": self.inbox, "to": self.to, "options": asdict(self.options), "report": self.report}
        self._settings = json.dumps(told).encode() + b"\n"

    def wake(self) -> None:
        """Say that something new is in the inbox."""
        pipe = self._process.stdin if self._process else None
        if pipe and not pipe.is_closing() and not pipe.transport.get_write_buffer_size():
            pipe.write(b"\n")

    async def run(self) -> None:
        """Let it run until cancelled."""
        while True:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", __name__), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
            )
            self.metrics.delivering = True
            try:
                await self._attend(self._process)
            finally:
                self.metrics.delivering = False
                await _ended(self._process)
            self.metrics.count("delivery", "restarted")
            await asyncio.sleep(_AGAIN)

    async def _attend(self, process: asyncio.subprocess.Process) -> None:
        if process.stdin is None or process.stdout is None:
            return
        process.stdin.write(self._settings)
        async for line in process.stdout:
            for name, label, number in json.loads(line):
                self.metrics.count(name, label, number)


async def _ended(process: asyncio.subprocess.Process) -> None:
    if process.stdin:
        process.stdin.close()
    try:
        await asyncio.wait_for(process.wait(), _GOODBYE)
    except TimeoutError:
        process.kill()


def receiver_of(to: str) -> AbstractAsyncContextManager[Receiver]:
    """Open a FHIR server by its base, or a folder, which is made. Raises OSError, ModuleNotFoundError without httpx."""
    if to.startswith(("http://", "https://")):
        import httpx

        limits = httpx.Limits(max_connections=None, max_keepalive_connections=100)
        return _server(httpx.AsyncClient(timeout=30, limits=limits), to)
    Path(to).mkdir(parents=True, exist_ok=True)
    return nullcontext(Folder(Path(to)))


@asynccontextmanager
async def _server(client: Any, base: str) -> AsyncGenerator[Receiver]:
    async with client:
        yield Server(client, base)


def main() -> None:
    """Be that process."""
    sys.setswitchinterval(_SWITCH)
    os.nice(_NICE)
    if find_spec("sniffio") is None:  # httpcore looks for it on the disk at every lock, ten times a request
        sys.modules["sniffio"] = None  # type: ignore[assignment]
    told = json.loads(sys.stdin.buffer.readline())
    options = told["options"]
    options["layers"] = tuple(options["layers"])
    options["validate"] = None if options["validate"] is None else tuple(options["validate"])
    try:
        asyncio.run(_deliver(told["inbox"], told["to"], Options(**options), told["report"]))
    except OSError as error:  # its listener starts it again
        sys.exit(f"delivery: {error}")


async def _deliver(inbox: str, to: str, options: Options, report: str | None) -> None:
    wake, loop = asyncio.Event(), asyncio.get_running_loop()
    Thread(target=_listen, args=(lambda: loop.call_soon_threadsafe(wake.set),), daemon=True).start()
    async with AsyncExitStack() as stack:
        if "://" not in inbox:
            alone = stack.enter_context(Path(f"{inbox}-delivery").open("wb"))  # noqa: ASYNC230, SIM115  once, on the stack
            await asyncio.to_thread(fcntl.flock, alone, fcntl.LOCK_EX)
        lines = stack.enter_context(Path(report).open("ab")) if report else None  # noqa: ASYNC230, SIM115  the same
        receiver = await stack.enter_async_context(receiver_of(to))
        deliverer = Deliverer(Inbox(inbox, durable=False), receiver, options, lambda: datetime.now(UTC), report=lines)
        async with asyncio.TaskGroup() as together:
            together.create_task(deliverer.run(wake))
            together.create_task(_tell(deliverer.metrics))


def _listen(wake: Callable[[], object]) -> None:
    while os.read(0, 4096):
        wake()
    os._exit(0)


async def _tell(metrics: Metrics) -> None:
    while True:
        await asyncio.sleep(_TOLD)
        if metrics.counters:
            counted = [(name, label, number) for (name, label), number in metrics.counters.items()]
            metrics.counters.clear()
            sys.stdout.write(json.dumps(counted) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
