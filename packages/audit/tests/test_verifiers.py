"""Two verifiers that share no code agree on random logs, whole or tampered with, and on the first index that is wrong.

The long campaign is `SAMSPIL_AUDIT_LOGS=10000 pytest packages/audit/tests/test_verifiers.py`.
"""

import os
import random
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from samspil_audit import AuditLog, Keys, offline_verifier
from samspil_audit.export import export_folder
from samspil_audit.merkle import leaf_hash
from samspil_audit.sealing import commitment, entry
from samspil_audit.verify import verify

LONG = int(os.environ.get("SAMSPIL_AUDIT_LOGS", "60"))  # 10000 in the long campaign
KEYS = Keys("audit.example.org/random", bytes(range(32)), bytes(range(32, 64)))

Tamper = Callable[[sqlite3.Connection, int, int], None]


def put_leaf(writer: sqlite3.Connection, index: int, leaf: bytes) -> None:
    """Replace one hash of the stored tree."""
    tile, at = divmod(index, 256)
    (old,) = writer.execute("SELECT hashes FROM audit_tile WHERE level = 0 AND idx = ?", (tile,)).fetchone()
    new = old[: at * 32] + leaf + old[(at + 1) * 32 :]
    writer.execute("UPDATE audit_tile SET hashes = ? WHERE level = 0 AND idx = ?", (new, tile))


def forge(writer: sqlite3.Connection, index: int, _other: int) -> None:
    """Change a record, what is said of it, and its hash in the tree: only the signed root tells."""
    (time,) = writer.execute("SELECT time FROM audit_entry WHERE idx = ?", (index,)).fetchone()
    made = commitment(b"forged")
    writer.execute("UPDATE audit_entry SET sealed = ?, commitment = ? WHERE idx = ?", (b"forged", made, index))
    put_leaf(writer, index, leaf_hash(entry(time, made)))


def swap(writer: sqlite3.Connection, index: int, other: int) -> None:
    """Put two records in the place of each other."""
    for old, new in ((index, -1), (other, index), (-1, other)):
        writer.execute("UPDATE audit_entry SET idx = ? WHERE idx = ?", (new, old))


def replay(writer: sqlite3.Connection, index: int, other: int) -> None:
    """Put in again what stands at another place."""
    row = writer.execute("SELECT sealed, commitment, time FROM audit_entry WHERE idx = ?", (other,)).fetchone()
    writer.execute("UPDATE audit_entry SET sealed = ?, commitment = ?, time = ? WHERE idx = ?", (*row, index))


def at_index(statement: str) -> Tamper:
    """A statement that takes the index."""

    def change(writer: sqlite3.Connection, index: int, _other: int) -> None:
        writer.execute(statement, (index,))

    return change


TAMPERS: dict[str, tuple[Tamper, bool]] = {
    "nothing": (lambda *_: None, True),
    "edit": (at_index("UPDATE audit_entry SET sealed = zeroblob(80) WHERE idx = ?"), True),
    "edit of the hash": (at_index("UPDATE audit_entry SET commitment = zeroblob(32) WHERE idx = ?"), True),
    "clock": (at_index("UPDATE audit_entry SET time = time - 7 WHERE idx = ?"), True),
    "swap": (swap, True),
    "replay": (replay, True),
    "tree": (lambda writer, index, _other: put_leaf(writer, index, bytes(32)), True),
    "forged with its hash": (forge, False),
    "deleted": (at_index("DELETE FROM audit_entry WHERE idx = ?"), False),
    "tail cut": (at_index("DELETE FROM audit_entry WHERE idx >= ?"), False),
}
"""What is done, and whether both verifiers can name the same index: not where nothing but a root or a length tells."""


@contextmanager
def random_log(size: int, seed: int) -> Iterator[tuple[AuditLog, Path]]:
    """A log of that many records in groups of random sizes, and a folder for its export."""
    chance = random.Random(seed)
    with (
        tempfile.TemporaryDirectory() as folder,
        AuditLog.open(Path(folder) / "audit.db", keys=KEYS, entropy=chance.randbytes) as log,
    ):
        log.store._database._writer.execute("PRAGMA synchronous=OFF")
        at = 0
        while at < size:
            count = min(chance.choice([1, 3, 40, 300]), size - at)
            log.append_all(event(number, chance) for number in range(at, at + count))
            at += count
        yield log, Path(folder) / "export"


def event(number: int, chance: random.Random) -> dict[str, Any]:
    return {
        "resourceType": "AuditEvent",
        "id": f"e{number}",
        "type": {"code": "rest"},
        "recorded": "2026-01-01T12:00:00Z",
        "agent": [{"requestor": True, "name": "x" * chance.randrange(1, 60)}],
        "source": {"observer": {"display": "ehr"}},
    }


def offline(folder: Path) -> tuple[bool, int | None]:
    """Whether the verifier that travels with an export accepts it, and the index that it names."""
    try:
        offline_verifier.verify(folder)
    except offline_verifier.Bad as bad:
        return False, bad.index
    return True, None


@settings(max_examples=LONG, deadline=None)
@given(
    st.one_of(st.integers(1, 40), st.integers(250, 600)),
    st.integers(0, 2**32),
    st.sampled_from(list(TAMPERS)),
    st.data(),
)
def test_two_verifiers_agree(size: int, seed: int, name: str, data: st.DataObject) -> None:
    tamper, same_index = TAMPERS[name]
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size - 1))
    with random_log(size, seed) as (log, folder):
        tamper(log.store._database._writer, min(index, other), max(index, other))
        export_folder(log, folder)
        own, second = verify(log, deep=False), offline(folder)
    untouched = name == "nothing" or (name in {"swap", "replay"} and index == other)
    assert own.ok == second[0] == untouched
    if untouched:
        return
    if same_index:
        assert own.first_bad == second[1] == min(index, other)
    if name in {"deleted", "tail cut"}:
        assert own.first_bad == min(index, other)
        assert second[1] is not None
        assert second[1] <= min(index, other)
