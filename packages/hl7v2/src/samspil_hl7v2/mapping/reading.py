"""Layers read from their folders: CSV to rows, every fault with file, line and column, all of them at once."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from functools import cache, partial
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

from .conditions import Condition, ConditionError, parse_condition
from .layer_store import digest_of_layer, kept_layer
from .lazy import Lazy
from .paths import PathError, parse_path
from .refs import parse_ref
from .rows import RESOURCES, CodeRow, Layer, MessageRow, Reference, ResourceRule, Row, Tables, Vocabulary
from .schema import CODE, DROPPED_MESSAGE, LAYER, MAP, MESSAGE, RESOURCE


class TableError(ValueError):
    """Tables are wrong. `faults` are sentences, each beginning with file, line and column."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults[:5]) + (f" (and {len(faults) - 5} more)" if len(faults) > 5 else ""))  # noqa: PLR2004
        self.faults = faults


NO_RULE = "there is no rule @{}; see samspil_hl7v2/rules.py"
Read = TypeVar("Read")
MAPS = ("segments", "datatypes")
"""Folders of maps."""


def read_layer(folder: Traversable) -> Layer:
    """Read the tables of a folder. Raises TableError naming every fault, and OSError where a file cannot be read."""
    return kept_layer(folder, lambda: _read(folder))


def _read(folder: Traversable) -> Layer:
    reader = _Reader(folder.name, check=True)
    settings = reader.settings(folder)
    maps = {file.name[:-4]: reader.map(file) for kind in MAPS for file in _tables_in(folder, kind)}
    messages = {file.name[:-4]: reader.messages(file) for file in _tables_in(folder, "messages")}
    resources = reader.resources(folder)
    index = reader.index(folder)
    vocabulary = {
        name: reader.vocabulary(name, index.get(name, ""), files) for name, files in _code_files(folder, index)
    }
    systems = reader.coding_systems(folder)
    if reader.faults:
        raise TableError(reader.faults)
    drops = {name: drops for name, (_, drops) in messages.items()} | {RESOURCES: resources[1]}
    rows = {name: rows for name, (rows, _) in messages.items()}
    return _layer(settings, Tables(maps, rows, resources[0], vocabulary, systems, drops))


def shipped_layer(folder: Traversable) -> Layer:
    """A layer that travels in this package. Its tables are checked when it is tested, so each is read when first asked for."""
    reader = _Reader(folder.name, check=False)
    settings = reader.settings(folder)
    made = partial(_table, reader.layer)
    maps = Lazy(
        {file.name[:-4]: partial(made, _Reader.map, file) for kind in MAPS for file in _tables_in(folder, kind)}
    )
    tables = Lazy({file.name[:-4]: partial(made, _Reader.messages, file) for file in _tables_in(folder, "messages")})
    index = made(_Reader.index, folder)
    vocabulary = Lazy(
        {
            name: partial(made, _Reader.vocabulary, name, index.get(name, ""), files)
            for name, files in _code_files(folder, index)
        }
    )
    resources, drops = made(_Reader.resources, folder)
    return _layer(
        settings,
        Tables(
            maps,
            Lazy({name: partial(_part, tables, name, 0) for name in tables}),
            resources,
            vocabulary,
            made(_Reader.coding_systems, folder),
            Lazy({**{name: partial(_part, tables, name, 1) for name in tables}, RESOURCES: drops.copy}),
        ),
        digest_of_layer(folder),
        sure=True,
    )


def _layer(settings: dict[str, Any], tables: Tables, digest: str = "", *, sure: bool = False) -> Layer:
    rest = {key: value for key, value in settings.items() if key in {"timezone", "charset"}}
    return Layer(settings["name"], tuple(settings.get("senders", ())), rest, tables, digest, sure)


def _table(layer: str, read: Callable[..., Read], *arguments: Any) -> Read:
    """What one method of a reader makes of one file. Raises TableError."""
    reader = _Reader(layer, check=False)
    made = read(reader, *arguments)
    if reader.faults:
        raise TableError(reader.faults)
    return made


def _part(tables: Lazy[tuple[Any, Any]], name: str, at: int) -> Any:
    return tables[name][at]


def _tables_in(folder: Traversable, kind: str) -> list[Traversable]:
    inner = folder / kind
    if not inner.is_dir():
        return []
    return sorted((file for file in inner.iterdir() if file.name.endswith(".csv")), key=lambda file: file.name)


def _code_files(folder: Traversable, index: dict[str, str]) -> Iterator[tuple[str, list[Traversable]]]:
    """Vocabularies by name, each with its files; those that the index names alone have none."""
    found: dict[str, list[Traversable]] = {}
    for file in _tables_in(folder, "vocabulary"):
        if file.name != "index.csv":
            found.setdefault(file.name[:-4].removesuffix(".snomed"), []).append(file)
    yield from {**found, **{name: [] for name in index if name not in found}}.items()


class _Reader:
    def __init__(self, layer: str, *, check: bool) -> None:
        self.layer = layer
        self.check = check
        self.faults: list[str] = []

    def settings(self, folder: Traversable) -> dict[str, Any]:
        file = folder / "layer.json"
        if not file.is_file():
            return {"name": self.layer}
        try:
            settings = json.loads(file.read_text(encoding="utf-8"))
        except ValueError as error:
            self.faults.append(f"{self.layer}/layer.json: no JSON: {error}")
            return {"name": self.layer}
        self._conform(settings, LAYER, f"{self.layer}/layer.json", {})
        self.layer = str(settings.get("name", self.layer))
        return settings

    def rows(self, file: Traversable, schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
        name = f"{self.layer}/{file.name}"
        text = file.read_text(encoding="utf-8-sig")
        lines = [line if not line.startswith("#") else "" for line in text.split("\n")]
        reader = csv.reader(lines)
        header: list[str] | None = None
        columns = schema["properties"]
        for cells in reader:
            if not any(cells):
                continue
            place = f"{name}:{reader.line_num}"
            if header is None:
                header = cells
                if unknown := [cell for cell in cells if cell not in columns]:
                    self.faults.append(f"{place}: no such column: {', '.join(unknown)}")
                    return
                continue
            if len(cells) != len(header):
                self.faults.append(f"{place}: {len(cells)} cells where the header has {len(header)}")
                continue
            row = dict(zip(header, cells, strict=True))
            if not self.check or self._conform(row, schema, place, {n: i + 1 for i, n in enumerate(header)}):
                yield place, row

    def _conform(self, value: Any, schema: dict[str, Any], place: str, columns: dict[str, int]) -> bool:
        if not self.check:
            return True
        faults = list(_validator(json.dumps(schema)).iter_errors(value))
        for fault in faults:
            column = str(fault.path[0]) if fault.path else ""
            at = f"{place}:{columns.get(column, 1)}" if columns else place
            self.faults.append(f"{at}: {column + ': ' if column else ''}{fault.message}")
        return not faults

    def map(self, file: Traversable) -> dict[str, Row]:
        rows: dict[str, Row] = {}
        name = file.name[:-4]
        for place, cells in self.rows(file, MAP):
            row = self._row(name, place, cells)
            if row is None:
                continue
            if cells["id"] in rows:
                self.faults.append(f"{place}: id: {cells['id']} stands twice in this table")
            rows[cells["id"]] = row
        return rows

    def _row(self, name: str, place: str, cells: dict[str, str]) -> Row | None:
        dropped = cells.get("action") == "drop"
        source = parse_ref(cells["source"]) if cells["source"] else None
        try:
            target = () if dropped else parse_path(cells["target"])
            when = self._condition(cells["when"])
        except (PathError, ConditionError) as error:
            self.faults.append(f"{place}: {error}")
            return None
        source = source or parse_ref(name.partition("[")[0])
        assert source is not None  # noqa: S101  a file name of a table begins with a segment or datatype
        return Row(
            name=f"{name}/{cells['id']}",
            source=source,
            when=when,
            target=target,
            target_text=cells["target"],
            map=cells["map"],
            vocabulary=cells["vocabulary"],
            value=cells["value"],
            guide=cells["guide"],
            note=cells["note"],
            layer=self.layer,
            place=place,
            when_text=cells["when"],
            dropped=dropped,
        )

    @staticmethod
    def _condition(text: str) -> Condition | None:
        return parse_condition(text) if text.strip() else None

    def messages(self, file: Traversable) -> tuple[dict[str, MessageRow], dict[str, str]]:
        """The rows of a message table, and the ids of those it drops with the reason."""
        rows: dict[str, MessageRow] = {}
        drops: dict[str, str] = {}
        name = file.name[:-4]
        for place, cells in self._message_cells(file):
            full = f"{name}/{cells['id']}"
            if cells.get("action") == "drop":
                drops[cells["id"]] = cells["note"]
                continue
            try:
                when = self._condition(cells["when"])
                references = tuple(parse_references(cells["references"]))
            except (PathError, ConditionError) as error:
                self.faults.append(f"{place}: {error}")
                continue
            if cells["id"] in rows:
                self.faults.append(f"{place}: id: {cells['id']} stands twice in this table")
            rows[cells["id"]] = MessageRow(
                name=full,
                group=cells["group"],
                segment=cells["segment"],
                when=when,
                make=cells["make"],
                resource=cells["resource"],
                map=cells["map"],
                references=references,
                guide=cells["guide"],
                note=cells["note"],
                layer=self.layer,
                place=place,
                when_text=cells["when"],
            )
        return rows, drops

    def _message_cells(self, file: Traversable) -> Iterator[tuple[str, dict[str, str]]]:
        """Rows checked by the schema that fits: a dropped row needs its id and reason only."""
        lenient = {"properties": MESSAGE["properties"]}
        for place, cells in self.rows(file, lenient):
            schema = DROPPED_MESSAGE if cells.get("action") == "drop" else MESSAGE
            if self._conform(cells, schema, place, {"": 1}):
                yield place, cells

    def resources(self, folder: Traversable) -> tuple[dict[str, ResourceRule], dict[str, str]]:
        """The rules of resources, and the ids of those that are dropped with the reason."""
        file = folder / "resources.csv"
        rules: dict[str, ResourceRule] = {}
        drops: dict[str, str] = {}
        if not file.is_file():
            return rules, drops
        for place, cells in self.rows(file, RESOURCE):
            if cells.get("action") == "drop":
                drops[cells["id"]] = cells["note"]
            else:
                name = f"{RESOURCES}/{cells['id']}"
                rules[cells["id"]] = ResourceRule(
                    name, cells["type"], cells["rule"], cells["path"], cells["value"], place
                )
        return rules, drops

    def index(self, folder: Traversable) -> dict[str, str]:
        """Of each vocabulary, the system of its v2 table."""
        file = folder / "vocabulary" / "index.csv"
        if not file.is_file():
            return {}
        columns: dict[str, Any] = {name: {} for name in ("name", "source_system", "target_system", "default")}
        return {cells["name"]: cells["source_system"] for _, cells in self.rows(file, {"properties": columns})}

    def vocabulary(self, name: str, source: str, files: list[Traversable]) -> Vocabulary:
        """A vocabulary of one file, or of several: what the first one says of a code counts."""
        vocabulary = Vocabulary(name, source)
        for file in files:
            for _, cells in self.rows(file, CODE):
                code = CodeRow(cells["target"], cells["system"], cells["display"], cells.get("note", ""))
                vocabulary.codes.setdefault(cells["code"], code)
        return vocabulary

    def coding_systems(self, folder: Traversable) -> dict[str, str]:
        """The URI of each coding system that the layer names."""
        file = folder / "coding-systems.csv"
        if not file.is_file():
            return {}
        columns: dict[str, Any] = {"name": {}, "system": {}, "note": {}}
        return {cells["name"].upper(): cells["system"] for _, cells in self.rows(file, {"properties": columns})}


def parse_references(text: str) -> Iterator[Reference]:
    """Statements of a message row: `subject -> Patient; DiagnosticReport.result <- this`. Raises PathError."""
    for statement in filter(None, (part.strip() for part in text.split(";"))):
        if "->" in statement:
            path, _, target = (part.strip() for part in statement.partition("->"))
            yield Reference("this", parse_path(path), target)
        elif "<-" in statement:
            place, _, target = (part.strip() for part in statement.partition("<-"))
            owner, _, path = place.partition(".")
            if target != "this":
                raise PathError(f"'this' is expected after <- in {statement!r}")
            yield Reference(owner, parse_path(path), "this")
        else:
            raise PathError(f"-> or <- is expected in {statement!r}")


def json_of(text: str, place: str) -> Any:
    """The JSON value in a cell. Raises TableError."""
    try:
        return json.loads(text)
    except ValueError as error:
        raise TableError([f"{place}: value: no JSON: {error}"]) from None


@cache
def _validator(schema: str) -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads(schema))
