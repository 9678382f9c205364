"""The engine in its own process, without server: `python -m benchmarks.terminology_in_process STORE` prints its figures.

The floor for a look-up is one row of the same file by its code.
"""

import json
import random
import sqlite3  # noqa: F401  counted in the floor
import sys
import time
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from typing import Any


def _resident() -> float:
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


try:
    import numpy as np
except ImportError:
    np = None
BARE = _resident()
"""What Python takes with the libraries this script needs, numpy where it is installed and SQLite."""

from samspil_terminology import Catalog, Options, Store, expand, lookup, subsumes  # noqa: E402  after the floor
from samspil_terminology.snomed.ecl.parser import parse  # noqa: E402  after the floor

__all__ = ["measured"]

SCT = "http://snomed.info/sct"


def measured(store: Path) -> list[dict[str, object]]:
    """Every figure, as the fields of a `Result`."""
    catalog = Catalog().provide(Store(store))
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
    computed = time.process_time()
    filtered = _total(lambda asked: expand(catalog, *asked), narrowed)
    computed = time.process_time() - computed
    page, scan = Options(count=20, offset=40), f"{SCT}?fhir_vs=ecl/<< "
    subsumed = _median(lambda pair: subsumes(catalog, SCT, *pair), pairs)
    searched = _median(lambda text: list(islice(system.search(text), 20)), searches)
    paged = _median(lambda code: expand(catalog, scan + code, page), broad * 5)
    conjoined = _median(lambda text: system.evaluate(parse(text)), joined)
    return [
        _figure("typed lookup, first time", looked * 1e6, "us", "target 30"),
        _figure("typed lookup, again", found * 1e6, "us"),
        _figure("  floor: one row by its code", floor * 1e6, "us"),
        _figure("  times the floor", looked / floor, "x"),
        _figure("subsumes", subsumed * 1e6, "us", "target 10"),
        _figure("search, two prefixes, first 20", searched * 1e3, "ms", "target 2"),
        _figure("page of 20 of an expansion", paged * 1e3, "ms", "target 0.2"),
        _figure("two constraints joined by AND", conjoined * 1e3, "ms", "target 2"),
        _figure("text-filter $expand, mixed", len(mixed) / filtered, "/s", "target 200"),
        _figure("  by processor time", len(mixed) / computed, "/s"),
        _figure("resident after all this", _resident(), "MB", "target 60"),
        _figure(f"  floor: Python with SQLite{' and numpy' if np else ''}", BARE, "MB"),
    ]


def _figure(name: str, figure: float, unit: str, note: str = "") -> dict[str, object]:
    return {"name": name, "figure": figure, "unit": unit, "note": note}


def _median(work: Callable[[Any], object], cases: Iterable[Any]) -> float:
    """Seconds of the middle case, each done once."""
    times: list[float] = []
    for each in cases:
        start = time.perf_counter()
        work(each)
        times.append(time.perf_counter() - start)
    return sorted(times)[len(times) // 2]


def _total(work: Callable[[Any], object], cases: Iterable[Any]) -> float:
    start = time.perf_counter()
    for each in cases:
        work(each)
    return time.perf_counter() - start


if __name__ == "__main__":
    print(json.dumps(measured(Path(sys.argv[1]))))
