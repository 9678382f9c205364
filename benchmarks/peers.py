"""Peers in interpreters of their own, which do a part of the work each time they are asked: so all are measured by turns.

A peer is a few lines of Python that define `check(resource)`. It runs in this interpreter, in those named in PYTHONS, or in
an environment in `build/peers`, which is made with uv where what it needs is not installed.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO, cast

__all__ = ["Peer", "peers"]

BUILD = Path(__file__).parents[1] / "build" / "peers"
TURN = 1.0
_SCRIPT = """
import gc, json, os, sys, time
answers, sys.stdout = sys.stdout, open(os.devnull, "w")
resources = [json.loads(line) for line in open(sys.argv[1])]
{make}
def seconds(some):
    start = time.process_time()
    for each in some:
        check(each)
    return time.process_time() - start
seconds(resources[:20])
step = max(1, int(seconds(resources[::10]) * 10 / {turn}))
gc.collect()
gc.freeze()
print("ready", file=answers, flush=True)
for line in sys.stdin:
    some = resources[int(line) % step::step]
    print(len(some) / seconds(some), file=answers, flush=True)
"""


@dataclass(slots=True)
class Peer:
    """A peer that is running: `turn` gives resources a second of one core, each time of another part."""

    name: str
    process: subprocess.Popen[str]
    asks: TextIO
    answers: TextIO
    turns: int = 0

    def turn(self) -> float:
        """Do a part of the work, about a second long."""
        self.asks.write(f"{self.turns}\n")
        self.asks.flush()
        self.turns += 1
        return float(self.answers.readline())


@contextmanager
def peers(wanted: dict[str, tuple[str, str]], *arguments: str) -> Iterator[list[Peer]]:
    """Those peers that can run here: by name, what pip installs and the lines that define `check`."""
    running = [peer for name, (package, make) in wanted.items() if (peer := _start(name, package, make, arguments))]
    try:
        yield running
    finally:
        for each in running:
            each.process.kill()
            each.process.wait()


def _start(name: str, package: str, make: str, arguments: tuple[str, ...]) -> Peer | None:
    named = [each for each in os.environ.get("PYTHONS", "").split(os.pathsep) if each]
    for python in (sys.executable, *named, _environment(package)):
        if not python:
            continue
        process = subprocess.Popen(
            [python, "-c", _SCRIPT.replace("{make}", make).replace("{turn}", str(TURN)), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        if process.stdin and process.stdout and process.stdout.readline() == "ready\n":
            return Peer(name, process, cast("TextIO", process.stdin), cast("TextIO", process.stdout))
        process.kill()
        process.wait()
    return None


def _environment(package: str) -> str | None:
    """An interpreter with a package, in an environment made for it; None where that cannot be made."""
    folder = BUILD / package
    python = folder / "bin" / "python"
    uv = shutil.which("uv", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))
    if not (folder / ".ready").exists() and uv is not None:
        made = subprocess.run([uv, "venv", "-q", "--clear", str(folder)], check=False, capture_output=True)
        command = [uv, "pip", "install", "-q", "--python", str(python), package]
        if made.returncode == 0 and subprocess.run(command, check=False, capture_output=True).returncode == 0:
            (folder / ".ready").touch()
    return str(python) if (folder / ".ready").exists() else None
