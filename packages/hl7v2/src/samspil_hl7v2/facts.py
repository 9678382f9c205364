"""Fact tables that travel in the package: CSV, UTF-8, one header row, leading ``#`` lines.

The ``#`` lines name where the facts come from and are no part of the data.
"""

import csv
from collections.abc import Iterator
from importlib.resources import files


def lines(package: str, name: str) -> list[str]:
    """Give the data lines of table `name` beside `package`'s modules, without header."""
    text = files(package).joinpath(name).read_text(encoding="utf-8")
    kept = text.splitlines()
    start = next(at for at, line in enumerate(kept) if not line.startswith("#"))
    return kept[start + 1 :]


def rows(package: str, name: str) -> Iterator[list[str]]:
    """Give the data rows of table `name`, cells as text."""
    return csv.reader(lines(package, name))
