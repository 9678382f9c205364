"""The senders: each sends its messages in order, one after the answer to the one before, again until it is answered."""

import asyncio
import contextlib
import time
from array import array
from collections import Counter
from dataclasses import dataclass, field

from .load import message, old_repeat

_PATIENCE, _LATER, _AGAIN = 5.0, 0.25, 0.5
_BACK = 50
"""Seconds for an answer, before a new connection, after AE; how many messages back an old repetition lies."""


@dataclass
class Told:
    """What the senders saw. Times are seconds from the start of the campaign, latencies milliseconds."""

    start: float
    at: "array[float]" = field(default_factory=lambda: array("d"))
    latency: "array[float]" = field(default_factory=lambda: array("d"))
    counts: "Counter[str]" = field(default_factory=Counter)
    not_stored: "array[float]" = field(default_factory=lambda: array("d"))
    wrong: list[str] = field(default_factory=list)

    def now(self) -> float:
        """Seconds from the start."""
        return time.monotonic() - self.start


@dataclass
class Sender:
    """One sender with its own name and connection. `done` messages, 0 up to it, have their final answer."""

    seed: int
    sender: int
    port: int
    rate: float
    told: Told
    done: int = 0
    refused: list[int] = field(default_factory=list)
    line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def run(self, phase: float, until: float) -> None:
        """Send at the rate, making up for what was late, until so many seconds from the start."""
        while True:
            due = (self.done + phase) / self.rate
            if due > until or self.told.now() > until:
                break
            await asyncio.sleep(max(0.0, due - self.told.now()))
            each = message(self.seed, self.sender, self.done)
            code = await self._through(each.data, self.done, each.kind)
            self.told.counts[each.kind] += 1
            if code == "AR":
                self.refused.append(self.done)
            if each.repeat:
                self.told.counts["sent twice on purpose"] += 1
                await self._through(each.data, self.done, each.kind)
            if self.done >= _BACK and old_repeat(self.seed, self.sender, self.done):
                self.told.counts["sent twice on purpose"] += 1
                old = message(self.seed, self.sender, self.done - _BACK)
                await self._through(old.data, self.done - _BACK, old.kind)
            self.done += 1
        if self.line:
            self.line[1].close()

    async def _through(self, data: bytes, number: int, kind: str) -> str:
        """Send until the answer is final; give it."""
        while True:
            code = await self._once(data, number, kind)
            if code in {"AA", "CA"} or (code in {"AR", "CR"} and kind == "no MSH"):
                if kind == "no MSH" and code in {"AA", "CA"}:
                    self._wrong(number, f"{code} for what does not begin with MSH")
                return code
            if code in {"AE", "CE"}:
                self.told.not_stored.append(self.told.now())
            elif code:
                self._wrong(number, f"{code} for a message of kind {kind}")
                return code
            self.told.counts[code or "no answer"] += 1
            await asyncio.sleep(_AGAIN if code else _LATER)

    async def _once(self, data: bytes, number: int, kind: str) -> str:
        try:
            if self.line is None:
                self.line = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20)
            reader, writer = self.line
            begun = time.perf_counter()
            writer.write(b"\x0b" + data + b"\x1c\r")
            answer = await asyncio.wait_for(reader.readuntil(b"\x1c\r"), _PATIENCE)
            taken = (time.perf_counter() - begun) * 1000
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            self._hang_up()
            return ""
        code, of = _answer(answer)
        if kind != "no MSH" and of != str(number):
            self._wrong(number, f"an answer to {of}")
        self.told.counts[f"answers {code}"] += 1
        if code not in {"AE", "CE"}:
            self.told.at.append(self.told.now())
            self.told.latency.append(taken)
        return code

    def _wrong(self, number: int, what: str) -> None:
        self.told.wrong.append(f"sender {self.sender}, message {number}: {what}")

    def _hang_up(self) -> None:
        if self.line:
            with contextlib.suppress(OSError):
                self.line[1].transport.abort()
        self.line = None


def _answer(answer: bytes) -> tuple[str, str]:
    """MSA-1 and MSA-2."""
    for line in answer.split(b"\r"):
        if line.startswith(b"MSA|"):
            fields = line.decode("latin-1").split("|")
            return fields[1], fields[2] if len(fields) > 2 else ""  # noqa: PLR2004  MSA-2
    return "", ""
