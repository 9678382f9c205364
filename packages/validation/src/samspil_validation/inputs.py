"""What the command is given, as pieces of text: files, folders, standard input, lines of NDJSON, large bundles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from samspil_core.jsontext import NotJson, loads

from .large import is_large_bundle

__all__ = ["Piece", "pieces"]

_ENDINGS = frozenset({".json", ".xml", ".ndjson"})


@dataclass(frozen=True, slots=True)
class Piece:
    """One resource to be: its text, or the file it is to be read from. `line` counts from 1 in NDJSON, else 0."""

    name: str
    line: int = 0
    path: Path | None = None
    data: bytes | None = field(default=None, repr=False)
    large: bool = False
    problem: str = ""


def pieces(inputs: Sequence[str], stdin: BinaryIO) -> Iterator[Piece]:
    """The pieces of all inputs, one at a time; an input that cannot be read is a piece with a problem."""
    for text in inputs or ("-",):
        if text == "-":
            yield from _stream("-", stdin)
            continue
        path = Path(text)
        try:
            yield from _folder(path) if path.is_dir() else _file(path)
        except OSError as error:
            yield Piece(text, problem=error.strerror or type(error).__name__)


def _folder(folder: Path) -> Iterator[Piece]:
    """Every resource below a folder, by path."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix.lower() in _ENDINGS:
            try:
                yield from _file(path)
            except OSError as error:
                yield Piece(str(path), problem=error.strerror or type(error).__name__)


def _file(path: Path) -> Iterator[Piece]:
    if path.suffix.lower() == ".ndjson":
        with path.open("rb") as stream:
            yield from _lines(str(path), stream, 1)
    else:
        yield Piece(str(path), path=path, large=is_large_bundle(path))


def _stream(name: str, stream: BinaryIO) -> Iterator[Piece]:
    """A stream: NDJSON when its first line is a whole JSON object, else one text."""
    first = stream.readline()
    if _is_object(first):
        yield Piece(name, 1, data=first)
        yield from _lines(name, stream, 2)
    else:
        yield Piece(name, data=first + stream.read())


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(loads(line), dict)
    except NotJson:
        return False


def _lines(name: str, stream: BinaryIO, start: int) -> Iterator[Piece]:
    for number, line in enumerate(stream, start):
        if line.strip():
            yield Piece(name, number, data=line)
