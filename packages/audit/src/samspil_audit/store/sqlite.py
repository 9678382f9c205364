"""A log in one SQLite file: write-ahead log, and an fsync at the end of each transaction.

https://www.sqlite.org/pragma.html#pragma_synchronous
"""

import sqlite3
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from itertools import chain
from pathlib import Path
from threading import Lock

from .sql import TABLES, Rows

__all__ = ["SqliteDatabase"]

_TYPES = {"number": "INTEGER", "bytes": "BLOB", "end": " STRICT", "sorted": " STRICT, WITHOUT ROWID"}
_BUSY = 30.0
_TRIES, _PAUSE = 50, 0.1
_MANY = 256  # rows a statement
_EXACT = 64  # above so many, a power of two, so that few statements are kept compiled
_STATEMENTS = 256


class _Run:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __call__(self, sql: str, values: Sequence[object] = ()) -> Rows:
        return self._connection.execute(sql, tuple(values)).fetchall()  # pyright: ignore[reportArgumentType]

    def many(self, sql: str, columns: int, rows: Sequence[Sequence[object]]) -> int:
        at = added = 0
        while at < len(rows):
            count = _part(len(rows) - at)
            values = list(chain.from_iterable(rows[at : at + count]))
            added += self._connection.execute(_insert(sql, columns, count), values).rowcount  # pyright: ignore[reportArgumentType]
            at += count
        return added


def _part(count: int) -> int:
    """So many of the rows go into one statement."""
    return count if count <= _EXACT else min(_MANY, 1 << count.bit_length() - 1)


@cache
def _insert(sql: str, columns: int, count: int) -> str:
    marks = f"({', '.join('?' * columns)})"
    return f"{sql} VALUES {', '.join([marks] * count)} ON CONFLICT DO NOTHING"


class SqliteDatabase:
    """One connection that writes and one that reads, each used by one thread at a time."""

    for_update = ""
    errors: tuple[type[Exception], ...] = (sqlite3.Error, OSError)

    def __init__(self, path: str | Path) -> None:
        self._path = str(path)
        self._writing, self._reading = Lock(), Lock()
        self._writer = self._connected()
        try:
            self._make()
            self._reader = self._connected()
        except BaseException:
            self._writer.close()
            raise

    @contextmanager
    def transaction(self) -> Generator[_Run, None, None]:
        """A transaction that no other writer can be in; fsynced when it ends."""
        with self._writing:
            writer = self._writer
            writer.execute("BEGIN IMMEDIATE")
            try:
                yield _Run(writer)
                writer.execute("COMMIT")
            except BaseException:
                if writer.in_transaction:
                    writer.execute("ROLLBACK")
                raise

    def query(self, sql: str, values: Sequence[object] = ()) -> Rows:
        """The rows of a SELECT."""
        with self._reading:
            return _Run(self._reader)(sql, values)

    def forget(self) -> None:
        """Take what was deleted out of the write-ahead log too; readers of it are waited for, a while."""
        for _ in range(_TRIES):
            with self._writing:
                busy = self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            if not busy:
                return
            time.sleep(_PAUSE)

    def close(self) -> None:
        """Close both connections."""
        with self._writing, self._reading:
            self._reader.close()
            self._writer.close()

    def _connected(self) -> sqlite3.Connection:
        made = sqlite3.connect(
            self._path, _BUSY, isolation_level=None, check_same_thread=False, cached_statements=_STATEMENTS
        )
        _use_wal(made)
        made.execute("PRAGMA synchronous=FULL")
        made.execute("PRAGMA secure_delete=ON")
        return made

    def _make(self) -> None:
        with self.transaction() as run:
            for statement in TABLES:
                run(statement.format(**_TYPES), (b"",) if "?" in statement else ())


def _use_wal(connection: sqlite3.Connection) -> None:
    """Write ahead; where another process is just making the same file, SQLite does not wait for it by itself."""
    for _ in range(_TRIES):
        with suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA journal_mode=WAL")
            return
        time.sleep(_PAUSE)
    connection.execute("PRAGMA journal_mode=WAL")
