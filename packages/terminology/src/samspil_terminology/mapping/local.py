"""A list of local codes: a table with a header, `code` and `display`, and how often each is used (`count`) if known."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from samspil_terminology.systems.tables import BadTable, delimiter_of, read_table

__all__ = ["LocalCode", "read_codes"]

_CODE = ("code", "sourceCode", "kode", "Kode", "Code")
_DISPLAY = ("display", "sourceName", "label", "text", "tekst", "Tekst", "navn", "Display", "description")
_COUNT = ("count", "sourceFrequency", "antal", "frequency")


@dataclass(frozen=True, slots=True)
class LocalCode:
    """A local code, its text, and how often it is used."""

    code: str
    display: str = ""
    count: int = 1


def read_codes(path: Path) -> Iterator[LocalCode]:
    """The codes of a file. Raises `BadTable` when no column is known to hold codes."""
    for line, row in enumerate(read_table(path, delimiter_of(path)), 2):
        code = next((row[name].strip() for name in _CODE if name in row), None)
        if code is None:
            raise BadTable(path.name, 1, 1, f"no column holds codes; it may be called {', '.join(_CODE)}")
        if not code:
            continue
        count = next((row[name].strip() for name in _COUNT if row.get(name)), "1")
        if not count.isdigit():
            raise BadTable(path.name, line, 1, f"{count!r} is no number of uses")
        yield LocalCode(code, next((row[name].strip() for name in _DISPLAY if name in row), ""), int(count))
