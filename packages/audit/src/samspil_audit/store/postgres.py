"""A log in PostgreSQL, for several writers at once. Needs the extra `postgres` (pg8000).

A writer locks the row of the head (SELECT ... FOR UPDATE), so that indexes have no gap and no double.
https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-ROWS
"""

from __future__ import annotations

import ssl
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pg8000.dbapi  # pyright: ignore[reportMissingTypeStubs]

from .sql import TABLES, Rows

__all__ = ["PostgresDatabase"]

_TYPES = {"number": "BIGINT", "bytes": "BYTEA", "end": "", "sorted": ""}
_MAKING = 0x53414D5F  # the advisory lock under which the tables are made
_MANY = 400


class _Run:
    def __init__(self, connection: Any) -> None:
        self._cursor = connection.cursor()

    def __call__(self, sql: str, values: Sequence[object] = ()) -> Rows:
        self._cursor.execute(sql.replace("?", "%s"), tuple(values))
        return [tuple(row) for row in self._cursor.fetchall()] if self._cursor.description else []

    def many(self, sql: str, columns: int, rows: Sequence[Sequence[object]]) -> int:
        marks = f"({', '.join(['%s'] * columns)})"
        added = 0
        for at in range(0, len(rows), _MANY):
            some = rows[at : at + _MANY]
            values = tuple(value for row in some for value in row)
            self._cursor.execute(f"{sql} VALUES {', '.join([marks] * len(some))} ON CONFLICT DO NOTHING", values)
            added += self._cursor.rowcount
        return added


class PostgresDatabase:
    """One connection that writes and one that reads; a broken one is made anew the next time it is asked."""

    for_update = " FOR UPDATE"
    errors: tuple[type[Exception], ...] = (pg8000.dbapi.Error, OSError)

    def __init__(self, url: str) -> None:
        self._url = url
        self._writing, self._reading = Lock(), Lock()
        self._writer: Any = None
        self._reader: Any = None
        with self.transaction() as run:
            run(f"SELECT pg_advisory_xact_lock({_MAKING})")
            for statement in TABLES:
                run(statement.format(**_TYPES), (b"",) if "?" in statement else ())

    @contextmanager
    def transaction(self) -> Generator[_Run, None, None]:
        """A transaction; durable when it ends, as PostgreSQL's synchronous_commit says."""
        with self._writing:
            if self._writer is None:
                self._writer = _connected(self._url)
            try:
                run = _Run(self._writer)
                run("BEGIN")
                yield run
                run("COMMIT")
            except BaseException as error:
                self._undo(error)
                raise

    def query(self, sql: str, values: Sequence[object] = ()) -> Rows:
        """The rows of a SELECT."""
        with self._reading:
            if self._reader is None:
                self._reader = _connected(self._url)
            try:
                return _Run(self._reader)(sql, values)
            except self.errors:
                _close(self._reader)
                self._reader = None
                raise

    def forget(self) -> None:
        """Remove deleted keys from their table; PostgreSQL's write-ahead log loses them as it is recycled."""
        with self._writing:
            if self._writer is None:
                self._writer = _connected(self._url)
            _Run(self._writer)("VACUUM audit_subject_key")

    def close(self) -> None:
        """Close both connections."""
        with self._writing, self._reading:
            for connection in (self._writer, self._reader):
                _close(connection)
            self._writer = self._reader = None

    def _undo(self, error: BaseException) -> None:
        try:
            _Run(self._writer)("ROLLBACK")
        except self.errors:
            _close(self._writer)
            self._writer = None
        if isinstance(error, pg8000.dbapi.InterfaceError):
            _close(self._writer)
            self._writer = None


def _close(connection: Any) -> None:
    if connection is not None:
        with suppress(*PostgresDatabase.errors):
            connection.close()


def _connected(url: str) -> Any:
    """A connection; `?host=/folder` of a URL names a Unix socket, `sslmode=require` asks for TLS."""
    parts = urlsplit(url)
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    named: dict[str, Any] = {"database": parts.path.lstrip("/") or None, "timeout": 60}
    if folder := asked.get("host"):
        named["unix_sock"] = f"{folder}/.s.PGSQL.{asked.get('port', '5432')}"
    else:
        named["host"], named["port"] = parts.hostname or "localhost", parts.port or 5432
    if asked.get("sslmode", "disable") != "disable":
        named["ssl_context"] = ssl.create_default_context()
    user = unquote(parts.username or "") or asked.get("user", "postgres")
    password = unquote(parts.password) if parts.password else None
    connect: Any = getattr(pg8000.dbapi, "connect")  # noqa: B009  its arguments have no types
    made = connect(user, password=password, **named)
    made.autocommit = True
    _Run(made)("SET synchronous_commit TO on")
    return made
