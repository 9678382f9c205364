"""Where an inbox lies: an SQLite file, for one listener, or a PostgreSQL database, for several."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

Rows = list[tuple[Any, ...]]


class InboxFault(OSError):
    """The inbox cannot be read or written now: a full disk, a file that is no inbox, a database that is away."""


class Run(Protocol):
    """Runs a statement with `?` for its values; gives its rows."""

    def __call__(self, sql: str, values: Sequence[object] = ()) -> Rows:
        """Run it."""
        ...


class Database(Protocol):
    """What an inbox asks of a database. `by_sender` is the table, read by the index of what waits."""

    by_sender: str

    def transaction(self, *, writing: bool) -> Any:
        """Give a context of a `Run`; what was written is durable when it ends. Raises InboxFault."""
        ...

    def claim(self, run: Run, senders: Iterable[str]) -> set[str]:
        """Make this object the only one to deliver for senders; give those for which it is."""
        ...

    def release(self, run: Run, senders: Iterable[str]) -> None:
        """Leave senders to whoever asks next."""
        ...

    def tidy(self) -> None:
        """Do what the database wants done from time to time."""
        ...

    def close(self) -> None:
        """Close it."""
        ...


SCHEMA = (
    """CREATE TABLE IF NOT EXISTS inbox (
    number {number},
    sender TEXT NOT NULL,
    control TEXT NOT NULL,
    digest {bytes} NOT NULL,
    received TEXT NOT NULL,
    data {bytes} NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'dead')),
    attempts INTEGER NOT NULL DEFAULT 0,
    due TEXT NOT NULL,
    why TEXT NOT NULL DEFAULT '',
    UNIQUE (sender, control, digest)
){end}""",
    "CREATE INDEX IF NOT EXISTS inbox_waiting ON inbox (sender, number) WHERE state = 'waiting'",
    "CREATE INDEX IF NOT EXISTS inbox_state ON inbox (state, received)",
)
_LONG_LOG, _LONGEST_LOG = 4 << 10, 16 << 10
"""Pages of the write-ahead log from which on it is begun anew, and from which on every commit tries to."""


class Sqlite:
    """An SQLite file in WAL mode (https://www.sqlite.org/wal.html). Who delivers from it is settled beside it: `delivering`.

    Who writes is settled by a lock of the operating system on a file beside it: that wakes the next one at once, where
    SQLite's own looks again after pauses that grow to 100 milliseconds.
    """

    by_sender = "inbox INDEXED BY inbox_waiting"

    def __init__(self, path: Path | str, *, durable: bool) -> None:
        try:
            self._thread = Lock()
            self._lock = os.open(f"{path}-lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise InboxFault(f"{path}: {error.strerror}") from None
        try:
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            self._db.execute(f"PRAGMA wal_autocheckpoint = {_LONGEST_LOG}")
            for statement in SCHEMA:
                self._db.execute(
                    statement.format(number="INTEGER PRIMARY KEY AUTOINCREMENT", bytes="BLOB", end=" STRICT")
                )
        except sqlite3.Error as error:
            raise InboxFault(str(error)) from None

    @contextmanager
    def transaction(self, *, writing: bool) -> Generator[Run]:
        """One that writes holds the file's only lock for writing from its begin on."""
        with self._thread, self._alone() if writing else nullcontext(), self._begun(writing=writing):
            yield self._run

    @contextmanager
    def _alone(self) -> Generator[None]:
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._lock, fcntl.LOCK_UN)

    @contextmanager
    def _begun(self, *, writing: bool) -> Generator[None]:
        try:
            self._db.execute("BEGIN IMMEDIATE" if writing else "BEGIN")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise InboxFault(str(error)) from None

    def _run(self, sql: str, values: Sequence[object] = ()) -> Rows:
        return self._db.execute(sql, values).fetchall()  # type: ignore[arg-type]

    def claim(self, run: Run, senders: Iterable[str]) -> set[str]:  # noqa: ARG002  one process delivers from a file
        """All of them."""
        return set(senders)

    def release(self, run: Run, senders: Iterable[str]) -> None:
        """Nothing is held."""

    def tidy(self) -> None:
        """Copy the write-ahead log into the file, and begin it anew when it is long: SQLite itself finds no time to.

        The first pass copies while others write; the second, which they wait for, has little left to copy, and waits for
        nobody: where no one reads, the next to write begins at the head of the log. The log keeps its size: to write over
        it is quicker than to let it grow.
        """
        try:
            with self._thread:
                _, pages, _ = self._db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
                if pages > _LONG_LOG:
                    with self._alone():
                        self._db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        except sqlite3.Error as error:
            raise InboxFault(str(error)) from None

    def close(self) -> None:
        """Close the file."""
        self._db.close()
        os.close(self._lock)
