"""The durable inbox: what was acknowledged is on disk, and stays until it is delivered or a person has decided."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

_SCHEMA = """
CREATE TABLE IF NOT EXISTS inbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    sender TEXT NOT NULL,
    control TEXT NOT NULL,
    digest BLOB NOT NULL,
    received TEXT NOT NULL,
    data BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'dead')),
    attempts INTEGER NOT NULL DEFAULT 0,
    due TEXT NOT NULL,
    why TEXT NOT NULL DEFAULT '',
    UNIQUE (sender, control, digest)
) STRICT;
CREATE INDEX IF NOT EXISTS inbox_waiting ON inbox (sender, number) WHERE state = 'waiting';
CREATE INDEX IF NOT EXISTS inbox_state ON inbox (state, received);
"""
_COLUMNS = "number, sender, control, received, data, state, attempts, due, why"


class Received(NamedTuple):
    """A message to keep: its sender and control id, its bytes; `dead` says why it is not to be delivered at all."""

    sender: str
    control: str
    data: bytes
    dead: str = ""


class Kept(NamedTuple):
    """What became of a message given to the inbox: its number, and whether the same one was there before."""

    number: int
    again: bool


class Letter(NamedTuple):
    """A message in the inbox. `data` is empty once it is delivered; `due` is when the next attempt may be made."""

    number: int
    sender: str
    control: str
    received: datetime
    data: bytes
    state: str
    attempts: int
    due: datetime
    why: str


class Inbox:
    """An SQLite file, opened for one use: `keep` and the rest must not share an object, but may share the file.

    With `durable`, a method that changes something returns after the change is on disk. Without, a change may be lost with
    the machine, though never with the process alone: good enough for marks whose loss means one more delivery. Raises
    sqlite3.Error where the disk is full or the file is no inbox.
    """

    def __init__(self, path: Path | str, *, durable: bool = True) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def keep(self, messages: Iterable[Received], at: datetime) -> list[Kept]:
        """Put messages on disk, in one transaction; the same bytes of the same sender and control id are kept once."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            kept = [self._keep(each, at.isoformat()) for each in messages]
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise
        return kept

    def _keep(self, message: Received, at: str) -> Kept:
        key = (message.sender, message.control, sha256(message.data).digest())
        query = "SELECT number FROM inbox WHERE sender = ? AND control = ? AND digest = ?"
        if found := self._db.execute(query, key).fetchone():
            return Kept(found[0], again=True)
        state = "dead" if message.dead else "waiting"
        row = (*key, at, message.data, state, at, message.dead)
        columns = "sender, control, digest, received, data, state, due, why"
        made = self._db.execute(f"INSERT INTO inbox ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)  # noqa: S608  constants
        return Kept(made.lastrowid or 0, again=False)

    def senders(self) -> list[str]:
        """Give the senders whose messages wait."""
        return [row[0] for row in self._db.execute("SELECT DISTINCT sender FROM inbox WHERE state = 'waiting'")]

    def first(self, sender: str) -> Letter | None:
        """Give the oldest waiting message of a sender."""
        query = f"SELECT {_COLUMNS} FROM inbox WHERE state = 'waiting' AND sender = ? ORDER BY number LIMIT 1"  # noqa: S608  constants
        return _letter(self._db.execute(query, (sender,)).fetchone())

    def delivered(self, number: int) -> None:
        """Mark a message as delivered, and drop its content; what is left tells a repetition of it."""
        self._set(number, "state = 'delivered', data = x'', why = ''")

    def dead(self, number: int, why: str) -> None:
        """Take a message out of the row; `why` is a reason without content."""
        self._set(number, "state = 'dead', attempts = attempts + 1, why = ?", why)

    def later(self, number: int, due: datetime, why: str) -> None:
        """Let a message wait until `due`."""
        self._set(number, "attempts = attempts + 1, due = ?, why = ?", due.isoformat(), why)

    def replay(self, number: int, at: datetime, data: bytes | None = None) -> bool:
        """Let a dead message wait again, mended where `data` is given; False where there is no such dead message."""
        mended = ", data = ?" if data is not None else ""
        values = [at.isoformat(), *([data] if data is not None else []), number]
        change = (
            f"UPDATE inbox SET state = 'waiting', attempts = 0, due = ?{mended} WHERE number = ? AND state = 'dead'"  # noqa: S608  constants
        )
        return self._db.execute(change, values).rowcount == 1

    def letters(self, state: str) -> list[Letter]:
        """Give the messages in a state, oldest first."""
        query = f"SELECT {_COLUMNS} FROM inbox WHERE state = ? ORDER BY number"  # noqa: S608  constants
        return [letter for row in self._db.execute(query, (state,)) if (letter := _letter(row))]

    def letter(self, number: int) -> Letter | None:
        """Give one message."""
        return _letter(self._db.execute(f"SELECT {_COLUMNS} FROM inbox WHERE number = ?", (number,)).fetchone())  # noqa: S608  constants

    def counts(self) -> dict[str, int]:
        """Give how many messages wait, are dead and were delivered."""
        found = dict(self._db.execute("SELECT state, count(*) FROM inbox GROUP BY state").fetchall())
        return {state: found.get(state, 0) for state in ("waiting", "dead", "delivered")}

    def oldest(self) -> datetime | None:
        """Give when the oldest waiting message came."""
        found = self._db.execute("SELECT min(received) FROM inbox WHERE state = 'waiting'").fetchone()[0]
        return datetime.fromisoformat(found) if found else None

    def forget(self, before: datetime) -> int:
        """Drop the traces of messages delivered that came before a time: a repetition of them counts as new then."""
        gone = self._db.execute("DELETE FROM inbox WHERE state = 'delivered' AND received < ?", (before.isoformat(),))
        return gone.rowcount

    def _set(self, number: int, change: str, *values: str) -> None:
        self._db.execute(f"UPDATE inbox SET {change} WHERE number = ?", (*values, number))  # noqa: S608  constants


REMEMBERED = timedelta(days=30)
"""How long a delivered message is known again."""


def _letter(row: tuple[int, str, str, str, bytes, str, int, str, str] | None) -> Letter | None:
    if row is None:
        return None
    number, sender, control, received, data, state, attempts, due, why = row
    came, next_try = datetime.fromisoformat(received), datetime.fromisoformat(due)
    return Letter(number, sender, control, came, data, state, attempts, next_try, why)
