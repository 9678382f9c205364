"""The executor of the conformance suites beside pytest-bdd on the same features and steps, and a bare floor, one core.

A scenario has four steps that do next to nothing. The floor calls the same functions in a loop. pytest-bdd is what it takes
for one run in a process of its own, its start apart.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.result import Result

NAME = "conformance"
SCENARIOS = 400
SUITE = "id: bench\nversion: '1'\ntitle: {en: Bench, da: Bench}\nrequirements: [ehds]\nsteps: [benchmarks.conformance_steps]\n"
SCENARIO = """
  @id:bench-{n} @req:EHDS-A2-2.1 @severity:F1 @mode:server
  Scenario: Sum {n}
    Given nothing yet
    When {n} is added
    And 1 is added
    Then the sum is {total}
"""
TEST = "from pytest_bdd import scenarios\nfrom benchmarks.conformance_steps import *\nscenarios({folder!r})\n"


def run() -> list[Result]:
    """Measure once."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return [*_scenarios(folder), *_evidence()]


def _scenarios(folder: Path) -> list[Result]:
    from samspil_conformance.chance import Clock
    from samspil_conformance.executor import run_suite
    from samspil_conformance.suite import read_suite
    from samspil_conformance.sut import Identity, Parts, Sut

    (folder / "suite.yaml").write_text(SUITE, encoding="utf-8")
    text = "Feature: f\n" + "".join(SCENARIO.format(n=n, total=n + 1) for n in range(SCENARIOS))
    (folder / "f.feature").write_text(text, encoding="utf-8")
    (folder / "test_bench.py").write_text(TEST.format(folder=str(folder)), encoding="utf-8")
    sut = Sut.of_parts(Identity(name="x", company="x", version="1"), Parts(app=_nobody))
    clock = Clock(datetime(2026, 1, 1, tzinfo=UTC))
    suite = read_suite(folder)
    run_suite(suite, sut, clock=clock)  # binds the steps, once a suite
    ours = _best(lambda: run_suite(suite, sut, clock=clock))
    peer = _pytest(folder, "") - _pytest(folder, "Sum 399")
    floor = _best(_floor)
    return [
        Result("scenario of four steps", ours / SCENARIOS * 1e3, "ms", f"{peer / ours:.0f} times pytest-bdd's speed"),
        Result("  pytest-bdd, its start apart", peer / (SCENARIOS - 1) * 1e3, "ms"),
        Result("  floor: the same calls", floor / SCENARIOS * 1e3, "ms", f"{ours / floor:.0f} times"),
    ]


async def _nobody(*_: object) -> None:
    """An application that is never asked."""


def _floor() -> None:
    from benchmarks.conformance_steps import added, nothing, total_is

    for number in range(SCENARIOS):
        sums = nothing()
        added(sums, number)
        added(sums, 1)
        total_is(sums, number + 1)


def _pytest(folder: Path, only: str) -> float:
    """The seconds of pytest-bdd over the features, or over one scenario."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "samspil_conformance.plugin", "-p", "no:cacheprovider"]
    place = ["-c", "/dev/null", "--rootdir", str(folder), str(folder), *(["-k", "sum_399"] if only else [])]
    started = time.perf_counter()
    subprocess.run([*command, *place], check=True, capture_output=True)
    return time.perf_counter() - started


def _evidence() -> list[Result]:
    """A bundle of the demonstration's REST suite: made, and checked."""
    from samspil_conformance import demo
    from samspil_conformance.chance import Clock
    from samspil_conformance.evidence import evidence_files, pack, verify
    from samspil_conformance.executor import run_suite
    from samspil_conformance.sut import Sut

    clock = Clock(datetime(2026, 1, 1, 9, tzinfo=UTC))
    sut = Sut.of_parts(demo.identity(), demo.system("fhir-rest", clock=clock, seed="0"))
    started = time.perf_counter()
    run = run_suite("fhir-rest", sut, clock=clock)
    ran = time.perf_counter() - started
    bundle = pack(evidence_files(run))
    return [
        Result("fhir-rest on the demonstration", ran, "s", f"{len(run.scenarios)} scenarios"),
        Result("bundle", _best(lambda: pack(evidence_files(run)), 2), "s", f"{len(bundle) / 1e6:.1f} MB, two papers"),
        Result("verify", _best(lambda: verify(bundle), 2), "s", "makes every file anew"),
    ]


def _best(work: Callable[[], object], repeats: int = 3) -> float:
    """The seconds of the quickest of some repeats."""
    times: list[float] = []
    for _ in range(repeats):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)
