"""The terminology engine on a release of real size: 400,000 concepts and 1.2 million terms, all of them made up.

Import runs in a process of its own, for its peak memory; so does the server. Floors: for a look-up, one row of the same
file by its code; for HTTP, a bare Starlette route that returns the same bytes. The release is made once, in build/.
"""

import json
import os
import random
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.http_load import SECONDS, loader, rate
from benchmarks.result import Result
from tools.projects import ROOT
from tools.rf2_generator import generate

NAME = "terminology"
FOLDER = ROOT / "build" / "terminology"
SCT = "http://snomed.info/sct"
CONCEPTS = 400_000

_IMPORT = """
import resource, sys, time
from pathlib import Path
from samspil_terminology import Store, import_into
wall, cpu = time.perf_counter(), time.process_time()
import_into(Store(Path(sys.argv[2])), [Path(sys.argv[1])], version="bench")
print(time.perf_counter() - wall, time.process_time() - cpu, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
_BARE = """
import sys
from pathlib import Path
import uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
same = Path(sys.argv[2]).read_bytes()
async def plain(request):
    return Response(same, media_type="application/fhir+json")
bare = Starlette(routes=[Route("/bare", plain)])
uvicorn.run(bare, port=int(sys.argv[1]), log_level="error", access_log=False, ws="none", lifespan="off")
"""


def run() -> list[Result]:
    """Measure once."""
    release = FOLDER / "rf2"
    if not (release / "Snapshot").exists():
        generate(release, CONCEPTS)
    return [*_import(release), *_in_process(), *_over_http()]


def _import(release: Path) -> list[Result]:
    wall, cpu, memory = _imported(_IMPORT, release, FOLDER / "store")
    size = sum(each.stat().st_size for each in (FOLDER / "store").iterdir()) / 1e6
    plain, _, _ = _imported('import sys; sys.modules["numpy"] = None' + _IMPORT, release, FOLDER / "plain")
    start = time.perf_counter()
    for file in release.rglob("*.txt"):
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                line.split("\t")
    floor = time.perf_counter() - start
    return [
        Result("import", wall, "s", "target 30"),
        Result("  of which this process computed", cpu, "s"),
        Result("  floor: every row read and split", floor, "s"),
        Result("  peak memory", memory, "MB", "target 700"),
        Result("  without numpy", plain, "s", "target 150"),
        Result("snapshot", size, "MB"),
    ]


def _imported(code: str, release: Path, store: Path) -> list[float]:
    for each in store.glob("*"):
        each.unlink()
    return _child(code, release, store)


def _child(code: str, *args: object) -> list[float]:
    done = subprocess.run([sys.executable, "-c", code, *map(str, args)], check=True, capture_output=True, text=True)
    return [float(each) for each in done.stdout.split()]


def _in_process() -> list[Result]:
    """In a process that holds the engine and nothing else, for its memory."""
    command = [sys.executable, "-m", "benchmarks.terminology_in_process", str(FOLDER / "store")]
    said = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout
    return [Result(**each) for each in json.loads(said)]


def _resident(process: str) -> float:
    lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def _over_http() -> list[Result]:
    from samspil_terminology import Catalog, Store

    store = FOLDER / "store"
    system: Any = Catalog().provide(Store(store)).system(SCT)
    codes = [code for (code,) in system.snapshot.connection.execute("SELECT code FROM concept WHERE n % 7 = 5")]
    random.Random(2).shuffle(codes)  # noqa: S311  an order
    paths = [f"/r4/CodeSystem/$lookup?system={SCT}&code={code}" for code in codes]
    ours = [*_COMMAND, "terminology", "serve", "--from", str(store), "--port"]
    with _server(ours) as (port, process):
        same = FOLDER / "same.json"
        same.write_bytes(_ask(port, paths[0]))
        rounds: list[tuple[float, ...]] = []
        with _server([sys.executable, "-c", _BARE], str(same)) as (bare, other):
            for part in range(3):
                new = paths[part * 19_000 : (part + 1) * 19_000]
                asked = ((bare, other, ["/bare"]), (port, process, new), (port, process, new[:200]))
                rounds.append(tuple(each for one in asked for each in _rate_and_cost(*one)))
        memory = _resident(str(process.pid))
    middle = [statistics.median(each) for each in zip(*rounds, strict=True)]
    floor, floor_cost, fresh, fresh_cost, again, again_cost = middle
    return [
        Result("HTTP $lookup, one worker, asked before", again, "/s", f"target 8000; by {loader()}"),
        Result("  not asked before", fresh, "/s", "target 8000"),
        Result("  floor: a bare route, same bytes", floor, "/s"),
        Result("  share of the floor", 100 * again / floor, "%", "target 60"),
        Result("  share of the floor, not asked before", 100 * fresh / floor, "%", "target 60"),
        Result("  the same by processor time", 100 * floor_cost / fresh_cost, "%", "counts on a busy machine"),
        Result("  processor time, asked before", again_cost, "us"),
        Result("  processor time, not asked before", fresh_cost, "us"),
        Result("  processor time of the floor", floor_cost, "us"),
        Result("resident as server", memory, "MB", "target 110"),
    ]


def _rate_and_cost(port: int, process: "subprocess.Popen[bytes]", paths: list[str]) -> tuple[float, float]:
    """Requests a second, and microseconds of the server's processor time a request."""
    before = _computed(process)
    found = rate(port, paths, FOLDER)
    return found, (_computed(process) - before) / (found * SECONDS) * 1e6


def _computed(process: "subprocess.Popen[bytes]") -> float:
    """Seconds of processor time that a process has used."""
    spent = Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(spent[11]) + int(spent[12])) / os.sysconf("SC_CLK_TCK")


_COMMAND = [sys.executable, "-c", "from samspil_cli.app import main; main()"]


@contextmanager
def _server(command: list[str], *arguments: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """A server in a process of its own, on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([*command, str(port), *arguments])
    try:
        for _ in range(200):
            time.sleep(0.05)
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
        yield port, process
    finally:
        process.terminate()
        process.wait()


def _ask(port: int, path: str) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return answer.read()


if __name__ == "__main__":
    from rich.console import Console

    from benchmarks.run import table

    Console(width=120).print(table(sys.modules[__name__]))  # type: ignore[arg-type]  this module is a benchmark
