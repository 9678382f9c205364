"""Delivery: what waits in the inbox is converted and handed on, in the order of its sender, until it is taken."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, Literal, NamedTuple, Protocol

from samspil_hl7v2.batch import Line, Options, convert_one
from samspil_hl7v2.reader import RawMessage

from .inbox import REMEMBERED, Inbox, Letter
from .metrics import Metrics

_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=1), timedelta(seconds=60)
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

    def arrived(self, sender: str) -> None:
        """Begin to deliver what this sender sent, unless that goes on already."""
        self.fresh.add(sender)
        running = self.tasks.get(sender)
        if running is None or running.done():
            self.tasks[sender] = asyncio.create_task(self._deliver(sender))

    def begin(self) -> None:
        """Deliver what waits from an earlier run."""
        for sender in self.inbox.senders():
            self.arrived(sender)

    async def idle(self) -> None:
        """Wait until nothing is left to deliver."""
        while running := [task for task in self.tasks.values() if not task.done()]:
            await asyncio.wait(running)

    async def stop(self) -> None:
        """Give up what is being delivered; it waits in the inbox for the next run."""
        for task in self.tasks.values():
            task.cancel()
        await asyncio.gather(*self.tasks.values(), return_exceptions=True)

    async def _deliver(self, sender: str) -> None:
        while True:
            self.fresh.discard(sender)
            try:
                letter = await asyncio.to_thread(self.inbox.first, sender)
                if letter is None and sender not in self.fresh:
                    return  # what comes from here on finds this task done, and begins another
                if letter is None:
                    continue
                await asyncio.sleep(max(0.0, (letter.due - self.now()).total_seconds()))
                await self._attempt(letter)
            except (sqlite3.Error, OSError):  # a full disk: nothing is marked, so nothing is lost
                self.metrics.count("delivery", "not-marked")
                await asyncio.sleep(_FIRST_WAIT.total_seconds())

    async def _attempt(self, letter: Letter) -> None:
        source = f"{letter.sender} {letter.control}"
        line = await asyncio.to_thread(convert_one, RawMessage(letter.data, source, letter.number), self.options)
        self._tell(line, letter)
        if line.bundle is None:
            result = Result("refused", "no bundle could be made of it")
        else:
            result = await self.receiver.take(letter.number, line.bundle)
        await asyncio.to_thread(self._settle, letter, result)

    def _tell(self, line: Line, letter: Letter) -> None:
        if self.report is not None and letter.attempts == 0:
            self.report.write(line.report + b"\n")
            self.report.flush()

    def _settle(self, letter: Letter, result: Result) -> None:
        self.metrics.count("delivery", result.state)
        if result.state == "taken":
            self.inbox.delivered(letter.number)
        elif result.state == "refused":
            self.inbox.dead(letter.number, result.why)
        else:
            wait = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(letter.attempts, 10))
            self.inbox.later(letter.number, self.now() + wait, result.why)

    async def forget(self, every: timedelta = timedelta(hours=1)) -> None:
        """Drop the traces of what was delivered long ago, for as long as it runs."""
        while True:
            self.inbox.forget(self.now() - REMEMBERED)
            await asyncio.sleep(every.total_seconds())
