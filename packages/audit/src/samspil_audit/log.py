"""The audit log: records go in durable and in order, and each can be proved."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Self

from samspil_core import Issue, Outcome, Receipt

from .canonical import read_back
from .committer import Committer, Stale
from .findings import NOT_RECORDED
from .keys import Entropy, Keys
from .merkle import Frontier, leaf_hash
from .note import BadNote, Checkpoint, name_of, open_note, sign_note
from .preparing import Prepared, Preparer, microseconds, record_id, split
from .proof import Proof, Prover
from .sealing import CannotOpen, entry, key_of, unseal
from .store import Head, KnownAlready, NewKey, Row, SqlStore, open_store
from .store.sql import Transaction

__all__ = ["AuditLog", "Clock", "Found", "NotRecorded", "now"]

Clock = Callable[[], datetime]
"""Gives the time, aware of its zone."""

Event = Mapping[str, Any] | object
"""An AuditEvent: a mapping or a fhir.resources model."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FOREVER = 1 << 62
_KEYS = 10_000


def now() -> datetime:
    """The time of this machine, in UTC."""
    return datetime.now(UTC)


class NotRecorded(OSError):
    """The log could not keep a record, so the answer must not leave. `issue` says why, without any person's data."""

    def __init__(self, why: str) -> None:
        self.issue: Issue = NOT_RECORDED.at(why=why)
        super().__init__(self.issue.text)

    @property
    def outcome(self) -> Outcome:
        """The finding as an outcome."""
        return Outcome((self.issue,))


@dataclass(frozen=True, slots=True)
class Found:
    """A record of the log: its index, when the log took it, and the AuditEvent while it can be read."""

    index: int
    time: datetime
    state: Literal["readable", "erased", "purged"]
    event: dict[str, Any] | None


class AuditLog:
    """A log of AuditEvents in a store, under keys. Threads and tasks may share one; `open` makes one.

    It is a `samspil_core.Recorder`.
    """

    def __init__(
        self, store: SqlStore, keys: Keys, clock: Clock = now, entropy: Entropy = os.urandom, delay: float = 0.0
    ) -> None:
        self.store = store
        self.keys = keys
        self.clock = clock
        self.preparer = Preparer(keys, store, entropy)
        self.prover = Prover(store.tiles())
        self.preparer.begin(store.head().epoch)
        self._ours = False
        self._committer = Committer[Event, Prepared](self._prepare, self._commit, delay)

    @classmethod
    def open(
        cls,
        place: str | Path,
        *,
        keys: Keys | str | Path | None = None,
        clock: Clock = now,
        entropy: Entropy = os.urandom,
        delay: float = 0.0,
    ) -> AuditLog:
        """Open a log, and make it when it is not there.

        `place` is the path of a SQLite file or a `postgresql://` URL. `keys` are the keys or the path of their file,
        by default `PLACE.keys` beside a SQLite file; a new log makes one, and it should then be moved to where the
        log is not. With `delay` 0 (strict) a record is committed at once, together with what others wait for; with
        more (group), it waits up to that many seconds for others. Either way `append` returns when the record is
        durable.

        Raises OSError when the place cannot be reached, `BadKeys` when the key file cannot be read as one. Under the
        keys of another log nothing can be written: `append` raises `NotRecorded`.
        """
        store = open_store(place)
        try:
            return cls(store, _keys(keys, place, store, entropy), clock, entropy, delay)
        except BaseException:
            store.close()
            raise

    def append(self, event: Event) -> Receipt:
        """Keep one AuditEvent (a mapping or a fhir.resources model), and return when it is durable.

        An event whose id the log has already is not kept twice: the receipt is that of the first. Raises
        `NotAnEvent` when it cannot be logged, and `NotRecorded`, an OSError, when the log cannot write.
        """
        return Receipt(self.keys.origin, self._committer.append((event,))[0])

    def append_all(self, events: Iterable[Event]) -> list[Receipt]:
        """Keep many events in one transaction; as `append`, all of them or none."""
        kept = list(events)
        return self._receipts(self._committer.append(kept) if kept else [])

    async def append_async(self, events: Sequence[Event]) -> list[Receipt]:
        """As `append_all`, for a task: other tasks run on until the records are durable.

        The events must not be changed before it returns.
        """
        return self._receipts(await self._committer.append_async(events) if events else [])

    def record(self, event: Mapping[str, Any], /) -> Receipt:
        """The port `Recorder`: as `append`; an event of several patients is split, and the first receipt given."""
        return self.append_all(split(event))[0]

    def checkpoint(self) -> str:
        """The signed checkpoint of everything in the log: keep it where the log is not.

        https://c2sp.org/tlog-checkpoint
        """
        head = self.store.head()
        return head.note or self._signed(Frontier())

    def prove(self, index: int, size: int | None = None) -> Proof:
        """The proof that the record at `index` is in the log of the checkpoint, or of its first `size` records.

        Raises LookupError when there is no such record.
        """
        head = self.store.head()
        row = next(iter(self.store.rows(index, index + 1)), None)
        if row is None or not index < (size or head.size) <= head.size:
            raise LookupError(f"no record {index} in a log of {head.size}")
        path = self.prover.inclusion(index, size or head.size)
        note = head.note if size in {None, head.size} else ""
        return Proof(index, size or head.size, entry(row.time, row.commitment), tuple(path), note)

    def consistency(self, old: int, size: int | None = None) -> list[bytes]:
        """The proof that the log of `old` records is the beginning of this one. Raises LookupError, ValueError."""
        return self.prover.consistency(old, self.store.head().size if size is None else size)

    def find(self, event_id: str) -> Found | None:
        """The record of an AuditEvent's id."""
        row = self.store.of_record(record_id(self.preparer.pseudonyms.clean_text(event_id)))
        return self.opened(row) if row else None

    def read(self, start: int = 0, end: int = _FOREVER, step: int = 256) -> Iterator[Found]:
        """The records from index `start` up to `end`, in order, some at a time."""
        while start < end and (rows := self.store.rows(start, min(start + step, end))):
            yield from self._opened_all(rows)
            start = rows[-1].index + 1

    def about(self, name: str, since: datetime | None = None, until: datetime | None = None) -> list[Found]:
        """The records about a person, newest first; `name` is a reference (`Patient/1`) or `system|value`."""
        return list(self.each_about(name, since, until))

    def each_about(self, name: str, since: datetime | None = None, until: datetime | None = None) -> Iterator[Found]:
        """As `about`, opened one by one."""
        names = self.store.names_of(self.preparer.index.of(name))
        return self._opened_all(self.store.of_subjects(names, *_bounds(since, until)))

    def between(self, since: datetime | None = None, until: datetime | None = None) -> Iterator[Found]:
        """The records of a period, in the order of the log."""
        return self._opened_all(self.store.of_period(*_bounds(since, until)))

    def opened(self, row: Row) -> Found:
        """A row as a record, read when its key is still there. Raises `CannotOpen` when it was changed."""
        return next(self._opened_all([row]))

    def _opened_all(self, rows: Iterable[Row]) -> Iterator[Found]:
        """Rows as records; a key is fetched once for all of them."""
        keys: dict[bytes, bytes | None] = {}
        for row in rows:
            key_id = key_of(row.sealed or b"")
            if key_id not in keys:
                if len(keys) >= _KEYS:
                    keys.clear()
                keys[key_id] = self.preparer.open_key(key_id)
            yield self._opened(row, keys[key_id])

    def _opened(self, row: Row, key: bytes | None) -> Found:
        time = datetime.fromtimestamp(row.time / 1_000_000, UTC)
        if row.sealed is None:
            return Found(row.index, time, "purged", None)
        if key is None:
            return Found(row.index, time, "erased", None)
        try:
            return Found(row.index, time, "readable", read_back(unseal(row.sealed, key)))
        except CannotOpen as fault:
            raise CannotOpen(f"index {row.index}: {fault}") from None

    def keys_of(self, name: str) -> list[str]:
        """The names of the keys of a person, in hexadecimal; they stand in clear in each record under them."""
        subjects = self.store.names_of(self.preparer.index.of(name))
        return [key.key_id.hex() for subject in subjects for key in self.store.keys(subject)]

    def erase(self, name: str) -> list[str]:
        """Destroy the keys of a person: their records can never be read again, while every proof stays valid.

        Returns the names of the keys, in hexadecimal. `verify` wants a record of the erasure that names them:
        `samspil_audit.upkeep.erase` makes it.
        """
        dropped: list[bytes] = []
        with self.store.transaction() as transaction:
            head = transaction.head()
            for subject in self.store.names_of(self.preparer.index.of(name)):
                dropped += transaction.drop_keys(subject)
            transaction.put_head(replace(head, epoch=head.epoch + 1))
        self.store.forget()
        return [key_id.hex() for key_id in dropped]

    def close(self) -> None:
        """Close the log; what was acknowledged is durable already."""
        self._committer.close()
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _receipts(self, indexes: Sequence[int]) -> list[Receipt]:
        return [Receipt(self.keys.origin, index) for index in indexes]

    def _checkpoint(self, frontier: Frontier) -> Checkpoint:
        return Checkpoint(self.keys.origin, frontier.size, frontier.root())

    def _signed(self, frontier: Frontier) -> str:
        return sign_note(self._checkpoint(frontier).body(), self.keys.signer)

    def _prepare(self, event: Event) -> Prepared:
        try:
            return self.preparer.prepare(event)
        except self.store.errors as fault:
            raise NotRecorded(type(fault).__name__) from fault

    def _commit(self, take: Callable[[], list[Prepared]], written: Callable[[], None]) -> list[int]:
        """Write first and look after: that a record comes twice is rare."""
        try:
            return self._committed(take, written, look=False)
        except KnownAlready:
            return self._committed(take, written, look=True)

    def _committed(self, take: Callable[[], list[Prepared]], written: Callable[[], None], *, look: bool) -> list[int]:
        new_keys: list[NewKey] = []
        try:
            with self.store.transaction() as transaction:
                head = transaction.head()
                self._check_head(head)
                items = take()
                self._check_epoch(head, items)
                new_keys = self.preparer.take_new_keys()
                known = transaction.known([item.record for item in items]) if look else {}
                indexes = self._write(transaction, head, items, known, new_keys)
                written()
                return indexes
        except Exception as fault:
            self.preparer.put_back(new_keys)
            if isinstance(fault, KnownAlready) and look:
                raise NotRecorded("the store holds a record that its head does not count") from None
            if isinstance(fault, NotRecorded) or not isinstance(fault, self.store.errors):
                raise
            raise NotRecorded(type(fault).__name__) from fault

    def _check_head(self, head: Head) -> None:
        """Before the first record: nothing is signed on top of a tree that was not signed with these keys."""
        if self._ours or not head.note:
            return
        try:
            body, _ = open_note(head.note, [self.keys.verifier])
        except BadNote:
            raise NotRecorded("the last checkpoint is not signed with these keys") from None
        if body != self._checkpoint(Frontier(head.size, head.peaks)).body():
            raise NotRecorded("the last checkpoint is not that of the tree")
        self._ours = True

    def _check_epoch(self, head: Head, items: Sequence[Prepared]) -> None:
        """Raises `Stale` when a key was destroyed since one of the items was sealed."""
        if {item.epoch for item in items} - {head.epoch}:
            self.preparer.begin(head.epoch)
            raise Stale

    def _write(
        self,
        transaction: Transaction,
        head: Head,
        items: Sequence[Prepared],
        placed: dict[bytes, int],
        new_keys: Sequence[NewKey],
    ) -> list[int]:
        time = (self.clock() - _EPOCH) // timedelta(microseconds=1)
        if time < 0:
            raise NotRecorded("the clock is before 1970")
        rows = list(_rows(items, placed, head.size, time))
        if new_keys:
            transaction.add_keys(new_keys)
        if aliases := {alias: item.subject for item in items for alias in item.aliases}:
            transaction.add_aliases(list(aliases.items()))
        if rows:
            self._put(transaction, head, rows)
        return [placed[item.record] for item in items]

    def _put(self, transaction: Transaction, head: Head, rows: list[Row]) -> None:
        frontier = Frontier(head.size, head.peaks)
        first = entry(rows[0].time, b"")  # all rows of a group have one time
        leaves = [leaf_hash(first + row.commitment) for row in rows]
        frontier.extend(leaves)
        transaction.insert(rows, leaves)
        note = self._signed(frontier)
        transaction.put_head(Head(frontier.size, frontier.peaks(), rows[-1].time, note, head.epoch))


def _rows(items: Sequence[Prepared], placed: dict[bytes, int], size: int, time: int) -> Iterator[Row]:
    """A row for each item the log does not have; `placed` learns their indexes."""
    for record, recorded, subject, sealed, committed, _, _ in items:
        if record not in placed:
            placed[record] = size
            yield Row(size, record, time, recorded, subject, committed, sealed)
            size += 1


def _bounds(since: datetime | None, until: datetime | None) -> tuple[int, int]:
    first = microseconds(since.isoformat()) if since else -_FOREVER
    last = microseconds(until.isoformat()) if until else _FOREVER
    return first, last


def _keys(keys: Keys | str | Path | None, place: str | Path, store: SqlStore, entropy: Entropy) -> Keys:
    if isinstance(keys, Keys):
        return keys
    path = Path(keys) if keys is not None else Path(f"{place}.keys")
    if keys is None and str(place).startswith(("postgresql://", "postgres://")):
        raise OSError("name the key file of a PostgreSQL log: keys=...")
    if not path.exists() and store.head().size == 0:
        Keys.create(name_of(f"samspil-audit/{path.stem}"), entropy).save(path)
    return Keys.load(path)
