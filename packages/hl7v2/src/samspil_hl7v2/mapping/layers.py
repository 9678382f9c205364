"""Layers laid over each other: guide -> our fixes -> country -> site -> sender."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache, partial
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import chain

from .layer_store import digest_of_layer
from .lazy import Lazy
from .reading import shipped_layer
from .rows import RESOURCES, Layer, MessageRow, ResourceRule, Row, Tables, Vocabulary

SHIPPED = ("guide", "fixes")
NATIONAL = ("dk", "se")
"""Layers that travel in the package and hold where they are asked for by name."""


@cache
def shipped() -> tuple[Layer, ...]:
    """The layers that hold for everybody: the guide's tables and our fixes of them."""
    return tuple(shipped_layer(shipped_folder(name)) for name in SHIPPED)


@cache
def national(name: str) -> Layer:
    """A layer of `NATIONAL`."""
    return shipped_layer(shipped_folder(name))


def shipped_folder(name: str) -> Traversable:
    """The folder of a layer that travels in this package."""
    return files("samspil_hl7v2") / "tables" / name


def are_as_read(layers: Iterable[Layer]) -> bool:
    """Whether the files of layers that are read bit by bit have not changed since the first bit was."""
    return all(digest_of_layer(shipped_folder(layer.name)) == layer.digest for layer in layers if layer.sure)


def merge(layers: Iterable[Layer]) -> Tables:
    """One set of tables: a row above replaces the row of the same id below, or adds to them.

    A table is laid over those of its name below when it is first asked for.
    """
    tables = tuple(layer.tables for layer in layers)
    return Tables(
        Lazy({name: partial(_map, tables, name) for name in _names(each.maps for each in tables)}),
        Lazy({name: partial(_messages, tables, name) for name in _names(each.messages for each in tables)}),
        _resources(tables),
        Lazy({name: partial(_vocabulary, tables, name) for name in _names(each.vocabulary for each in tables)}),
        {name: system for each in tables for name, system in each.coding_systems.items()},
    )


def _names(tables: Iterable[Iterable[str]]) -> Iterable[str]:
    """Each name once, in the order in which the layers bring them."""
    return dict.fromkeys(chain.from_iterable(tables))


def _map(layers: tuple[Tables, ...], name: str) -> dict[str, Row]:
    merged: dict[str, Row] = {}
    for each in layers:
        for row_id, row in each.maps.get(name, {}).items():
            merged[row_id] = _dropped(row, merged.get(row_id)) if row.dropped else row
    return merged


def _dropped(row: Row, lower: Row | None) -> Row:
    """A dropped row stays as such, so that the report can give its reason; its source is the lower row's, if it names none."""
    return replace(row, source=lower.source) if lower and not row.source.parts else row


def _messages(layers: tuple[Tables, ...], name: str) -> dict[str, MessageRow]:
    merged: dict[str, MessageRow] = {}
    for each in layers:
        merged |= each.messages.get(name, {})
        for row_id in each.drops.get(name, {}):
            merged.pop(row_id, None)
    return merged


def _resources(layers: tuple[Tables, ...]) -> dict[str, ResourceRule]:
    merged: dict[str, ResourceRule] = {}
    for each in layers:
        merged |= each.resources
        for row_id in each.drops.get(RESOURCES, {}):
            merged.pop(row_id, None)
    return merged


def _vocabulary(layers: tuple[Tables, ...], name: str) -> Vocabulary:
    merged: Vocabulary | None = None
    for each in layers:
        if (above := each.vocabulary.get(name)) is not None:
            merged = above if merged is None else _joined(merged, above)
    assert merged is not None  # noqa: S101  one of the layers has it
    return merged


def _joined(below: Vocabulary, above: Vocabulary) -> Vocabulary:
    return Vocabulary(above.name, above.source or below.source, {**below.codes, **above.codes})
