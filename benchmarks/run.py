"""Run the benchmarks: `python -m benchmarks.run [NAME]`.

A benchmark is a module `bench_*.py` in this folder with `NAME` and `run() -> list[Result]`. Each runs three times; the
table gives the median, and the lowest and the highest figure beside it.
"""

import importlib
import os
import pkgutil
import platform
import statistics
import sys
from collections.abc import Iterator
from typing import Protocol

from rich.console import Console
from rich.table import Table

import benchmarks
from benchmarks.result import Result

ROUNDS = 3


class Benchmark(Protocol):
    """What a module bench_*.py holds."""

    NAME: str

    def run(self) -> list[Result]:
        """Measure once."""
        ...


def main(wanted: str = "") -> None:
    """Run the benchmark named, or all of them, and print a table each."""
    console = Console()
    console.print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores, {ROUNDS} rounds")
    for benchmark in load():
        if wanted in ("", benchmark.NAME):
            console.print(table(benchmark))


def load() -> Iterator[Benchmark]:
    """Import every benchmark, in the order of their files."""
    for module in pkgutil.iter_modules(benchmarks.__path__, "benchmarks."):
        if module.name.startswith("benchmarks.bench_"):
            yield importlib.import_module(module.name)


def table(benchmark: Benchmark) -> Table:
    """Measure three times, and set out the medians."""
    made = Table("what", "median", "lowest", "highest", "unit", "note", title=benchmark.NAME, title_justify="left")
    try:
        rounds = [benchmark.run() for _ in range(ROUNDS)]
    except Exception as error:
        made.add_row("did not run", "", "", "", "", f"{type(error).__name__}: {error}")
        return made
    for same in zip(*rounds, strict=True):
        figures = [result.figure for result in same]
        numbers = (statistics.median(figures), min(figures), max(figures))
        made.add_row(same[0].name, *map(readable, numbers), same[0].unit, same[0].note)
    return made


def readable(number: float) -> str:
    """Give three figures, and no more decimals than they need."""
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"  # noqa: PLR2004


if __name__ == "__main__":
    main(*sys.argv[1:2])
