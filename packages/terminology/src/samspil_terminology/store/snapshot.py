"""Writing a snapshot: everything goes into a file of another name, which takes its place only when it is whole.

A process that is killed leaves the old snapshot as it was.
"""

import errno
import os
import sqlite3
from array import array
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import accumulate, groupby
from pathlib import Path
from typing import Any

from samspil_core.jsontext import dumps
from samspil_terminology.search import words

try:
    import numpy as np
except ImportError:  # the extra `fast` is not installed
    np = None

__all__ = ["FORMAT", "Closure", "SnapshotWriter", "Term", "close_over", "partial_of", "writing"]

FORMAT = 3
"""The layout of the file; another number is another layout."""

_SCHEMA = """
CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE concept(
  n INTEGER PRIMARY KEY, code TEXT NOT NULL, display TEXT NOT NULL, flags INTEGER NOT NULL,
  module INTEGER, effective INTEGER, data TEXT
) STRICT;
CREATE TABLE node(n INTEGER PRIMARY KEY, parents BLOB, children BLOB, up BLOB, down BLOB) STRICT;
CREATE TABLE codes(numbers BLOB NOT NULL, ordered BLOB NOT NULL) STRICT;
CREATE TABLE detail(
  n INTEGER PRIMARY KEY, code TEXT NOT NULL, display TEXT NOT NULL, flags INTEGER NOT NULL,
  module INTEGER NOT NULL, effective INTEGER NOT NULL, attributes TEXT, terms TEXT NOT NULL
) STRICT;
CREATE TABLE ranks(data BLOB NOT NULL) STRICT;
CREATE TABLE attributes(n INTEGER PRIMARY KEY, data TEXT NOT NULL) STRICT;
CREATE TABLE inverse(type INTEGER NOT NULL, target INTEGER NOT NULL, sources BLOB NOT NULL, PRIMARY KEY(type, target))
  STRICT, WITHOUT ROWID;
CREATE TABLE member(
  refset INTEGER NOT NULL, component TEXT NOT NULL, n INTEGER, active INTEGER NOT NULL, module INTEGER, effective INTEGER,
  id TEXT NOT NULL, fields TEXT NOT NULL
) STRICT;
CREATE TABLE refset(n INTEGER PRIMARY KEY, members BLOB NOT NULL, fields TEXT NOT NULL) STRICT;
CREATE TABLE property(name TEXT NOT NULL, value TEXT NOT NULL, members BLOB NOT NULL, PRIMARY KEY(name, value))
  STRICT, WITHOUT ROWID;
CREATE TABLE resource(type TEXT NOT NULL, url TEXT NOT NULL, version TEXT NOT NULL, data TEXT NOT NULL) STRICT;
CREATE VIRTUAL TABLE words USING fts5(
  text, content='', columnsize=0, detail=none, prefix='1 2 3 4', tokenize="unicode61 remove_diacritics 0"
);
"""
_INDEXES = """
CREATE UNIQUE INDEX concept_code ON concept(code);
CREATE INDEX member_refset ON member(refset, n);
CREATE INDEX member_n ON member(n);
CREATE INDEX resource_url ON resource(type, url, version);
"""

_LOT = 65_536

_GATHERED = 16 << 20
"""Bytes that the text index gathers before it writes."""

_CONCEPTS = """
SELECT n, code, display, flags, module, effective, attributes.data FROM concept LEFT JOIN attributes USING (n) ORDER BY n
"""
Row = Sequence[Any]
Term = tuple[int, str, int, str, str, int, int | str, str, int | None, int | None]
"""Order, text, concept, language, kind, flags, identifier, dialects, module, effective time."""


@contextmanager
def writing(path: Path) -> "Generator[SnapshotWriter]":
    """Write a snapshot that is to lie at `path`. Where the block raises, nothing changes but a left-over is removed.

    Raises OSError when the disk is full, or the file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = partial_of(path)
    with suppress(FileNotFoundError):
        partial.unlink()
    connection = sqlite3.connect(partial, isolation_level=None)
    try:
        connection.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA page_size=8192; PRAGMA cache_size=-65536;"
        )
        connection.executescript(_SCHEMA)
        connection.execute("BEGIN")
        writer = SnapshotWriter(connection)
        yield writer
        writer.meta("format", str(FORMAT))
        connection.execute("COMMIT")
        connection.executescript(_INDEXES)
        connection.execute("ANALYZE")
        connection.close()
        _settle(partial, path)
    except BaseException as error:
        connection.close()
        with suppress(FileNotFoundError):
            partial.unlink()
        if isinstance(error, sqlite3.OperationalError):
            raise OSError(errno.EIO, f"the snapshot could not be written ({error})") from None
        raise


def partial_of(path: Path) -> Path:
    """Where this process writes what is to lie at `path`."""
    return path.with_name(f".{path.name}.{os.getpid()}.partial")


def _settle(partial: Path, path: Path) -> None:
    """Make the file durable, then give it its name in one step."""
    handle = os.open(partial, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    partial.replace(path)


class SnapshotWriter:
    """The tables of a snapshot, to be filled in any order."""

    __slots__ = ("_connection",)

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def meta(self, name: str, value: str) -> None:
        """One fact of the snapshot."""
        self._connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def concepts(self, rows: Iterable[Row]) -> None:
        """(n, code, display, flags, module, effective, data) a concept."""
        self._connection.executemany("INSERT INTO concept VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

    def nodes(self, closure: "Closure") -> None:
        """The hierarchy, of the concepts that stand in it."""
        self._connection.executemany("INSERT INTO node VALUES (?, ?, ?, ?, ?)", closure.rows())

    def terms(self, rows: Sequence[Term], *, not_indexed: str = "") -> None:
        """The texts, best first, as they are sorted; inactive ones and those of one kind are not to be searched."""
        self._connection.execute("INSERT INTO words(words, rank) VALUES ('hashsize', ?)", (_GATHERED,))
        self._connection.executemany(
            "INSERT INTO words(rowid, text) VALUES (?, ?)",
            (
                (rank, row[1] if row[1].isascii() else " ".join(words(row[1])))
                for rank, row in enumerate(rows, 1)
                if row[5] & 1 and row[4] != not_indexed
            ),
        )
        ranks = array("i", [row[2] for row in rows])
        self._connection.execute("INSERT INTO ranks VALUES (?)", (ranks.tobytes(),))

    def details(self, rows: Sequence[Term]) -> None:
        """All that is said of each concept in one row, so that one look finds it; concepts and attributes come before.

        The texts are lines of text, identifier and profile, best first. A profile is what many texts have in common
        (language, kind, flags, dialects, module, time); the fact `profiles` lists them.
        """
        profiles: dict[tuple[Any, ...], int] = {}
        terms = _by_concept(rows, profiles)
        self._connection.executemany(
            "INSERT INTO detail VALUES (?, ?, ?, ?, ?, ?, ?, ?)", _joined(self._connection.execute(_CONCEPTS), terms)
        )
        self.meta("profiles", dumps([[str(part) for part in each] for each in profiles]).decode())

    def numeric_codes(self, codes: "array[int]") -> None:
        """The codes that are plain numbers, one a concept, so that they are found without a question to the database."""
        ordered = array("i", _sorted_places(codes))
        self._connection.execute("INSERT INTO codes VALUES (?, ?)", (codes.tobytes(), ordered.tobytes()))
        self.meta("numeric", "true")

    def attributes(self, rows: Iterable[tuple[int, str]]) -> None:
        """(n, JSON of its attributes) a concept."""
        self._connection.executemany("INSERT INTO attributes VALUES (?, ?)", rows)

    def inverse(self, rows: Iterable[tuple[int, int, bytes]]) -> None:
        """(type, target, sources) a pair of attribute and value."""
        self._connection.executemany("INSERT INTO inverse VALUES (?, ?, ?)", rows)

    def members(self, rows: Iterable[Row]) -> None:
        """(refset, component, n, active, module, effective, id, JSON of the fields) a member."""
        self._connection.executemany("INSERT INTO member VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def refsets(self, rows: Iterable[tuple[int, bytes, str]]) -> None:
        """(n, members, JSON of the field names) a reference set."""
        self._connection.executemany("INSERT INTO refset VALUES (?, ?, ?)", rows)

    def properties(self, rows: Iterable[tuple[str, str, bytes]]) -> None:
        """(name, value, members) a value of a property."""
        self._connection.executemany("INSERT OR REPLACE INTO property VALUES (?, ?, ?)", rows)

    def resources(self, some: Iterable[Mapping[str, Any]]) -> int:
        """FHIR resources as they are; how many there were."""
        rows = [
            (
                str(each.get("resourceType", "")),
                str(each.get("url", "")),
                str(each.get("version", "")),
                dumps(each).decode(),
            )
            for each in some
        ]
        self._connection.executemany("INSERT INTO resource VALUES (?, ?, ?, ?)", rows)
        return len(rows)


def _joined(concepts: Iterable[Row], terms: Iterator[tuple[int, str]]) -> Iterator[Row]:
    """Every concept with its texts; both come in the order of the numbers."""
    at, text = next(terms, (-1, ""))
    for row in concepts:
        if row[0] == at:
            yield (*row, text)
            at, text = next(terms, (-1, ""))
        else:
            yield (*row, "")


def _by_concept(rows: Sequence[Term], profiles: dict[tuple[Any, ...], int]) -> Iterator[tuple[int, str]]:
    """The texts of each concept as lines, with the number of their profile."""
    places = _sorted_places(array("i", [row[2] for row in rows]))
    for n, some in groupby(places, key=lambda at: rows[at][2]):
        lines: list[str] = []
        for at in some:
            _, text, _, language, kind, flags, identifier, dialects, module, effective = rows[at]
            profile = profiles.setdefault((language, kind, flags, dialects, module, effective), len(profiles))
            lines.append(f"{text}\t{identifier}\t{profile}")
        yield n, "\n".join(lines)


def _sorted_places(values: "array[int]") -> Iterator[int]:
    """The positions of an array in the order of its values; equal ones stay in theirs."""
    if np is None:
        yield from sorted(range(len(values)), key=values.__getitem__)
        return
    order = (
        np.argsort(np.frombuffer(values, dtype=f"i{values.itemsize}"), kind="stable") if values else np.empty(0, int)
    )
    for start in range(0, len(order), _LOT):
        yield from order[start : start + _LOT].tolist()


@dataclass(slots=True)
class Closure:
    """The hierarchy of numbered concepts: the parents and all that is above of each, and the same turned around.

    `children` and `down` are one array each; those of concept n lie from `child_start[n]` to `child_start[n + 1]`, and
    likewise below.
    """

    parents: list["array[int]"]
    up: list["array[int]"]
    children: "array[int]"
    child_start: "array[int]"
    down: "array[int]"
    down_start: "array[int]"

    def rows(self) -> Iterator[tuple[int, bytes | None, bytes | None, bytes | None, bytes | None]]:
        """(n, parents, children, up, down) of every concept that stands in the hierarchy."""
        children, down = memoryview(self.children), memoryview(self.down)
        for n, above in enumerate(self.parents):
            first, last = self.child_start[n], self.child_start[n + 1]
            if above or first != last:
                below = down[self.down_start[n] : self.down_start[n + 1]]
                yield (
                    n,
                    above.tobytes() or None,
                    children[first:last].tobytes() or None,
                    self.up[n].tobytes() or None,
                    below.tobytes() or None,
                )


def close_over(parents: list["array[int]"]) -> Closure:
    """Compute all that is above and below. Parents must have smaller numbers than their children."""
    none = array("i")
    up: list[array[int]] = [none] * len(parents)
    for n, above in enumerate(parents):
        if not above:
            continue
        if len(above) == 1:
            up[n] = up[above[0]] + above
        else:
            gathered = set(above)
            for parent in above:
                gathered.update(up[parent])
            up[n] = array("i", sorted(gathered))
    children, child_start = turned(parents)
    down, down_start = turned(up)
    return Closure(parents, up, children, child_start, down, down_start)


def turned(lists: list["array[int]"]) -> tuple["array[int]", "array[int]"]:
    """For every number, in which of the lists it stands: one array, and where the part of each number begins."""
    if np is not None:
        return _turned_fast(lists)
    counts = array("i", bytes(4 * (len(lists) + 1)))
    for some in lists:
        for each in some:
            counts[each + 1] += 1
    start = array("i", accumulate(counts))
    place = array("i", start)
    made = array("i", bytes(4 * start[-1]))
    for n, some in enumerate(lists):
        for each in some:
            made[place[each]] = n
            place[each] += 1
    return made, start


def _turned_fast(lists: list["array[int]"]) -> tuple["array[int]", "array[int]"]:
    assert np is not None  # noqa: S101  called with numpy only
    buffer = bytearray()
    for each in lists:
        buffer += each
    keys = np.frombuffer(buffer, dtype=np.int32).astype(np.int64)
    del buffer
    counts = np.bincount(keys, minlength=len(lists)) if len(keys) else np.zeros(len(lists), dtype=np.int64)
    keys <<= 32
    keys |= np.repeat(np.arange(len(lists), dtype=np.int32), [len(each) for each in lists])
    keys.sort()
    made, start = array("i"), array("i")
    made.frombytes(keys.astype(np.int32).data.cast("B"))
    del keys
    start.frombytes(np.concatenate(([0], np.cumsum(counts))).astype(np.int32).tobytes())
    return made, start
