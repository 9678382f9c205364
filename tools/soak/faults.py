"""The faults, and when they come."""

import asyncio
import signal
import subprocess
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple

from . import disk as disks
from .disk import Disk
from .processes import Program, samspil, set_mode
from .proxy import CUTS, Proxy
from .senders import Told

AFTER = 5.0
"""Seconds after a fault in which its traces may still be seen."""


class Window(NamedTuple):
    """A fault: its name, and from when to when it lasted, in seconds from the start."""

    name: str
    begun: float
    ended: float


@dataclass
class Stage:
    """What faults are done to. `hold` is how long one lasts, in seconds."""

    listener: Program
    receiver: Program
    proxy: Proxy
    disk: Disk
    told: Told
    inbox: str
    hold: float
    windows: list[Window] = field(default_factory=list)
    no_writing: list[tuple[float, float]] = field(default_factory=list)
    replayed: int = 0


async def kill_listener(stage: Stage) -> None:
    """Kill -9, and start again after a second."""
    stage.listener.end()
    await asyncio.sleep(1)
    await stage.listener.start()


async def kill_delivery(stage: Stage) -> None:
    """Kill -9 of the processes that the listener started, and not of itself."""
    for pid in stage.listener.pids()[1:]:
        subprocess.run(["kill", "-9", str(pid)], check=False)  # noqa: ASYNC221  a moment
    await asyncio.sleep(1)


async def cut_network(stage: Stage) -> None:
    """Connections break in the middle of a frame, before the answer, after it; some lose all without a word."""
    for how in islice(cycle(CUTS), max(4, int(stage.hold / 0.5))):
        stage.proxy.cut(how, 4 if how == "silence" else 2)
        await asyncio.sleep(0.5)
    await asyncio.sleep(5)  # what was cut in silence is noticed


async def full_disk(stage: Stage) -> None:
    """No free block, and the FHIR server away, so that the inbox must grow."""
    await asyncio.to_thread(set_mode, stage.receiver.port, 503)
    await asyncio.to_thread(stage.disk.fill)
    await asyncio.sleep(stage.hold)
    stage.disk.empty()
    await asyncio.to_thread(set_mode, stage.receiver.port)


async def no_writing(stage: Stage) -> None:
    """Every write to a file fails."""
    pids = stage.listener.pids()
    disks.forbid_writing(pids)
    begun = stage.told.now()
    await asyncio.sleep(stage.hold)
    stage.no_writing.append((begun + 1, stage.told.now()))
    disks.allow_writing(pids)


async def slow_receiver(stage: Stage) -> None:
    """The FHIR server takes its time."""
    await _mode(stage, 200, 0.7)


async def busy_receiver(stage: Stage) -> None:
    """The FHIR server asks to come again: 429, then 503."""
    await _mode(stage, 429, 0.0, 2)
    await _mode(stage, 503, 0.0, 2)


async def refusing_receiver(stage: Stage) -> None:
    """The FHIR server says no; what is dead by it is replayed afterwards."""
    await _mode(stage, 422, 0.0, 3)
    await replay(stage)


async def dead_receiver(stage: Stage) -> None:
    """The FHIR server is killed, and comes back."""
    stage.receiver.end()
    await asyncio.sleep(stage.hold)
    await stage.receiver.start()


async def _mode(stage: Stage, status: int, seconds: float, share: int = 1) -> None:
    await asyncio.to_thread(set_mode, stage.receiver.port, status, seconds)
    await asyncio.sleep(stage.hold / share)
    await asyncio.to_thread(set_mode, stage.receiver.port)


async def replay(stage: Stage) -> None:
    """Let all dead messages wait again."""
    given = samspil("hl7v2", "inbox", "replay", stage.inbox, "--all")
    made = await asyncio.create_subprocess_exec(*given, stderr=asyncio.subprocess.PIPE)
    said = (await made.communicate())[1].decode()
    stage.replayed += int(said.split()[0]) if made.returncode == 0 else 0


FAULTS: dict[str, Callable[[Stage], Awaitable[None]]] = {
    "listener killed": kill_listener,
    "network cut": cut_network,
    "no write possible": no_writing,
    "FHIR server slow": slow_receiver,
    "FHIR server refuses": refusing_receiver,
    "delivery killed": kill_delivery,
    "FHIR server busy": busy_receiver,
    "disk full": full_disk,
    "FHIR server dead": dead_receiver,
}


def schedule(seconds: float, first: float, gap: float) -> list[tuple[float, str]]:
    """When which fault begins: in turn, as many as leave the last a gap before the end; the last quarter has no kill.

    So the listener has one long life in which its memory is looked at.
    """
    names, told = cycle(FAULTS), list[tuple[float, str]]()
    at = first
    while at + gap <= seconds:
        name = next(names)
        while name == "listener killed" and told and at > seconds / 4:
            name = next(names)
        told.append((at, name))
        at += gap
    return told


async def play(stage: Stage, plan: list[tuple[float, str]], say: Callable[[str], None]) -> None:
    """Play the faults at their times, and note their windows."""
    for at, name in plan:
        await asyncio.sleep(max(0.0, at - stage.told.now()))
        if name == "disk full" and not stage.disk.mounted:
            continue
        begun = stage.told.now()
        say(f"{begun:7.1f} s  {name}")
        await FAULTS[name](stage)
        stage.windows.append(Window(name, begun, stage.told.now()))


def outside(windows: list[Window], at: float) -> bool:
    """Whether a moment is outside all windows and what follows them."""
    return not any(begun <= at <= ended + AFTER for _, begun, ended in windows)


STOP = signal.SIGTERM
PLACE = Path("inbox.db")
