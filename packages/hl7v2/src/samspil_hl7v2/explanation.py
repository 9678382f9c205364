"""Which rows map a position: the tables, asked the other way round."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .mapping.refs import Ref
from .mapping.rows import Row, Tables


class Explained(NamedTuple):
    """A row that reads a position, with all its cells; `used` names the tables that run its map."""

    row: str
    source: str
    target: str
    when: str
    map: str
    vocabulary: str
    value: str
    layer: str
    note: str
    used: str

    def as_dict(self) -> dict[str, str]:
        """The members that say something."""
        return {name: value for name, value in self._asdict().items() if value}

    def text(self) -> str:
        """The row for a reader, on a few lines."""
        lines = [f"{self.row}  ({self.layer})", f"  {self.source} -> {self.target or '(dropped)'}"]
        for label, value in (
            ("when", self.when),
            ("by", self.map),
            ("codes", self.vocabulary),
            ("value", self.value),
            ("note", self.note),
            ("runs in", self.used),
        ):
            if value:
                lines.append(f"  {label}: {value}")
        return "\n".join(lines)


def explain_position(tables: Tables, ref: Ref) -> list[Explained]:
    """Every row that reads a position or a part of it, segment maps first, then the datatype rows they lead to."""
    found: list[Explained] = []
    for name, rows in sorted(tables.maps.items()):
        if name.partition("[")[0] != ref.name:
            continue
        for row in rows.values():
            if _touches(row, ref):
                found.append(_explained(row, _users(tables, name)))
                found.extend(_inside(tables, row, ref))
    return found


def _touches(row: Row, ref: Ref) -> bool:
    shorter = min(len(row.source.parts), len(ref.parts))
    return bool(row.source.parts) and row.source.parts[:shorter] == ref.parts[:shorter]


def _inside(tables: Tables, row: Row, ref: Ref) -> Iterator[Explained]:
    """Rows of the datatype map for the component asked for."""
    if not row.map or len(ref.parts) < 2 or row.value.startswith('"'):  # noqa: PLR2004  a component is asked for
        return
    for inner in tables.maps.get(row.map, {}).values():
        if inner.source.parts[:1] == ref.parts[1:2]:
            yield _explained(inner, row.name)


def _explained(row: Row, used: str) -> Explained:
    return Explained(
        row.name,
        str(row.source),
        "" if row.dropped else row.target_text,
        row.when_text,
        row.map,
        row.vocabulary,
        row.value,
        row.layer,
        row.note,
        used,
    )


def _users(tables: Tables, name: str) -> str:
    used = sorted(
        {row.name.partition("/")[0] for rows in tables.messages.values() for row in rows.values() if row.map == name}
    )
    return ", ".join(used)
