"""Delivery: what waits in the inbox is converted and handed on, in the order of its sender, until it is taken."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, Literal, NamedTuple, Protocol

from samspil_hl7v2.batch import Line, Options, convert_one
from samspil_hl7v2.reader import RawMessage

from .database import InboxFault
from .groups import Groups
from .inbox import REMEMBERED, Inbox, Letter, Mark, Turn
from .metrics import Metrics

_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=1), timedelta(seconds=60)
_PAUSE, _LOOK, _TIDY, _FORGET = 0.01, 1.0, 0.25, 60.0
_LONG = 64 * 1024
"""Seconds between two looks into the inbox, at least and at most, two tidyings, two times of forgetting; bytes converted in
a thread."""
_BUSY = {408, 425, 429, 500, 502, 503, 504}


class Result(NamedTuple):
    """What became of an attempt: taken, to be tried again, or refused; `why` has no content of the message."""

    state: Literal["taken", "again", "refused"]
    why: str = ""


class Receiver(Protocol):
    """Where bundles go."""

    async def take(self, number: int, bundle: bytes) -> Result:
        """Hand over one bundle; `number` is the message's in the inbox. The same one may come twice."""
        ...


@dataclass
class Folder:
    """A folder: each bundle becomes a file named by its number; the same message again is the same file."""

    path: Path

    async def take(self, number: int, bundle: bytes) -> Result:
        """Write the file whole: beside its name first, then on disk, then renamed."""
        try:
            await asyncio.to_thread(self._write, number, bundle)
        except OSError as error:
            return Result("again", f"the folder: {error.strerror or type(error).__name__}")
        return Result("taken")

    def _write(self, number: int, bundle: bytes) -> None:
        part = self.path / f".{number:010}.part"
        with part.open("wb") as file:
            file.write(bundle)
            file.flush()
            os.fsync(file.fileno())
        part.rename(self.path / f"{number:010}.json")


@dataclass
class Server:
    """A FHIR server: each transaction Bundle is posted to its base. `client` is an `httpx.AsyncClient`.

    The ids in the bundle come from the message, so the same one twice makes nothing twice.
    https://hl7.org/fhir/R4/http.html#transaction
    """

    client: Any
    base: str

    async def take(self, number: int, bundle: bytes) -> Result:  # noqa: ARG002  a server asks no number
        """Post the bundle. A server that is busy or cannot be reached is asked again, one that says no is not."""
        import httpx

        headers = {"Content-Type": "application/fhir+json", "Accept": "application/fhir+json"}
        try:
            answer = await self.client.post(self.base, content=bundle, headers=headers)
        except httpx.HTTPError as error:
            return Result("again", type(error).__name__)
        if answer.is_success:
            return Result("taken")
        return Result("again" if answer.status_code in _BUSY else "refused", f"HTTP {answer.status_code}")


@dataclass
class Deliverer:
    """Takes waiting messages out of the inbox, each sender's in their order: one that is asked again holds up its sender only.

    `report` takes a line of the loss report for each message that is converted for the first time.
    """

    inbox: Inbox
    receiver: Receiver
    options: Options
    now: Callable[[], datetime]
    metrics: Metrics = field(default_factory=Metrics)
    report: BinaryIO | None = None
    tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict[str, "asyncio.Task[None]"])
    fresh: set[str] = field(default_factory=set[str])
    """Senders of whom something came since the inbox was last asked."""

    def __post_init__(self) -> None:
        self._turns = Groups[Turn, Letter | None](self.inbox.turns, threaded=False)

    def arrived(self, sender: str) -> None:
        """Begin to deliver what this sender sent, unless that goes on already."""
        self.fresh.add(sender)
        running = self.tasks.get(sender)
        if running is None or running.done():
            self.tasks[sender] = asyncio.create_task(self._deliver(sender))

    async def until_idle(self) -> None:
        """Deliver all that waits now."""
        turning = asyncio.create_task(self._turns.run())
        for sender in self.inbox.senders():
            self.arrived(sender)
        while running := [task for task in self.tasks.values() if not task.done()]:
            await asyncio.wait(running)
        turning.cancel()

    async def run(self, wake: asyncio.Event) -> None:
        """Deliver until cancelled: what came is looked for when `wake` is set, and every second."""
        async with asyncio.TaskGroup() as together:
            together.create_task(self._turns.run())
            together.create_task(self._look(wake))
            together.create_task(self._tidy())
            together.create_task(self._forget())

    async def _look(self, wake: asyncio.Event) -> None:
        while True:
            wake.clear()
            try:
                for sender in await asyncio.to_thread(self.inbox.senders):
                    self.arrived(sender)
            except InboxFault:
                self.metrics.count("delivery", "no-inbox")
            await asyncio.sleep(_PAUSE)
            with suppress(TimeoutError):
                await asyncio.wait_for(wake.wait(), _LOOK)

    async def _tidy(self) -> None:
        while True:
            with suppress(InboxFault):
                await asyncio.to_thread(self.inbox.tidy)
            await asyncio.sleep(_TIDY)

    async def _forget(self) -> None:
        while True:
            with suppress(InboxFault):
                while await asyncio.to_thread(self.inbox.forget, self.now() - REMEMBERED):  # noqa: ASYNC110  it is the work
                    await asyncio.sleep(_PAUSE)
            await asyncio.sleep(_FORGET)

    async def stop(self) -> None:
        """Give up what is being delivered; it waits in the inbox for the next run."""
        for task in self.tasks.values():
            task.cancel()
        await asyncio.gather(*self.tasks.values(), return_exceptions=True)

    async def _deliver(self, sender: str) -> None:
        mark: Mark | None = None
        while True:
            self.fresh.discard(sender)
            try:
                letter = await self._turns.ask(Turn(sender, mark))
            except InboxFault:  # a full disk: the mark is tried again, not the delivery
                self.metrics.count("delivery", "not-marked")
                await asyncio.sleep(_FIRST_WAIT.total_seconds())
                continue
            mark = None
            if letter is None and sender not in self.fresh:
                return  # what comes from here on finds this task done, and begins another
            if letter is not None and (wait := (letter.due - self.now()).total_seconds()) > 0:
                await asyncio.sleep(wait)  # and ask again: another listener may have it by then
            elif letter is not None:
                mark = await self._attempt(letter)

    async def _attempt(self, letter: Letter) -> Mark:
        raw = RawMessage(letter.data, f"{letter.sender} {letter.control}", letter.number)
        if len(letter.data) < _LONG:
            line = convert_one(raw, self.options)
        else:
            line = await asyncio.to_thread(convert_one, raw, self.options)
        self._tell(line, letter)
        if line.bundle is None:
            result = Result("refused", "no bundle could be made of it")
        else:
            result = await self.receiver.take(letter.number, line.bundle)
        self.metrics.count("delivery", result.state)
        return self._mark(letter, result)

    def _tell(self, line: Line, letter: Letter) -> None:
        if self.report is not None and letter.attempts == 0:
            try:
                self.report.write(line.report + b"\n")
                self.report.flush()
            except OSError:  # a full disk must not hold up what can be delivered
                self.metrics.count("delivery", "not-reported")

    def _mark(self, letter: Letter, result: Result) -> Mark:
        if result.state == "taken":
            return Mark(letter.number, "delivered")
        if result.state == "refused":
            return Mark(letter.number, "dead", result.why)
        wait = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(letter.attempts, 10))
        return Mark(letter.number, "waiting", result.why, self.now() + wait)
