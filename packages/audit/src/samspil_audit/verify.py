"""Verifies a whole log against its signed checkpoint, and against checkpoints kept elsewhere."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from samspil_core import Issue, Outcome

from .findings import BAD_CHECKPOINT, CHANGED, CLOCK_BACK, DAMAGED, FORK, GONE, MISFILED, MISSING, SURPLUS
from .gone import Gone
from .log import AuditLog
from .merkle import EMPTY_ROOT, HASH_SIZE, TILE_WIDTH, Frontier, leaf_hash
from .note import BadNote, Checkpoint, Verifier, open_note
from .preparing import microseconds, record_id
from .sealing import CannotOpen, commitment, entry, key_of
from .store import Row, SqlStore
from .subjects import NOBODY, subjects_of

__all__ = ["TOLERANCE", "Verdict", "verify"]

TOLERANCE = 1_000_000
"""Microseconds that the clock may go back unremarked: clocks of several writers differ."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verifying found: findings, how many records were looked at, and the first index that is wrong."""

    outcome: Outcome
    verified: int
    first_bad: int | None

    @property
    def ok(self) -> bool:
        """Whether nothing contradicts the checkpoint."""
        return self.outcome.ok


class _Stop(Exception):
    """A finding after which the rest means nothing."""

    def __init__(self, issue: Issue, index: int | None) -> None:
        super().__init__(issue.code)
        self.issue = issue
        self.index = index


def verify(log: AuditLog, kept: Iterable[str] = (), *, deep: bool = True, tolerance: int = TOLERANCE) -> Verdict:
    """Verify every record of a log: its content, its place, the tree over all, and the signature over the tree.

    `kept` are checkpoints kept elsewhere: only they show a log that was rolled back or cut as a whole, together with
    its own checkpoint. `deep` opens each record and compares the index with what it says; what was purged or erased
    must then have its record of that. The first contradiction ends it, and its index is `first_bad`.
    """
    check = _Check(log, tolerance)
    try:
        check.run(list(kept), deep=deep)
    except _Stop as stop:
        return Verdict(Outcome((*check.issues, stop.issue)), check.frontier.size, stop.index)
    except log.store.errors as fault:
        size = check.frontier.size
        return Verdict(Outcome((*check.issues, DAMAGED.at(index=size, why=type(fault).__name__))), size, size)
    return Verdict(Outcome(tuple(check.issues)), check.frontier.size, None)


class _Check:
    def __init__(self, log: AuditLog, tolerance: int) -> None:
        self._log = log
        self._store: SqlStore = log.store
        self._tolerance = tolerance
        self._latest = 0
        self.frontier = Frontier()
        self._gone = Gone()
        self.issues: list[Issue] = []

    def run(self, kept: Sequence[str], *, deep: bool) -> None:
        checkpoint = self._own_checkpoint()
        others = sorted((_checkpoint(note, self._log.keys.verifier) for note in kept), key=lambda each: each.size)
        for row, stored in self._rows(checkpoint.size):
            self._one(row, stored, deep=deep)
            while others and others[0].size == self.frontier.size:
                self._same(others.pop(0))
        self._end(checkpoint, others)
        index = self._store.misfiled()
        if index is not None:
            raise _Stop(MISFILED.at(index=index, column="person"), index)
        if deep and (missing := self._gone.unexplained()):
            raise _Stop(GONE.at(index=missing[0], what=missing[1], deed=missing[2]), missing[0])

    def _own_checkpoint(self) -> Checkpoint:
        head = self._store.head()
        if not head.size and not head.note:
            return Checkpoint(self._log.keys.origin, 0, EMPTY_ROOT)
        checkpoint = _checkpoint(head.note, self._log.keys.verifier)
        if checkpoint.size != head.size:
            raise _Stop(BAD_CHECKPOINT.at(why=f"it covers {checkpoint.size} records, the log says {head.size}"), None)
        return checkpoint

    def _rows(self, size: int) -> Iterator[tuple[Row, bytes]]:
        """Each row in order with its hash in the stored tree; stops at the first that is missing."""
        for start in range(0, size, TILE_WIDTH):
            end = min(start + TILE_WIDTH, size)
            rows = self._store.rows(start, end)
            tile = self._store.tile(0, start // TILE_WIDTH)
            for at in range(end - start):
                if at >= len(rows) or rows[at].index != start + at:
                    raise _Stop(MISSING.at(index=start + at, size=size), start + at)
                yield rows[at], tile[at * HASH_SIZE : (at + 1) * HASH_SIZE]
        extra = self._store.rows(size, size + TILE_WIDTH)
        if extra and extra[-1].index >= self._store.head().size:  # others may have appended meanwhile
            raise _Stop(SURPLUS.at(index=extra[0].index, size=size), extra[0].index)

    def _one(self, row: Row, stored: bytes, *, deep: bool) -> None:
        if row.sealed is not None and commitment(row.sealed) != row.commitment:
            raise _Stop(CHANGED.at(index=row.index, why="its content is not what its hash says"), row.index)
        leaf = leaf_hash(entry(row.time, row.commitment))
        if leaf != stored:
            raise _Stop(CHANGED.at(index=row.index, why="its hash is not the one in the tree"), row.index)
        if row.time < self._latest - self._tolerance:
            self.issues.append(CLOCK_BACK.at(index=row.index, seconds=(self._latest - row.time) // 1_000_000))
        self._latest = max(self._latest, row.time)
        if deep and (column := self._misfiled(row)):
            raise _Stop(MISFILED.at(index=row.index, column=column), row.index)
        self.frontier.append(leaf)

    def _misfiled(self, row: Row) -> str:
        """The column of the index that is not what the record says; empty when there is none, or no key."""
        try:
            found = self._log.opened(row)
        except CannotOpen:
            return "key"
        self._gone.look(found, key_of(row.sealed or b"").hex())
        if found.event is None:
            return ""
        subjects = subjects_of(found.event)
        subject = self._log.preparer.index.of(subjects[0].name) if subjects else NOBODY
        said = {"id": record_id(found.event["id"]), "time": microseconds(found.event["recorded"]), "person": subject}
        filed = {"id": row.record, "time": row.recorded, "person": row.subject}
        return next((name for name in said if said[name] != filed[name]), "")

    def _same(self, kept: Checkpoint) -> None:
        if kept.root != self.frontier.root():
            raise _Stop(FORK.at(size=kept.size), None)

    def _end(self, checkpoint: Checkpoint, others: Sequence[Checkpoint]) -> None:
        for kept in others:
            if kept.size > checkpoint.size or kept.root != EMPTY_ROOT:
                raise _Stop(FORK.at(size=kept.size), min(kept.size, checkpoint.size))
        if self.frontier.root() != checkpoint.root:
            index = _first_difference(self.frontier, self._store.head().peaks)
            raise _Stop(CHANGED.at(index=index, why="the hashes from here on do not lead to the signed root"), index)
        self._upper_tiles(checkpoint.size)

    def _upper_tiles(self, size: int) -> None:
        """Proofs are made from the tiles above the leaves too."""
        level, below = 1, size // TILE_WIDTH
        while below:
            for tile in range(-(-below // TILE_WIDTH)):
                self._upper_tile(level, tile)
            level, below = level + 1, below // TILE_WIDTH

    def _upper_tile(self, level: int, tile: int) -> None:
        kept = self._store.tile(level, tile)
        for at in range(len(kept) // HASH_SIZE):
            below = self._store.tile(level - 1, tile * TILE_WIDTH + at)
            frontier = Frontier()
            frontier.extend(below[at : at + HASH_SIZE] for at in range(0, len(below), HASH_SIZE))
            if frontier.root() != kept[at * HASH_SIZE : (at + 1) * HASH_SIZE]:
                index = (tile * TILE_WIDTH + at) * TILE_WIDTH**level
                raise _Stop(CHANGED.at(index=index, why="the tree above it was changed"), index)


def _checkpoint(note: str, verifier: Verifier) -> Checkpoint:
    try:
        body, _ = open_note(note, [verifier])
        checkpoint = Checkpoint.parse(body)
    except BadNote as fault:
        raise _Stop(BAD_CHECKPOINT.at(why=str(fault)), None) from None
    if checkpoint.origin != verifier.name:
        raise _Stop(BAD_CHECKPOINT.at(why="it is of another log"), None)
    return checkpoint


def _first_difference(frontier: Frontier, peaks: bytes) -> int:
    """The first leaf under the first peak that differs from the stored ones."""
    own, index = frontier.peaks(), 0
    for at, level in enumerate(level for level in range(64, -1, -1) if frontier.size >> level & 1):
        if own[at * HASH_SIZE : (at + 1) * HASH_SIZE] != peaks[at * HASH_SIZE : (at + 1) * HASH_SIZE]:
            return index
        index += 1 << level
    return 0
