"""The tables of a log and what is asked of them, in SQL that SQLite and PostgreSQL both read."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

from samspil_audit.merkle import HASH_SIZE, TILE_WIDTH, Tiles, node_hash

from .rows import Head, NewKey, Row

__all__ = ["TABLES", "Database", "KnownAlready", "SqlStore", "Transaction"]

Rows = list[tuple[Any, ...]]

TABLES = (
    """CREATE TABLE IF NOT EXISTS audit_entry (
        idx {number} PRIMARY KEY, record {bytes} NOT NULL, time {number} NOT NULL, recorded {number} NOT NULL,
        subject {bytes} NOT NULL, commitment {bytes} NOT NULL, sealed {bytes}){end}""",
    "CREATE UNIQUE INDEX IF NOT EXISTS audit_entry_record ON audit_entry (record)",
    "CREATE INDEX IF NOT EXISTS audit_entry_recorded ON audit_entry (recorded)",
    """CREATE TABLE IF NOT EXISTS audit_about (
        subject {bytes} NOT NULL, recorded {number} NOT NULL, idx {number} NOT NULL,
        PRIMARY KEY (subject, recorded, idx)){sorted}""",
    """CREATE TABLE IF NOT EXISTS audit_tile (
        level {number} NOT NULL, idx {number} NOT NULL, hashes {bytes} NOT NULL, PRIMARY KEY (level, idx)){end}""",
    """CREATE TABLE IF NOT EXISTS audit_head (
        one {number} PRIMARY KEY CHECK (one = 1), size {number} NOT NULL, peaks {bytes} NOT NULL,
        time {number} NOT NULL, note TEXT NOT NULL, epoch {number} NOT NULL){end}""",
    """CREATE TABLE IF NOT EXISTS audit_subject_key (
        key_id {bytes} PRIMARY KEY, subject {bytes} NOT NULL, wrapped {bytes} NOT NULL){end}""",
    "CREATE INDEX IF NOT EXISTS audit_subject_key_subject ON audit_subject_key (subject)",
    "CREATE TABLE IF NOT EXISTS audit_alias (alias {bytes} PRIMARY KEY, subject {bytes} NOT NULL){end}",
    "CREATE INDEX IF NOT EXISTS audit_alias_subject ON audit_alias (subject)",
    "CREATE TABLE IF NOT EXISTS audit_hold (subject {bytes} PRIMARY KEY, reason TEXT NOT NULL){end}",
    "CREATE TABLE IF NOT EXISTS audit_cursor (name TEXT PRIMARY KEY, idx {number} NOT NULL){end}",
    "INSERT INTO audit_head (one, size, peaks, time, note, epoch) VALUES (1, 0, ?, 0, '', 0) ON CONFLICT DO NOTHING",
)
"""The statements that make the tables; the types are filled in by the database."""

_COLUMNS = ("idx", "record", "time", "recorded", "subject", "commitment", "sealed")
_LIST = ", ".join(_COLUMNS)
_MANY = 400
_FILED = 1024
"""So many records at a time are filed by subject: an index kept record by record would touch a page for each."""


class KnownAlready(Exception):
    """A row was to be added whose record, or whose index, the log has already."""


class Database(Protocol):
    """A database: statements with `?` for values, outside a transaction or in one."""

    for_update: str
    """What a SELECT ends with to keep other writers out; empty where a transaction does that by itself."""

    errors: tuple[type[Exception], ...]
    """What its driver raises when it cannot do what it is asked."""

    def query(self, sql: str, values: Sequence[object] = ()) -> Rows:
        """The rows of a SELECT, outside any transaction."""
        ...

    def transaction(self) -> AbstractContextManager["Run"]:
        """What runs statements in one transaction; durable when it ends, undone when it raises."""
        ...

    def forget(self) -> None:
        """Remove for good what was deleted, from wherever it still lies."""
        ...

    def close(self) -> None:
        """Close the connections."""
        ...


class Run(Protocol):
    """Runs statements in a transaction."""

    def __call__(self, sql: str, values: Sequence[object] = ()) -> Rows:
        """Run one statement and give its rows."""
        ...

    def many(self, sql: str, columns: int, rows: Sequence[Sequence[object]]) -> int:
        """Run `INSERT INTO t (...)` with the values of all rows but those that are there; how many were not."""
        ...


class Transaction:
    """The writing side of a store: everything in it becomes durable together, or not at all."""

    def __init__(self, run: Run, for_update: str) -> None:
        self._run = run
        self._for_update = for_update

    def head(self) -> Head:
        """The head of the log; no other writer passes until this transaction ends."""
        rows = self._run(f"SELECT size, peaks, time, note, epoch FROM audit_head WHERE one = 1{self._for_update}")
        return _head(rows[0])

    def put_head(self, head: Head) -> None:
        """Replace the head."""
        values = (head.size, head.peaks, head.time, head.note, head.epoch)
        self._run("UPDATE audit_head SET size = ?, peaks = ?, time = ?, note = ?, epoch = ? WHERE one = 1", values)

    def known(self, records: Sequence[bytes]) -> dict[bytes, int]:
        """Those of the record ids that the log has already, with their index."""
        found: dict[bytes, int] = {}
        for some in _in_parts(records, _MANY):
            marks = ", ".join("?" * len(some))
            rows = self._run(f"SELECT record, idx FROM audit_entry WHERE record IN ({marks})", some)
            found.update((bytes(record), index) for record, index in rows)
        return found

    def insert(self, rows: Sequence[Row], leaves: Sequence[bytes]) -> None:
        """Add the rows, whose leaf hashes are given, and the tiles of the tree that they fill.

        Raises `KnownAlready` when the log has one of them; the transaction must then be undone.
        """
        if self._run.many(f"INSERT INTO audit_entry ({_LIST})", len(_COLUMNS), rows) != len(rows):
            raise KnownAlready
        self._grow(0, rows[0].index, leaves)
        self._file(rows[0].index, rows[-1].index + 1)

    def add_keys(self, keys: Sequence[NewKey]) -> None:
        """Store keys of subjects; one that is there already, of a commit whose answer was lost, is left."""
        values = [(key.key_id, key.subject, key.wrapped) for key in keys]
        self._run.many("INSERT INTO audit_subject_key (key_id, subject, wrapped)", 3, values)

    def add_aliases(self, aliases: Sequence[tuple[bytes, bytes]]) -> None:
        """Remember that a subject goes by another name too; the newest holds."""
        for alias, subject in aliases:
            self._run(
                "INSERT INTO audit_alias (alias, subject) VALUES (?, ?) "
                "ON CONFLICT (alias) DO UPDATE SET subject = excluded.subject",
                (alias, subject),
            )

    def drop_keys(self, subject: bytes) -> list[bytes]:
        """Destroy every key of a subject, and name them."""
        found = self._run("SELECT key_id FROM audit_subject_key WHERE subject = ? ORDER BY key_id", (subject,))
        self._run("DELETE FROM audit_subject_key WHERE subject = ?", (subject,))
        return [bytes(key_id) for (key_id,) in found]

    def drop_bodies(self, indexes: Sequence[int]) -> None:
        """Remove the sealed records at the indexes, and whom they were about; the hashes stay."""
        for some in _in_parts(indexes, _MANY):
            marks = ", ".join("?" * len(some))
            rows = f"SELECT subject, recorded, idx FROM audit_entry WHERE idx IN ({marks})"
            self._run(f"DELETE FROM audit_about WHERE (subject, recorded, idx) IN ({rows})", some)
            self._run(f"UPDATE audit_entry SET sealed = NULL, subject = ? WHERE idx IN ({marks})", (b"", *some))

    def put_hold(self, subject: bytes, reason: str) -> None:
        """Keep a subject's records from purging; an empty reason ends it."""
        self._run("DELETE FROM audit_hold WHERE subject = ?", (subject,))
        if reason:
            self._run("INSERT INTO audit_hold (subject, reason) VALUES (?, ?)", (subject, reason))

    def put_cursor(self, name: str, index: int) -> None:
        """Remember how far a sink has been fed."""
        self._run(
            "INSERT INTO audit_cursor (name, idx) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET idx = excluded.idx",
            (name, index),
        )

    def _file(self, start: int, end: int) -> None:
        """File the records by subject, as far as they fill whole parts, when they lie at `start` up to `end`."""
        first, last = start // _FILED * _FILED, end // _FILED * _FILED
        if first < last:
            self._run(
                "INSERT INTO audit_about (subject, recorded, idx) SELECT subject, recorded, idx FROM audit_entry "
                "WHERE idx >= ? AND idx < ? AND sealed IS NOT NULL ORDER BY subject, recorded, idx",
                (first, last),
            )

    def _grow(self, level: int, start: int, hashes: Sequence[bytes]) -> None:
        """Add hashes to a level of tiles from position `start`, and the roots of filled tiles to the level above."""
        roots: list[bytes] = []
        tile, width = divmod(start, TILE_WIDTH)
        kept = self._tile(level, tile)[: width * HASH_SIZE] if width else b""
        at = 0
        while at < len(hashes):
            some = hashes[at : at + TILE_WIDTH - width]
            kept += b"".join(some)
            self._put_tile(level, tile + len(roots), kept)
            at += len(some)
            if width + len(some) == TILE_WIDTH:
                roots.append(_root(kept))
            kept, width = b"", 0
        if roots:
            self._grow(level + 1, tile, roots)

    def _tile(self, level: int, tile: int) -> bytes:
        found = self._run("SELECT hashes FROM audit_tile WHERE level = ? AND idx = ?", (level, tile))
        return bytes(found[0][0]) if found else b""

    def _put_tile(self, level: int, tile: int, hashes: bytes) -> None:
        self._run(
            "INSERT INTO audit_tile (level, idx, hashes) VALUES (?, ?, ?) "
            "ON CONFLICT (level, idx) DO UPDATE SET hashes = excluded.hashes",
            (level, tile, hashes),
        )


class SqlStore:
    """The reading side of a store, and the way to its writing side."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.errors = database.errors

    @contextmanager
    def transaction(self) -> Generator[Transaction, None, None]:
        """A transaction; durable when it ends without an exception. Raises one of `errors`."""
        with self._database.transaction() as run:
            yield Transaction(run, self._database.for_update)

    def head(self) -> Head:
        """The head of the log."""
        rows = self._database.query("SELECT size, peaks, time, note, epoch FROM audit_head WHERE one = 1")
        return _head(rows[0])

    def rows(self, start: int, end: int) -> list[Row]:
        """The rows from index `start` up to, not including, `end`."""
        sql = f"SELECT {_LIST} FROM audit_entry WHERE idx >= ? AND idx < ? ORDER BY idx"
        return [_row(found) for found in self._database.query(sql, (start, end))]

    def of_record(self, record: bytes) -> Row | None:
        """The row of a record id."""
        found = self._database.query(f"SELECT {_LIST} FROM audit_entry WHERE record = ?", (record,))
        return _row(found[0]) if found else None

    def of_subjects(self, subjects: Sequence[bytes], since: int, until: int) -> list[Row]:
        """The rows about any of the subjects, recorded from `since` up to `until`, newest first."""
        marks = ", ".join("?" * len(subjects))
        which = f"subject IN ({marks}) AND recorded >= ? AND recorded < ?"
        rest = which.replace("recorded", "+recorded")  # the plus keeps its index out: the last records are few
        sql = (
            f"SELECT {_LIST} FROM audit_entry WHERE idx IN (SELECT idx FROM audit_about WHERE {which}) UNION ALL "
            f"SELECT {_LIST} FROM audit_entry WHERE idx >= (SELECT size FROM audit_head) / {_FILED} * {_FILED} "
            f"AND {rest}"
        )
        values = (*subjects, since, until)
        rows = [_row(found) for found in self._database.query(sql, values + values)]
        return sorted(rows, key=lambda row: (row.recorded, row.index), reverse=True)

    def of_period(self, since: int, until: int) -> Iterator[Row]:
        """The rows recorded from `since` up to `until`, in the order of the log, some at a time."""
        sql = (
            f"SELECT {_LIST} FROM audit_entry WHERE recorded >= ? AND recorded < ? AND idx > ? "
            f"ORDER BY idx LIMIT {_MANY}"
        )
        last = -1
        while found := self._database.query(sql, (since, until, last)):
            yield from map(_row, found)
            last = found[-1][0]

    def misfiled(self) -> int | None:
        """The first record that is filed by subject and should not be, or should be and is not; None when all are."""
        pairs = "s.subject = e.subject AND s.recorded = e.recorded AND s.idx = e.idx"
        filed = f"e.idx < (SELECT size FROM audit_head) / {_FILED} * {_FILED} AND e.sealed IS NOT NULL"
        sql = (
            f"SELECT min(e.idx) FROM audit_entry e LEFT JOIN audit_about s ON {pairs} WHERE {filed} AND s.idx IS NULL "
            f"UNION ALL SELECT min(s.idx) FROM audit_about s LEFT JOIN audit_entry e ON {pairs} AND {filed} "
            "WHERE e.idx IS NULL"
        )
        return min((index for (index,) in self._database.query(sql) if index is not None), default=None)

    def keys(self, subject: bytes) -> list[NewKey]:
        """The keys of a subject."""
        sql = "SELECT key_id, subject, wrapped FROM audit_subject_key WHERE subject = ?"
        return [NewKey(*map(bytes, found)) for found in self._database.query(sql, (subject,))]

    def key(self, key_id: bytes) -> NewKey | None:
        """The key of that name, or None once it is destroyed."""
        sql = "SELECT key_id, subject, wrapped FROM audit_subject_key WHERE key_id = ?"
        found = self._database.query(sql, (key_id,))
        return NewKey(*map(bytes, found[0])) if found else None

    def names_of(self, name: bytes) -> list[bytes]:
        """All names in the index of the person that goes by one of them."""
        found = self._database.query("SELECT subject FROM audit_alias WHERE alias = ?", (name,))
        subject = bytes(found[0][0]) if found else name
        others = self._database.query("SELECT alias FROM audit_alias WHERE subject = ?", (subject,))
        return [subject, *(bytes(alias) for (alias,) in others)]

    def holds(self) -> dict[bytes, str]:
        """The subjects whose records must not be purged, with the reason."""
        return {bytes(subject): reason for subject, reason in self._database.query("SELECT * FROM audit_hold")}

    def cursor(self, name: str) -> int:
        """How far a sink has been fed: the index of the next record."""
        found = self._database.query("SELECT idx FROM audit_cursor WHERE name = ?", (name,))
        return found[0][0] if found else 0

    def tile(self, level: int, index: int) -> bytes:
        """The hashes of a tile of the tree, full or not; empty when there is none."""
        sql = "SELECT hashes FROM audit_tile WHERE level = ? AND idx = ?"
        found = self._database.query(sql, (level, index))
        return bytes(found[0][0]) if found else b""

    def tiles(self, capacity: int = 2048) -> Tiles:
        """The nodes of the tree, with a cache of that many tiles."""
        return Tiles(self.tile, capacity)

    def forget(self) -> None:
        """Remove for good what was deleted, from wherever it still lies."""
        self._database.forget()

    def close(self) -> None:
        """Close the database."""
        self._database.close()


def _in_parts(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """The items, `size` at a time."""
    return (items[at : at + size] for at in range(0, len(items), size))


def _head(found: tuple[Any, ...]) -> Head:
    size, peaks, time, note, epoch = found
    return Head(size, bytes(peaks), time, note, epoch)


def _row(found: tuple[Any, ...]) -> Row:
    index, record, time, recorded, subject, commitment, sealed = found
    try:
        body = None if sealed is None else bytes(sealed)
        return Row(index, bytes(record), time, recorded, bytes(subject), bytes(commitment), body)
    except TypeError:
        raise OSError(f"the row of index {index} is not of the shape it was written in") from None


def _root(hashes: bytes) -> bytes:
    row = [hashes[at : at + HASH_SIZE] for at in range(0, len(hashes), HASH_SIZE)]
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]
