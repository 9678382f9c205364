"""Layers laid over each other: guide -> our fixes -> country -> site -> sender."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from .reading import read_layer
from .rows import Layer, MessageRow, ResourceRule, Row, Tables, Vocabulary

SHIPPED = ("guide", "fixes")
NATIONAL = ("dk", "se")
"""Layers that travel in the package and hold where they are asked for by name."""


@cache
def shipped() -> tuple[Layer, ...]:
    """The layers that hold for everybody: the guide's tables and our fixes of them."""
    return tuple(read_layer(shipped_folder(name), check=False) for name in SHIPPED)


def shipped_folder(name: str) -> Traversable:
    """The folder of a layer that travels in this package."""
    return files("samspil_hl7v2") / "tables" / name


def merge(layers: Iterable[Layer]) -> Tables:
    """One set of tables: a row above replaces the row of the same id below, or adds to them; drops are remembered."""
    merged = Tables()
    for layer in layers:
        _lay(merged, layer.tables)
    return merged


def _lay(below: Tables, above: Tables) -> None:
    for name, rows in above.maps.items():
        kept = below.maps.setdefault(name, {})
        for row_id, row in rows.items():
            kept[row_id] = _dropped(row, kept.get(row_id)) if row.dropped else row
    _lay_plain(below.messages, above.messages)
    below.resources.update(above.resources)
    _drop(below, above.drops)
    for name, vocabulary in above.vocabulary.items():
        below.vocabulary[name] = _joined(below.vocabulary.get(name), vocabulary)
    below.coding_systems.update(above.coding_systems)
    below.drops.update(above.drops)


def _dropped(row: Row, lower: Row | None) -> Row:
    """A dropped row stays as such, so that the report can give its reason; its source is the lower row's, if it names none."""
    return replace(row, source=lower.source) if lower and not row.source.parts else row


def _lay_plain(below: dict[str, dict[str, MessageRow]], above: dict[str, dict[str, MessageRow]]) -> None:
    for name, rows in above.items():
        below.setdefault(name, {}).update(rows)


def _drop(below: Tables, drops: dict[str, str]) -> None:
    for name in drops:
        table, _, row_id = name.partition("/")
        if table in below.messages:
            below.messages[table].pop(row_id, None)
        elif table == "resources":
            rules: dict[str, ResourceRule] = below.resources
            rules.pop(row_id, None)


def _joined(below: Vocabulary | None, above: Vocabulary) -> Vocabulary:
    if below is None:
        return above
    return Vocabulary(above.name, above.source or below.source, {**below.codes, **above.codes})
