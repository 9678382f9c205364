"""Any code system out of a table with a header: code, display, and what else there is.

Columns: `code`, `display`; optionally `parent`, `definition`, `status`, `designation:LANGUAGE`; every other one is a property.
"""

from collections.abc import Iterator
from pathlib import Path

from samspil_terminology.store.building import Row

from .tables import delimiter_of, designation, read_table, text

__all__ = ["read"]

_KNOWN = ("code", "display", "parent", "definition", "status")
_RETIRED = frozenset({"retired", "inactive", "withdrawn"})


def read(path: Path, delimiter: str = "") -> Iterator[Row]:
    """Every row as a concept. Raises `BadTable`."""
    for row in read_table(path, delimiter or delimiter_of(path), "code", "display"):
        texts = [
            designation(value, name.partition(":")[2])
            for name, value in row.items()
            if name.startswith("designation:") and value
        ]
        others = [
            text(name, value)
            for name, value in row.items()
            if value and name not in _KNOWN and not name.startswith("designation:")
        ]
        status = row.get("status", "").strip().lower()
        yield Row(
            row["code"].strip(),
            row["display"].strip(),
            [each for each in row.get("parent", "").split("|") if each],
            row.get("definition", ""),
            texts,
            others,
            inactive=status in _RETIRED,
            status=status if status != "active" else "",
        )
