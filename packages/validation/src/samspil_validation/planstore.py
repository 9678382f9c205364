"""Plans kept beside the index of their package set, so that the next process starts warm. Plain JSON in SQLite."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Final
from zlib import crc32

__all__ = ["PlanStore"]

_MISSING: Final = object()


@cache
def maker() -> str:
    """What tells this package's code from any other: plans of another make are never read."""
    digest = 0
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest = crc32(path.read_bytes(), digest)
    return f"{digest:08x}"


class PlanStore(MutableMapping[str, Any]):
    """JSON values by text, in a file of the folder; in memory alone where the folder cannot be written."""

    def __init__(self, folder: Path) -> None:
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._memory: dict[str, Any] = {}
        with suppress(OSError, sqlite3.Error):
            folder.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(
                folder / f"plans-{maker()}.sqlite", isolation_level=None, check_same_thread=False, timeout=5
            )
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("CREATE TABLE IF NOT EXISTS plan (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT")
            self._connection = connection

    def get_or_make(self, key: str, make: Callable[[], Any]) -> Any:
        """The value of a key, made and kept when it is not there."""
        found = self._read(key)
        if found is _MISSING:
            found = make()
            self[key] = found
        return found

    def _read(self, key: str) -> Any:
        if key in self._memory:
            return self._memory[key]
        if self._connection is None:
            return _MISSING
        row = None
        with self._lock, suppress(sqlite3.Error):
            row = self._connection.execute("SELECT value FROM plan WHERE name = ?", (key,)).fetchone()
        return _MISSING if row is None else json.loads(row[0])

    def __getitem__(self, key: str) -> Any:
        """The value of a key. Raises KeyError."""
        found = self._read(key)
        if found is _MISSING:
            raise KeyError(key)
        return found

    def __setitem__(self, key: str, value: Any) -> None:
        """Keep a value; a file that cannot be written keeps it for this process."""
        if self._connection is not None:
            with self._lock, suppress(sqlite3.Error, TypeError):
                text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_number)
                self._connection.execute("INSERT OR REPLACE INTO plan VALUES (?, ?)", (key, text))
                return
        self._memory[key] = value

    def __delitem__(self, key: str) -> None:
        """Plans are never taken out."""
        raise TypeError("plans are kept for good")

    def __iter__(self) -> Iterator[str]:
        """The keys held in memory."""
        return iter(self._memory)

    def __len__(self) -> int:
        """How many are held in memory."""
        return len(self._memory)

    def __contains__(self, key: object) -> bool:
        """Whether a key is there."""
        return isinstance(key, str) and self._read(key) is not _MISSING


def _number(value: Any) -> Any:
    """A Decimal in a fixed value: a float is near enough to compare by."""
    return float(value)
