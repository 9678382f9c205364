"""A campaign from its first process to its account."""

import asyncio
import contextlib
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from samspil_hl7v2.mllp import Inbox

from .disk import disk
from .faults import STOP, Stage, Window, play, replay, schedule
from .judge import Account, judge
from .processes import Program, free_port, gauges, samspil
from .proxy import Proxy
from .senders import Sender, Told

_WAITING = 'samspil_hl7v2_inbox{state="waiting"}'
_DRAIN = 600.0


class Plan(NamedTuple):
    """How long, how much, by how many, and how the faults lie; times in seconds, `rate` in messages a second."""

    seconds: float
    rate: float
    senders: int
    seed: int
    first: float
    gap: float
    hold: float
    own_disk: bool = False


@dataclass
class Watched:
    """What was measured each second: the time, resident bytes of the listener and its processes, what waits (-1: unknown)."""

    at: list[float] = field(default_factory=list)
    memory: list[list[int]] = field(default_factory=list)
    waiting: list[tuple[float, float]] = field(default_factory=list)


@dataclass
class Run:
    """A campaign that was run."""

    plan: Plan
    told: Told
    account: Account
    watched: Watched
    windows: list[Window]
    no_writing: list[tuple[float, float]]
    lives: list[float]
    cpu: dict[str, float]
    cuts: dict[str, int]
    replayed: int
    drained: float | None
    mounted: bool


async def campaign(plan: Plan, folder: Path, say: Callable[[str], None]) -> Run:
    """Run one in an empty folder. Raises RuntimeError where a process does not start."""
    place = disk(folder / "disk", own=plan.own_disk)
    inbox, tally = str(place.folder / "inbox.db"), folder / "tally.tsv"
    receiver = Program(
        [sys.executable, "-m", "tools.soak.receiver", str(port := free_port()), str(tally)],
        port,
        folder / "receiver.log",
    )
    metrics, port = free_port(), free_port()
    to = f"http://127.0.0.1:{receiver.port}/fhir"
    given = ("--port", str(port), "--inbox", inbox, "--to", to, "--metrics-port", str(metrics))
    listener = Program(samspil("hl7v2", "listen", *given), port, folder / "listener.log")
    try:
        await receiver.start()
        await listener.start()
        proxy = Proxy(port)
        front = await proxy.start()
        told, origin = Told(time.monotonic()), time.time()
        senders = [
            Sender(plan.seed, at, front if at % 2 else port, plan.rate / plan.senders, told)
            for at in range(plan.senders)
        ]
        stage = Stage(listener, receiver, proxy, place, told, inbox, plan.hold)
        watched = Watched()
        watching = asyncio.create_task(_watch(watched, told, listener, receiver, metrics))
        faults = asyncio.create_task(play(stage, schedule(plan.seconds, plan.first, plan.gap), say))
        await asyncio.gather(*(each.run(at / plan.senders, plan.seconds) for at, each in enumerate(senders)))
        await faults
        say(f"{told.now():7.1f} s  all sent; waiting until all is delivered")
        drained = await _drained(stage, metrics)
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching
        lives = [each - told.start for each in listener.lives]
        listener.end(STOP)
        receiver.end()
        dead = {letter.data for letter in Inbox(inbox).letters("dead")}
        account = judge(plan.seed, senders, tally, dead, origin, stage.windows)
        cpu = {"listener": listener.cpu, "FHIR server": receiver.cpu, "senders": time.process_time()}
        return Run(
            plan, told, account, watched, stage.windows, stage.no_writing, lives, cpu, dict(proxy.cuts), stage.replayed, drained,
            place.mounted,
        )  # fmt: skip
    finally:
        listener.end()
        receiver.end()
        place.unmount()


async def _watch(watched: Watched, told: Told, listener: Program, receiver: Program, metrics: int) -> None:
    for second in range(1 << 30):
        await asyncio.sleep(max(0.0, second + 1 - told.now()))
        watched.at.append(told.now())
        watched.memory.append(listener.measure())
        receiver.measure()
        if second % 5 == 0:
            found = await asyncio.to_thread(gauges, metrics)
            if _WAITING in found:
                watched.waiting.append((told.now(), found[_WAITING]))


async def _drained(stage: Stage, metrics: int) -> float | None:
    """Seconds until nothing waits, with what the server refused replayed once more; None where it takes too long."""
    begun = stage.told.now()
    replayed = False
    while stage.told.now() - begun < _DRAIN:
        found = await asyncio.to_thread(gauges, metrics)
        if found.get(_WAITING) == 0:
            if replayed:
                return stage.told.now() - begun
            await replay(stage)
            replayed = True
            await asyncio.sleep(3)  # the listener looks
        await asyncio.sleep(0.5)
    return None
