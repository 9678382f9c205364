"""Reading the tables that code systems are published in: delimited text, checked, with line and column in every fault."""

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

__all__ = ["BadTable", "code", "delimiter_of", "designation", "read_table", "rows", "text"]


class BadTable(ValueError):
    """A file of a code system is not what it should be: names the file, line and column (both from 1), and what is wrong."""

    def __init__(self, file: str, line: int, column: int, why: str) -> None:
        super().__init__(f"{file}, line {line}, column {column}: {why}")
        self.file = file
        self.line = line
        self.column = column
        self.why = why


def delimiter_of(path: Path, possible: str = ",;\t") -> str:
    """The delimiter that the first line has most of."""
    with path.open("rb") as stream:
        return max(possible, key=stream.readline().decode("latin-1").count)


def read_text(path: Path, *encodings: str) -> str:
    """The text of a file in the first encoding that reads it. Raises `BadTable`."""
    data = path.read_bytes()
    fault: UnicodeDecodeError | None = None
    for encoding in encodings or ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError as error:
            fault = error
    at = fault.start if fault else 0
    raise BadTable(
        path.name, data.count(b"\n", 0, at) + 1, at - data.rfind(b"\n", 0, at), "bytes in no expected encoding"
    )


def rows(path: Path, delimiter: str, *encodings: str) -> Iterator[tuple[int, list[str]]]:
    """(line, fields) of every row of a delimited file."""
    reader = csv.reader(io.StringIO(read_text(path, *encodings), newline=""), delimiter=delimiter)
    try:
        for row in reader:
            if any(row):
                yield reader.line_num, row
    except csv.Error as error:
        raise BadTable(path.name, reader.line_num, 1, str(error)) from None


def read_table(path: Path, delimiter: str, *needed: str) -> Iterator[Mapping[str, str]]:
    """The rows of a file with a header, by column name. Raises `BadTable` when a needed column is absent."""
    lines = rows(path, delimiter)
    empty: tuple[int, list[str]] = (1, [])
    _, header = next(lines, empty)
    names = [each.strip() for each in header]
    for each in needed:
        if each not in names:
            wanted = ", ".join(needed)
            raise BadTable(
                path.name,
                1,
                1,
                f"the first line names {len(names)} columns, none of them {each}; it must name {wanted}",
            )
    for line, fields in lines:
        if len(fields) > len(names):
            raise BadTable(path.name, line, len(names) + 1, f"{len(fields)} columns, not {len(names)}")
        yield dict(zip(names, [*fields, *[""] * (len(names) - len(fields))], strict=True))


def text(name: str, value: str) -> dict[str, Any]:
    """A property of text."""
    return {"code": name, "valueString": value}


def code(name: str, value: str) -> dict[str, Any]:
    """A property that is a code."""
    return {"code": name, "valueCode": value}


def designation(value: str, language: str = "", use: str = "") -> dict[str, Any]:
    """A designation; `use` is plain text."""
    made: dict[str, Any] = {"value": value}
    if language:
        made["language"] = language
    if use:
        made["use"] = {"code": use, "display": use}
    return made
