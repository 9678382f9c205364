"""Definitions: a package set opened cold and warm, beside reading the same package as plain JSON.

The set is hl7.fhir.r4.core#4.0.1 from the package cache. The floor of a warm start is an interpreter that reads nothing.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.result import Result

NAME = "definitions"
CORE = "hl7.fhir.r4.core#4.0.1"
REPEATS = 20
_START = (
    "import sys; from samspil_definitions import load_packages as load; "
    "load([sys.argv[1]], index=sys.argv[2]).structure('Patient')"
)


def run() -> list[Result]:
    """Measure once: cold in a fresh index, warm as the best of some repeats."""
    from samspil_definitions import load_packages

    index = Path(tempfile.mkdtemp(prefix="samspil-bench-"))
    try:
        cold = timed(lambda: load_packages([CORE], index=index))
        opened = best(lambda: load_packages([CORE], index=index).close())
        one = best(lambda: load_packages([CORE], index=index).structure("Patient")) - opened
        package = load_packages([CORE], index=index).packages[0].path
        plain = timed(lambda: read_all(package))
        start = best(lambda: process("-c", _START, CORE, str(index)), 5)
        floor = best(lambda: process("-c", "pass"), 5)
    finally:
        shutil.rmtree(index, ignore_errors=True)
    return [
        Result("indexing the R4 core package", cold, "s", "once a package"),
        Result("opening the set, warm", opened * 1000, "ms"),
        Result("  and one StructureDefinition", one * 1000, "ms"),
        Result("reading every file of the package as JSON", plain * 1000, "ms", f"{plain / opened:,.0f} times opening"),
        Result("process start to the first StructureDefinition", start * 1000, "ms"),
        Result("  an interpreter that does nothing", floor * 1000, "ms", f"{start / floor:.1f} times"),
    ]


def read_all(package: Path) -> None:
    """Read a package without an index: an archive or a folder."""
    if package.is_file():
        shutil.unpack_archive(package, folder := tempfile.mkdtemp(prefix="samspil-bench-"), "gztar", filter="data")
        read_all(Path(folder))
        shutil.rmtree(folder)
        return
    for path in package.glob("package/*.json"):
        json.loads(path.read_bytes())


def process(*arguments: str) -> None:
    """Run this interpreter."""
    subprocess.run([sys.executable, *arguments], check=True)


def best(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """The shortest of some runs, in seconds."""
    return min(timed(work) for _ in range(repeats))


def timed(work: Callable[[], object]) -> float:
    """One run, in seconds."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
