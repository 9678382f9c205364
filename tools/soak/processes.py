"""The processes of the campaign: the listener and the FHIR server, each its own; what they take of the machine."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

_PATIENCE = 60.0
_TICKS, _PAGE = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return made.getsockname()[1]


@dataclass
class Program:
    """A program that can be killed and started again on its port. `lives` are the times of its starts, `cpu` what it took."""

    command: list[str]
    port: int
    log: Path
    process: subprocess.Popen[bytes] | None = None
    lives: list[float] = field(default_factory=list)
    cpu: float = 0.0
    _seen: dict[int, float] = field(default_factory=dict)

    async def start(self) -> None:
        """Start it; come back when its port answers. Raises RuntimeError when it does not."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command, stderr=log, stdout=log)  # noqa: ASYNC220  a moment
        self.lives.append(time.monotonic())
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return
        raise RuntimeError(f"{self.command[0]} does not start: {self.log.read_text(errors='replace')[-2000:]}")

    def end(self, how: signal.Signals = signal.SIGKILL) -> None:
        """End it, at once by default, and wait until it is gone."""
        if self.process and self.process.poll() is None:
            self.measure()
            self.process.send_signal(how)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(30)
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
        self._seen = {}

    def pids(self) -> list[int]:
        """Its process and the processes that it started."""
        return _tree(self.process.pid) if self.process and self.process.poll() is None else []

    def measure(self) -> list[int]:
        """Bytes resident in memory, of its process first and of each it started; adds to `cpu`."""
        sizes: list[int] = []
        for pid in self.pids():
            with contextlib.suppress(OSError, IndexError):
                fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
                seconds = (int(fields[11]) + int(fields[12])) / _TICKS
                self.cpu += seconds - self._seen.get(pid, 0.0)
                self._seen[pid] = seconds
                sizes.append(int(fields[21]) * _PAGE)
        return sizes


def _tree(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return []
    return [pid, *(each for child in children for each in _tree(int(child)))]


def samspil(*arguments: str) -> list[str]:
    """The command line of `samspil` in this environment."""
    return [str(Path(sys.executable).with_name("samspil")), *arguments]


def set_mode(port: int, status: int = 200, seconds: float = 0.0) -> None:
    """Tell the FHIR server how to answer."""
    body = f'{{"status": {status}, "seconds": {seconds}}}'.encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}/mode", body, method="PUT")
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  our own
        answer.read()


def gauges(port: int) -> dict[str, float]:
    """What a listener's /metrics says; empty where it does not answer."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            text = answer.read().decode()
    except (OSError, urllib.error.URLError):
        return {}
    return {
        name: float(value) for name, _, value in (line.rpartition(" ") for line in text.splitlines() if line[:1] != "#")
    }
