"""Requests a second that a server answers: by `wrk` where it is installed, else by raw sockets in a process of its own.

`python -m benchmarks.http_load PORT FILE` does the second; the file has one path a line, asked in turn.
"""

import asyncio
import itertools
import shutil
import subprocess
import sys
import time
from pathlib import Path

__all__ = ["loader", "rate"]

LINES = 16
SECONDS = 3.0
_ASK = """
local paths, at = {}, 0
init = function(args) for line in io.lines(args[1]) do paths[#paths + 1] = line end end
request = function() at = at % #paths + 1; return wrk.format("GET", paths[at]) end
"""


def loader() -> str:
    """What makes the load."""
    return "wrk" if shutil.which("wrk") else "raw sockets"


def rate(port: int, paths: list[str], folder: Path, seconds: float = SECONDS) -> float:
    """Requests a second over 16 connections. Raises RuntimeError when an answer is not 200."""
    file = folder / "paths.txt"
    file.write_text("\n".join(paths) + "\n", encoding="utf-8")
    if not shutil.which("wrk"):
        command = [sys.executable, "-m", "benchmarks.http_load", str(port), str(file), str(seconds)]
        return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    script = folder / "ask.lua"
    script.write_text(_ASK, encoding="utf-8")
    command = [
        "wrk",
        "-t1",
        f"-c{LINES}",
        f"-d{seconds:.0f}s",
        "-s",
        str(script),
        f"http://127.0.0.1:{port}",
        "--",
        str(file),
    ]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in said:
        raise RuntimeError(said)
    return float(said.partition("Requests/sec:")[2].split()[0])


async def _load(port: int, paths: list[str], seconds: float) -> float:
    requests = itertools.cycle([f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode() for path in paths])
    start = time.perf_counter()
    done = await asyncio.gather(*(_line(port, requests, start + seconds) for _ in range(LINES)))
    return sum(done) / (time.perf_counter() - start)


async def _line(port: int, requests: "itertools.cycle[bytes]", end: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    done = 0
    while time.perf_counter() < end:
        writer.write(next(requests))
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode())
        await reader.readexactly(int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0]))
        done += 1
    writer.close()
    return done


if __name__ == "__main__":
    PORT, FILE, TIME = sys.argv[1:4]
    print(asyncio.run(_load(int(PORT), Path(FILE).read_text(encoding="utf-8").split(), float(TIME))))
