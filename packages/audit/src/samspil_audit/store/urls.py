"""A store by its name: a path is a SQLite file, `postgresql://` a PostgreSQL database."""

from pathlib import Path

from .sql import SqlStore
from .sqlite import SqliteDatabase

__all__ = ["open_store"]


def open_store(place: str | Path) -> SqlStore:
    """Open a store, and make its tables when they are not there.

    Raises ImportError when the extra `postgres` is needed and not installed, OSError when the place cannot be reached.
    """
    if isinstance(place, str) and place.startswith(("postgresql://", "postgres://")):
        from .postgres import PostgresDatabase

        return SqlStore(PostgresDatabase(place))
    try:
        return SqlStore(SqliteDatabase(place))
    except SqliteDatabase.errors as error:
        raise OSError(f"{place} cannot be opened as an audit log: {error}") from None
