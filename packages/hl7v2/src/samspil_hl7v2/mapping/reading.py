"""Layers read from their folders: CSV to rows, every fault with file, line and column, all of them at once."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from functools import cache
from importlib.resources.abc import Traversable
from typing import Any

from .conditions import Condition, ConditionError, parse_condition
from .layer_store import kept_layer
from .paths import PathError, parse_path
from .refs import parse_ref
from .rows import CodeRow, Layer, MessageRow, Reference, ResourceRule, Row, Tables, Vocabulary
from .schema import CODE, DROPPED_MESSAGE, LAYER, MAP, MESSAGE, RESOURCE


class TableError(ValueError):
    """Tables are wrong. `faults` are sentences, each beginning with file, line and column."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults[:5]) + (f" (and {len(faults) - 5} more)" if len(faults) > 5 else ""))  # noqa: PLR2004
        self.faults = faults


def read_layer(folder: Traversable, *, check: bool = True) -> Layer:
    """Read the tables of a folder. Raises TableError naming every fault, and OSError where a file cannot be read.

    `check=False` skips the schema, for the layers that travel in this package and are checked when it is tested.
    """
    return kept_layer(folder, check=check, read=lambda: _read(folder, check=check))


def _read(folder: Traversable, *, check: bool) -> Layer:
    reader = _Reader(folder.name, check=check)
    settings = reader.settings(folder)
    tables = Tables()
    for kind in ("segments", "datatypes"):
        for file in _tables_in(folder, kind):
            tables.maps[file.name[:-4]] = reader.map(file, tables.drops)
    for file in _tables_in(folder, "messages"):
        tables.messages[file.name[:-4]] = reader.messages(file, tables.drops)
    reader.resources(folder, tables)
    reader.vocabularies(folder, tables)
    reader.coding_systems(folder, tables)
    if reader.faults:
        raise TableError(reader.faults)
    senders = tuple(settings.get("senders", ()))
    rest = {key: value for key, value in settings.items() if key in {"timezone", "charset"}}
    return Layer(settings["name"], senders, rest, tables)


def _tables_in(folder: Traversable, kind: str) -> list[Traversable]:
    inner = folder / kind
    if not inner.is_dir():
        return []
    return sorted((file for file in inner.iterdir() if file.name.endswith(".csv")), key=lambda file: file.name)


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

    def map(self, file: Traversable, drops: dict[str, str]) -> dict[str, Row]:
        rows: dict[str, Row] = {}
        name = file.name[:-4]
        for place, cells in self.rows(file, MAP):
            row = self._row(name, place, cells)
            if row is None:
                continue
            if cells["id"] in rows:
                self.faults.append(f"{place}: id: {cells['id']} stands twice in this table")
            if row.dropped:
                drops[row.name] = row.note
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
        bare = parse_ref(name.partition("[")[0])
        assert bare is not None  # noqa: S101  a file name of a table begins with a segment or datatype
        return Row(
            name=f"{name}/{cells['id']}",
            source=source or bare,
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

    def messages(self, file: Traversable, drops: dict[str, str]) -> dict[str, MessageRow]:
        rows: dict[str, MessageRow] = {}
        name = file.name[:-4]
        for place, cells in self._message_cells(file):
            full = f"{name}/{cells['id']}"
            if cells.get("action") == "drop":
                drops[full] = cells["note"]
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
        return rows

    def _message_cells(self, file: Traversable) -> Iterator[tuple[str, dict[str, str]]]:
        """Rows checked by the schema that fits: a dropped row needs its id and reason only."""
        lenient = {"properties": MESSAGE["properties"]}
        for place, cells in self.rows(file, lenient):
            schema = DROPPED_MESSAGE if cells.get("action") == "drop" else MESSAGE
            if self._conform(cells, schema, place, {"": 1}):
                yield place, cells

    def resources(self, folder: Traversable, tables: Tables) -> None:
        file = folder / "resources.csv"
        if not file.is_file():
            return
        for place, cells in self.rows(file, RESOURCE):
            rule = ResourceRule(
                f"resources/{cells['id']}", cells["type"], cells["rule"], cells["path"], cells["value"], place
            )
            if cells.get("action") == "drop":
                tables.drops[rule.name] = cells["note"]
            else:
                tables.resources[cells["id"]] = rule

    def vocabularies(self, folder: Traversable, tables: Tables) -> None:
        index = self._index(folder)
        for file in _tables_in(folder, "vocabulary"):
            if file.name == "index.csv":
                continue
            name = file.name[:-4].removesuffix(".snomed")
            vocabulary = tables.vocabulary.setdefault(name, Vocabulary(name, index.get(name, "")))
            for _, cells in self.rows(file, CODE):
                code = CodeRow(cells["target"], cells["system"], cells["display"], cells.get("note", ""))
                vocabulary.codes.setdefault(cells["code"], code)
        for name, source in index.items():
            tables.vocabulary.setdefault(name, Vocabulary(name, source))

    def _index(self, folder: Traversable) -> dict[str, str]:
        file = folder / "vocabulary" / "index.csv"
        if not file.is_file():
            return {}
        columns: dict[str, Any] = {name: {} for name in ("name", "source_system", "target_system", "default")}
        return {cells["name"]: cells["source_system"] for _, cells in self.rows(file, {"properties": columns})}

    def coding_systems(self, folder: Traversable, tables: Tables) -> None:
        file = folder / "coding-systems.csv"
        if file.is_file():
            for _, cells in self.rows(file, {"properties": {"name": {}, "system": {}, "note": {}}}):
                tables.coding_systems[cells["name"].upper()] = cells["system"]


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
