"""Conversion on Spark: the function of this package under `DataFrame.mapInArrow`. Needs the extra `samspil-hl7v2[spark]`.

Each executor converts its rows by itself; nothing is shared and nothing is kept, so a task that is run again gives the
same rows. What one machine converts is byte for byte what a cluster converts.
https://spark.apache.org/docs/latest/api/python/reference/pyspark.sql/api/pyspark.sql.DataFrame.mapInArrow.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from io import BytesIO
from typing import Any, TypeAlias

from .batch import Line, Options, convert_one
from .reader import RawMessage, read_stream

DataFrame: TypeAlias = Any
"""A `pyspark.sql.DataFrame`."""
RecordBatch: TypeAlias = Any
"""A `pyarrow.RecordBatch`."""
SCHEMA = "source string, index int, status string, bundle string, report string"
"""The rows that come out: one a message. `index` counts the messages of a source from 0; `bundle` is null where there is none."""
_ROWS = 500
"""Rows of a batch that goes back to Spark: large messages make large rows."""


def convert_frame(frame: DataFrame, options: Options | None = None) -> DataFrame:
    """Convert the messages of a frame with the columns `path` and `content`, as `spark.read.format("binaryFile")` gives.

    A row may hold one message or a file of many. The rows that come out have the columns of `SCHEMA`; a message that
    cannot be converted has a row with its report. `options` are those of `samspil_hl7v2.batch`.
    """
    return frame.select("path", "content").mapInArrow(convert_batches(options or Options()), SCHEMA)


def convert_batches(options: Options) -> Callable[[Iterable[RecordBatch]], Iterator[RecordBatch]]:
    """Give the function for `mapInArrow`: batches with `path` (text) and `content` (bytes) in, `SCHEMA` out."""

    def run(batches: Iterable[RecordBatch]) -> Iterator[RecordBatch]:
        arrow: Any = import_module("pyarrow")  # untyped, and only there with the extra
        types = {"string": arrow.string(), "int": arrow.int32()}
        schema = arrow.schema([(name, types[type_]) for name, type_ in map(str.split, SCHEMA.split(", "))])
        rows: list[dict[str, Any]] = []
        for batch in batches:
            for raw in _messages(batch):
                rows.append(_row(convert_one(raw, options)))
                if len(rows) == _ROWS:
                    yield arrow.RecordBatch.from_pylist(rows, schema)
                    rows = []
        if rows:
            yield arrow.RecordBatch.from_pylist(rows, schema)

    return run


def _messages(batch: RecordBatch) -> Iterator[RawMessage]:
    for path, content in zip(batch.column("path"), batch.column("content"), strict=True):
        yield from read_stream(BytesIO(content.as_py() or b""), path.as_py() or "")


def _row(line: Line) -> dict[str, Any]:
    return {
        "source": line.source,
        "index": line.number,
        "status": line.status,
        "bundle": None if line.bundle is None else line.bundle.decode(),
        "report": line.report.decode(),
    }
