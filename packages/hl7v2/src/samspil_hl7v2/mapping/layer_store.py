"""Layers as plain values, and back: what was read and checked once is not parsed again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, cast

from . import conditions, store
from .paths import Step
from .refs import Ref
from .rows import CodeRow, Layer, MessageRow, Reference, ResourceRule, Row, Tables, Vocabulary

_FOLDERS = ("segments", "datatypes", "messages", "vocabulary")
_FILES = ("layer.json", "resources.csv", "coding-systems.csv")
_NODES: tuple[Any, ...] = (
    conditions.Valued,
    conditions.OneOf,
    conditions.Measure,
    conditions.Rule,
    conditions.Not,
    conditions.Both,
    conditions.Either,
)


def kept_layer(folder: Traversable, read: Callable[[], Layer]) -> Layer:
    """The layer in a folder: as it was kept, else as it is read. Raises what `read` raises."""
    digest = digest_of_layer(folder)
    key = store.digest("layer", digest) if digest else ""
    if (kept := store.load(key)) is not None:
        return _layer(kept, digest)
    layer = read()
    if digest and digest_of_layer(folder) == digest:  # nobody has changed it meanwhile
        store.save(key, _plain(layer))
        return replace(layer, digest=digest)
    return layer


def digest_of_layer(folder: Traversable) -> str:
    """The digest of the name of a folder and of the tables in it; empty where it is not made of files."""
    if not isinstance(folder, Path):
        return ""
    try:
        return store.digest(folder.name, store.digest_of_files(_files(folder)))
    except OSError:
        return ""


def _files(folder: Path) -> Iterator[Path]:
    yield from (file for name in _FILES if (file := folder / name).is_file())
    for name in _FOLDERS:
        if (inner := folder / name).is_dir():
            yield from sorted(file for file in inner.iterdir() if file.name.endswith(".csv"))


# -- as plain values --


def _plain(layer: Layer) -> Any:
    """Tuples of texts and numbers, equal ones one object: they are written, and read, once."""
    tables = layer.tables
    made = (
        layer.name,
        layer.senders,
        layer.settings,
        [(name, [(id_, _row(row)) for id_, row in rows.items()]) for name, rows in tables.maps.items()],
        [(name, [(id_, _message_row(row)) for id_, row in rows.items()]) for name, rows in tables.messages.items()],
        [(id_, _fields(rule)) for id_, rule in tables.resources.items()],
        [
            (each.name, each.source, [(k, *_fields(row)) for k, row in each.codes.items()])
            for each in tables.vocabulary.values()
        ],
        tables.coding_systems,
        tables.drops,
    )
    return _shared(made, {})


def _shared(value: Any, known: dict[Any, Any]) -> Any:
    """The value with equal texts and equal tuples made one object. A tuple is known by which objects its parts are."""
    if isinstance(value, str):
        return known.setdefault(value, value)
    if isinstance(value, tuple):
        parts = tuple([_shared(each, known) for each in cast("tuple[Any, ...]", value)])
        return known.setdefault(tuple(map(id, parts)), parts)
    if isinstance(value, list):
        return [_shared(each, known) for each in cast("list[Any]", value)]
    return value


def _fields(value: Any) -> tuple[Any, ...]:
    return tuple(getattr(value, name) for name in value.__slots__)


def _row(row: Row) -> tuple[Any, ...]:
    name, source, when, target, *rest = _fields(row)
    return name, tuple(source), _condition(when), _path(target), *rest


def _message_row(row: MessageRow) -> tuple[Any, ...]:
    fields = dict(zip(MessageRow.__slots__, _fields(row), strict=True))
    fields["when"] = _condition(row.when)
    fields["references"] = tuple((each.owner, _path(each.path), each.target) for each in row.references)
    return tuple(fields.values())


def _path(steps: tuple[Step, ...]) -> tuple[Any, ...]:
    return tuple([tuple(step) for step in steps])


def _condition(tree: Any) -> Any:
    """A tree of conditions as nested tuples, each with the number of its kind first."""
    if isinstance(tree, Ref):
        return (-1, *tree)
    if type(tree) in _NODES:
        return (_NODES.index(type(tree)), *(_condition(getattr(tree, name)) for name in tree.__slots__))
    if isinstance(tree, tuple):
        return (-2, *map(_condition, cast("tuple[Any, ...]", tree)))
    return tree


# -- and back --


def _layer(plain: Any, digest: str) -> Layer:
    name, senders, settings, maps, messages, resources, vocabulary, systems, drops = plain
    tables = Tables(
        {table: {id_: _row_of(*cells) for id_, cells in rows} for table, rows in maps},
        {table: {id_: _message_row_of(cells) for id_, cells in rows} for table, rows in messages},
        {id_: ResourceRule(*cells) for id_, cells in resources},
        {
            each: Vocabulary(each, source, {code: CodeRow(*cells) for code, *cells in codes})
            for each, source, codes in vocabulary
        },
        systems,
        drops,
    )
    return Layer(name, senders, settings, tables, digest)


def _row_of(name: str, source: Any, when: Any, target: Any, *rest: Any) -> Row:
    return Row(name, Ref(*source), _condition_of(when), tuple([Step(*step) for step in target]), *rest)


def _message_row_of(cells: Any) -> MessageRow:
    fields = dict(zip(MessageRow.__slots__, cells, strict=True))
    fields["when"] = _condition_of(fields["when"])
    fields["references"] = tuple(
        Reference(owner, tuple([Step(*step) for step in path]), target) for owner, path, target in fields["references"]
    )
    return MessageRow(**fields)


def _condition_of(plain: Any) -> Any:
    if not isinstance(plain, tuple):
        return plain
    kind, *parts = cast("tuple[Any, ...]", plain)
    if kind == -1:
        return Ref(*parts)
    made: Any = tuple(map(_condition_of, parts))
    return made if kind == -2 else _NODES[kind](*made)  # noqa: PLR2004  a tuple
