"""The hashes of well-known packages: of their archives as they are carried, and of their content however it is packed."""

import csv
from functools import cache
from importlib.resources import files

__all__ = ["Pin", "pinned"]

Pin = tuple[frozenset[str], str]
"""The SHA-256 of the archives that are known to be the package, and the hash of its content."""


@cache
def _pins() -> dict[str, Pin]:
    text = files(__package__ or "samspil_definitions").joinpath("pins.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {f"{row['name']}#{row['version']}": (frozenset(row["archives"].split()), row["content"]) for row in rows}


def pinned(package: str) -> Pin | None:
    """What is pinned for `NAME#VERSION`, or None."""
    return _pins().get(package)
