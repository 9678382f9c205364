"""The durable inbox: what was acknowledged is on disk, and stays until it is delivered or a person has decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, NamedTuple

from .database import Database, Rows, Run, Sqlite

_COLUMNS = "number, sender, control, received, data, state, attempts, due, why"
_MANY = 400
REMEMBERED = timedelta(days=30)
"""How long a delivered message is known again."""


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


class Mark(NamedTuple):
    """What became of an attempt to deliver a message; `due` is when the next may be made, `why` a reason without content."""

    number: int
    state: Literal["delivered", "dead", "waiting"]
    why: str = ""
    due: datetime | None = None


class Turn(NamedTuple):
    """A sender whose next message is asked for, and what became of the one before."""

    sender: str
    mark: Mark | None = None


class Inbox:
    """The inbox in an SQLite file, or behind a `postgresql://` URL: several listeners may share that one.

    An object is for one use at a time: `keep` and the rest must not share one, but may share the place. With `durable`, a
    method that changes something returns after the change is on disk. Without, a change may be lost with the machine, though
    never with the process alone: good enough for marks whose loss means one more delivery. Every method raises InboxFault, an
    OSError, where the disk is full, the file is no inbox or the database is away.
    """

    def __init__(self, place: Path | str, *, durable: bool = True) -> None:
        self._database = _opened(place, durable=durable)

    def close(self) -> None:
        """Close it."""
        self._database.close()

    def keep(self, messages: Sequence[Received], at: datetime) -> list[Kept]:
        """Put messages on disk, in one transaction; the same bytes of the same sender and control id are kept once."""
        keys = [(_text(each.sender), _text(each.control), sha256(each.data).digest()) for each in messages]
        with self._database.transaction(writing=True) as run:
            new: dict[tuple[str, str, bytes], int] = {}
            for first in range(0, len(messages), _MANY):
                part = slice(first, first + _MANY)
                new.update(_insert(run, keys[part], messages[part], at.isoformat()))
            kept: list[Kept] = []
            for key in keys:
                number = new.pop(key, 0)
                kept.append(Kept(number or _number(run, key), again=not number))
        return kept

    def turns(self, turns: Sequence[Turn]) -> list[Letter | None]:
        """Write the marks down, in one transaction, then give the oldest waiting message of each sender.

        None where nothing waits, or where another listener delivers for that sender.
        """
        marks = [turn.mark for turn in turns if turn.mark]
        if marks:
            with self._database.transaction(writing=True) as run:
                for mark in marks:
                    _write_down(run, mark)
        with self._database.transaction(writing=False) as run:
            mine = self._database.claim(run, {turn.sender for turn in turns})
            letters = [_first(run, turn.sender) if turn.sender in mine else None for turn in turns]
            self._database.release(run, mine - {letter.sender for letter in letters if letter})
        return letters

    def senders(self) -> list[str]:
        """Give the senders whose messages wait."""
        next_one = f"SELECT min(sender) FROM {self._database.by_sender} WHERE state = 'waiting'"  # noqa: S608  a constant
        query = (
            f"WITH RECURSIVE waiting (sender) AS ({next_one} UNION ALL SELECT ({next_one} AND sender > waiting.sender) "  # noqa: S608  constants
            "FROM waiting WHERE waiting.sender IS NOT NULL) SELECT sender FROM waiting WHERE sender IS NOT NULL"
        )
        return [row[0] for row in self._query(query)]

    def replay(self, numbers: Iterable[int], at: datetime, data: bytes | None = None) -> list[int]:
        """Let dead messages wait again, mended where `data` is given; give the numbers that are no dead messages."""
        mended = ", data = ?" if data is not None else ""
        change = (
            f"UPDATE inbox SET state = 'waiting', attempts = 0, due = ?{mended} "  # noqa: S608  constants
            "WHERE number = ? AND state = 'dead' RETURNING number"
        )
        with self._database.transaction(writing=True) as run:
            return [
                number
                for number in numbers
                if not run(change, (at.isoformat(), *([data] if data is not None else []), number))
            ]

    def letters(self, state: str) -> list[Letter]:
        """Give the messages in a state, oldest first."""
        found = self._query(f"SELECT {_COLUMNS} FROM inbox WHERE state = ? ORDER BY number", (state,))  # noqa: S608  constants
        return [_letter(row) for row in found]

    def letter(self, number: int) -> Letter | None:
        """Give one message."""
        found = self._query(f"SELECT {_COLUMNS} FROM inbox WHERE number = ?", (number,))  # noqa: S608  constants
        return _letter(found[0]) if found else None

    def counts(self) -> dict[str, int]:
        """Give how many messages wait, are dead and were delivered."""
        found: dict[str, int] = dict(self._query(_COUNTS))  # pyright: ignore[reportArgumentType]  rows of two
        return {state: found.get(state, 0) for state in ("waiting", "dead", "delivered")}

    def oldest(self) -> datetime | None:
        """Give when the oldest waiting message came."""
        found = self._query("SELECT min(received) FROM inbox WHERE state = 'waiting'")[0][0]
        return datetime.fromisoformat(found) if found else None

    def forget(self, before: datetime, most: int = 1000) -> int:
        """Drop the traces of messages delivered that came before a time, no more than `most`; give how many.

        A repetition of them counts as new then.
        """
        some = "SELECT number FROM inbox WHERE state = 'delivered' AND received < ? LIMIT ?"
        with self._database.transaction(writing=True) as run:
            return len(run(f"DELETE FROM inbox WHERE number IN ({some}) RETURNING number", (before.isoformat(), most)))  # noqa: S608  constants

    def tidy(self) -> None:
        """Do what the database wants done every few seconds while it is written to."""
        self._database.tidy()

    def _query(self, sql: str, values: Sequence[object] = ()) -> Rows:
        with self._database.transaction(writing=False) as run:
            return run(sql, values)


_COUNTS = "SELECT state, count(*) FROM inbox GROUP BY state"


def _opened(place: Path | str, *, durable: bool) -> Database:
    if isinstance(place, str) and place.startswith(("postgresql://", "postgres://")):
        from .postgres import Postgres

        return Postgres(place)
    return Sqlite(place, durable=durable)


def _text(text: str) -> str:
    """A text that every database stores: PostgreSQL knows no NUL in one."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")


def _insert(
    run: Run, keys: Sequence[tuple[str, str, bytes]], messages: Sequence[Received], at: str
) -> dict[tuple[str, str, bytes], int]:
    """Insert what is new; give its numbers."""
    values: list[object] = []
    for key, each in zip(keys, messages, strict=True):
        values += [*key, at, each.data, "dead" if each.dead else "waiting", at, each.dead]
    places = ", ".join(["(?, ?, ?, ?, ?, ?, ?, ?)"] * len(keys))
    made = run(
        f"INSERT INTO inbox (sender, control, digest, received, data, state, due, why) VALUES {places} "  # noqa: S608  places of values
        "ON CONFLICT (sender, control, digest) DO NOTHING RETURNING sender, control, digest, number",
        values,
    )
    return {(sender, control, bytes(digest)): number for sender, control, digest, number in made}


def _number(run: Run, key: tuple[str, str, bytes]) -> int:
    return run("SELECT number FROM inbox WHERE sender = ? AND control = ? AND digest = ?", key)[0][0]


def _first(run: Run, sender: str) -> Letter | None:
    query = f"SELECT {_COLUMNS} FROM inbox WHERE state = 'waiting' AND sender = ? ORDER BY number LIMIT 1"  # noqa: S608  constants
    found = run(query, (sender,))
    return _letter(found[0]) if found else None


def _write_down(run: Run, mark: Mark) -> None:
    """What is delivered keeps no content; what is left of it tells a repetition."""
    change, values = "state = ?, attempts = attempts + 1, why = ?", [mark.state, mark.why]
    if mark.state == "delivered":
        change, values = f"{change}, data = ?", [*values, b""]
    if mark.due:
        change, values = f"{change}, due = ?", [*values, mark.due.isoformat()]
    run(f"UPDATE inbox SET {change} WHERE number = ? AND state = 'waiting'", (*values, mark.number))  # noqa: S608  constants


def _letter(row: tuple[Any, ...]) -> Letter:
    number, sender, control, received, data, state, attempts, due, why = row
    came, next_try = datetime.fromisoformat(received), datetime.fromisoformat(due)
    return Letter(number, sender, control, came, bytes(data), state, attempts, next_try, why)
