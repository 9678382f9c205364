"""The terminology engine on a release of real size: 400,000 concepts and 1.2 million terms, all of them made up.

Import runs in a process of its own, for its peak memory; so does the server. Floors: for a look-up, one row of the same
file by its code; for HTTP, a bare Starlette route that returns the same bytes. The release is made once, in build/.
"""

import random
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

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
_SERVE = """
import sys
from pathlib import Path
import uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
from samspil_terminology import open_catalog
from samspil_terminology.server.app import Settings, application
app = application(open_catalog([Path(sys.argv[1])])[0], Settings())
same = Path(sys.argv[3]).read_bytes() if Path(sys.argv[3]).exists() else b"{}"
async def plain(request):
    return Response(same, media_type="application/fhir+json")
bare = Starlette(routes=[Route("/bare", plain)])
async def both(scope, receive, send):
    await (bare if scope["path"] == "/bare" else app)(scope, receive, send)
uvicorn.run(both, port=int(sys.argv[2]), log_level="error", access_log=False, ws="none", lifespan="off")
"""


def run() -> list[Result]:
    """Measure once."""
    release = FOLDER / "rf2"
    if not (release / "Snapshot").exists():
        generate(release, CONCEPTS)
    return [*_import(release), *_in_process(), *_over_http()]


def _import(release: Path) -> list[Result]:
    for each in (FOLDER / "store").glob("*"):
        each.unlink()
    wall, cpu, memory = _child(_IMPORT, release, FOLDER / "store")
    size = sum(each.stat().st_size for each in (FOLDER / "store").iterdir()) / 1e6
    return [
        Result("import", wall, "s", "target 30"),
        Result("  of which this process computed", cpu, "s"),
        Result("  peak memory", memory, "MB", "target 700"),
        Result("snapshot", size, "MB"),
    ]


def _child(code: str, *args: object) -> list[float]:
    done = subprocess.run([sys.executable, "-c", code, *map(str, args)], check=True, capture_output=True, text=True)
    return [float(each) for each in done.stdout.split()]


def _in_process() -> list[Result]:
    from samspil_terminology import Catalog, Options, Store, expand, lookup, subsumes
    from samspil_terminology.snomed.ecl.parser import parse

    catalog = Catalog().provide(Store(FOLDER / "store"))
    system: Any = catalog.system(SCT)
    dice = random.Random(3)  # noqa: S311  a choice of cases
    row = system.snapshot.connection.execute
    codes = [code for (code,) in row("SELECT code FROM concept WHERE n % 97 = 5")]
    some = dice.sample(codes, 2_000)
    wide = "SELECT code FROM node JOIN concept USING (n) WHERE length(down) BETWEEN 4000 AND 400000 ORDER BY n LIMIT 60"
    broad = [code for (code,) in row(wide)]
    pairs = [(dice.choice(broad), dice.choice(some)) for _ in some]
    typed = [system.find(code).display.split() for code in some[:300]]
    searches = [f"{each[0][:4]} {each[1][:3]}" for each in typed]
    mixed = [dice.choice((each[0][:3], f"{each[0][:4]} {each[1][:3]}", each[-1])) for each in typed]
    joined = [f"<< {dice.choice(broad)} AND << {dice.choice(broad)}" for _ in range(300)]
    one = "SELECT n, code, display, flags FROM concept WHERE code = ?"
    floor = _median(lambda code: row(one, (code,)).fetchone(), some)
    looked = _median(lambda code: lookup(catalog, SCT, code), some)
    found = _median(lambda code: lookup(catalog, SCT, code), some)
    narrowed = [(f"{SCT}?fhir_vs=ecl/<< {dice.choice(broad)}", Options(count=20, text=text)) for text in mixed]
    filtered = _total(lambda asked: expand(catalog, *asked), narrowed)
    page, scan = Options(count=20, offset=40), f"{SCT}?fhir_vs=ecl/<< "
    subsumed = _median(lambda pair: subsumes(catalog, SCT, *pair), pairs)
    searched = _median(lambda text: list(islice(system.search(text), 20)), searches)
    paged = _median(lambda code: expand(catalog, scan + code, page), broad * 5)
    conjoined = _median(lambda text: system.evaluate(parse(text)), joined)
    return [
        Result("typed lookup, first time", looked * 1e6, "us", "target 30"),
        Result("typed lookup, again", found * 1e6, "us"),
        Result("  floor: one row by its code", floor * 1e6, "us"),
        Result("  times the floor", looked / floor, "x"),
        Result("subsumes", subsumed * 1e6, "us", "target 10"),
        Result("search, two prefixes, first 20", searched * 1e3, "ms", "target 2"),
        Result("page of 20 of an expansion", paged * 1e3, "ms", "target 0.2"),
        Result("two constraints joined by AND", conjoined * 1e3, "ms", "target 2"),
        Result("text-filter $expand, mixed", len(mixed) / filtered, "/s", "target 200"),
        Result("resident after all this", _resident("self"), "MB", "target 60"),
    ]


def _median(work: Callable[[Any], object], cases: Iterable[Any]) -> float:
    """Seconds of the middle case, each done once."""
    times: list[float] = []
    for each in cases:
        start = time.perf_counter()
        work(each)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def _total(work: Callable[[Any], object], cases: Iterable[Any]) -> float:
    start = time.perf_counter()
    for each in cases:
        work(each)
    return time.perf_counter() - start


def _resident(process: str) -> float:
    lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def _over_http() -> list[Result]:
    from samspil_terminology import Catalog, Store

    system: Any = Catalog().provide(Store(FOLDER / "store")).system(SCT)
    codes = [code for (code,) in system.snapshot.connection.execute("SELECT code FROM concept WHERE n % 97 = 5")]
    paths = [f"/r4/CodeSystem/$lookup?system={SCT}&code={code}" for code in codes]
    same = FOLDER / "same.json"
    with _server(same) as (port, _):
        same.write_bytes(_ask(port, paths[0]))
    with _server(same) as (port, process):
        rounds = [(_rate(port, ["/bare"]), _rate(port, paths), _rate(port, paths[:200])) for _ in range(3)]
        memory = _resident(str(process.pid))
    floor, fresh, again = (statistics.median(each) for each in zip(*rounds, strict=True))
    return [
        Result("HTTP $lookup, one worker, asked before", again, "/s", "target 8000"),
        Result("  not asked before", fresh, "/s"),
        Result("  floor: a bare route, same bytes", floor, "/s"),
        Result("  share of the floor", 100 * again / floor, "%", "target 60"),
        Result("  share of the floor, not asked before", 100 * fresh / floor, "%"),
        Result("resident as server", memory, "MB", "target 110"),
    ]


@contextmanager
def _server(same: Path) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", _SERVE, str(FOLDER / "store"), str(port), str(same)])
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
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(_request(path))
        return _answer(line)


def _request(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


def _answer(line: socket.socket) -> bytes:
    data = line.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
    while len(body) < length:
        body += line.recv(65536)
    return body


def _rate(port: int, paths: list[str], seconds: float = 2.0, lines: int = 16) -> float:
    """Requests a second over some connections, each with one request under way. Client and server share the machine."""
    requests = [_request(path) for path in paths]
    open_lines = [socket.create_connection(("127.0.0.1", port)) for _ in range(lines)]
    done, at, end = 0, 0, time.perf_counter() + seconds
    start = time.perf_counter()
    while time.perf_counter() < end:
        for each in open_lines:
            each.sendall(requests[at % len(requests)])
            at += 1
        for each in open_lines:
            _answer(each)
        done += lines
    took = time.perf_counter() - start
    for each in open_lines:
        each.close()
    return done / took


if __name__ == "__main__":
    for result in run():
        print(f"{result.name:40}{result.figure:12.3f} {result.unit:8}{result.note}")
