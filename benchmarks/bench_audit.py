"""The audit log beside the bare store it stands on, and beside pymerkle: 2 kB records, this machine, one run.

The bare store is one SQLite table of 2 kB values with the same pragmas, written by the same threads through the same group
commit: no sealing, no tree, no index, no signature. A bare group commit is what the log cannot beat; the notes give the
log's share of it. pymerkle is GPL and stays in an environment of its own: name its Python in SAMSPIL_PYMERKLE, or it is
left out.
"""

import os
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.result import Result
from samspil_audit import AuditLog, Keys
from samspil_audit.committer import Committer
from samspil_audit.export import export_folder
from samspil_audit.ids import uuid7_maker
from samspil_audit.log import now
from samspil_audit.merkle import leaf_hash, verify_inclusion
from samspil_audit.record import Server
from samspil_audit.report import Reader, access_report
from samspil_audit.report.rows import row_of
from samspil_audit.sealing import entry
from samspil_audit.store import Row

NAME = "audit"
WRITERS = 32
EACH = 300
BATCH = 20_000
MANY = int(os.environ.get("SAMSPIL_AUDIT_MANY", "200000"))  # 10000000 takes minutes and 2 GB of disk
PYMERKLE = os.environ.get("SAMSPIL_PYMERKLE", "")
_RANDOM = Random(1)  # noqa: S311  test data


def run() -> list[Result]:
    """Measure once."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        with AuditLog.open(root / "audit.db", keys=Keys.create("bench")) as log:
            return [*_writing(log, root), *_reading(log, root), *_large(root), *_peer()]


def _event(patient: int) -> dict[str, Any]:
    """An access record of 2 kB."""
    who = [
        {
            "who": {"display": "x" * 60},
            "requestor": True,
            "type": {"coding": [{"system": "http://example.org/role", "code": "r"}]},
        }
    ]
    return {
        "resourceType": "AuditEvent",
        "id": _ids(),
        "type": {"system": "http://terminology.hl7.org/CodeSystem/audit-event-type", "code": "rest"},
        "recorded": "2026-01-01T12:00:00.000Z",
        "outcome": "0",
        "agent": who * 4,
        "source": {"observer": {"display": "ehr"}},
        "entity": [
            {"what": {"reference": f"Patient/{patient}"}, "type": {"code": "1"}, "role": {"code": "1"}},
            *(
                {
                    "what": {"reference": f"Observation/{n}"},
                    "role": {"code": "4"},
                    "detail": [{"type": "origin", "valueString": "x" * 90}],
                }
                for n in range(4)
            ),
        ],
    }


_ids = uuid7_maker(now, _RANDOM.randbytes)


def _writing(log: AuditLog, root: Path) -> list[Result]:
    bare = sqlite3.connect(root / "bare.db", isolation_level=None, check_same_thread=False)
    bare.execute("PRAGMA journal_mode=WAL")
    bare.execute("PRAGMA synchronous=FULL")
    bare.execute("CREATE TABLE t (idx INTEGER PRIMARY KEY, value BLOB NOT NULL)")
    value = _RANDOM.randbytes(2048)

    def commit(take: Callable[[], list[bytes]]) -> list[int]:
        items = take()
        bare.execute("BEGIN IMMEDIATE")
        bare.executemany("INSERT INTO t (value) VALUES (?)", [(item,) for item in items])
        bare.execute("COMMIT")
        return [0] * len(items)

    floor = Committer(commit)
    events = [[_event(writer * 7 % 200) for _ in range(EACH)] for writer in range(WRITERS)]
    log.append_all(_event(patient) for patient in range(200))
    bare_rate, bare_p99 = _threads(lambda _writer, _number: floor.append([value]))
    rate, p99 = _threads(lambda writer, number: log.append(events[writer][number]))
    batch = [_event(number % 200) for number in range(BATCH)]
    bare_batch = BATCH / _timed(lambda: floor.append([value] * BATCH))
    batch_rate = BATCH / _timed(lambda: log.append_all(batch))
    alone = [_event(1) for _ in range(500)]
    bare_alone = 500 / _timed(lambda: [floor.append([value]) for _ in range(500)])
    alone_rate = 500 / _timed(lambda: [log.append(event) for event in alone])
    bare.close()
    return [
        Result(f"durable appends, {WRITERS} writers", rate, "records/s", f"{rate / bare_rate:.0%} of the bare store"),
        Result("  99th percentile", p99, "ms", f"bare store {bare_p99:.1f} ms"),
        Result("  bare store", bare_rate, "values/s"),
        Result(
            f"durable appends, batch of {BATCH:,}",
            batch_rate,
            "records/s",
            f"{batch_rate / bare_batch:.0%} of the bare store",
        ),
        Result(
            "durable appends, one writer", alone_rate, "records/s", f"{alone_rate / bare_alone:.0%} of the bare store"
        ),
    ]


def _threads(work: Callable[[int, int], object]) -> tuple[float, float]:
    """Rate of all writers, and the 99th percentile of one append in milliseconds."""
    times: list[float] = []

    def write(writer: int) -> None:
        own: list[float] = []
        for number in range(EACH):
            start = time.perf_counter()
            work(writer, number)
            own.append(time.perf_counter() - start)
        times.extend(own)

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(WRITERS)]
    seconds = _timed(lambda: [[thread.start() for thread in threads], [thread.join() for thread in threads]])
    return WRITERS * EACH / seconds, statistics.quantiles(times, n=100)[98] * 1000


def _reading(log: AuditLog, root: Path) -> list[Result]:
    count = export_folder(log, root / "export")
    command = [sys.executable, str(root / "export" / "verify.py"), str(root / "export")]
    seconds = _timed(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL))
    return [
        Result(
            "offline verification of an export",
            count / seconds,
            "records/s",
            f"{count:,} records, the program's start among it",
        )
    ]


def _large(root: Path) -> list[Result]:
    """Proofs and a report in a log of many records with stub bodies: an entry each, and 200 that can be opened."""
    with AuditLog.open(root / "large.db", keys=Keys.create("large"), entropy=_RANDOM.randbytes) as log:
        subject = log.preparer.index.of("Patient/1")
        log.append_all(_event(1) for _ in range(200))
        for start in range(200, MANY, 10_000):
            _stubs(log, start, min(start + 10_000, MANY))
        size = log.store.head().size
        indexes = [_RANDOM.randrange(size // 256 * 256) // 100 % 500_000 for _ in range(20_000)]
        made = [log.prover.inclusion(index, size) for index in indexes]
        generate = _timed(lambda: [log.prover.inclusion(index, size) for index in indexes]) / len(indexes)
        rows = {row.index: entry(row.time, row.commitment) for row in log.store.rows(0, max(indexes) + 1)}
        entries, root_hash = [rows[index] for index in indexes], log.prover.root(size)
        checks = list(zip(indexes, entries, made, strict=True))
        verify = _timed(lambda: [verify_inclusion(leaf_hash(e), i, size, p, root_hash) for i, e, p in checks]) / len(
            indexes
        )
        names = [subject]
        find = min(_timed(lambda: log.store.of_subjects(names, 0, 1 << 62)) for _ in range(20))
        read = min(_timed(lambda: [row_of(found) for found in log.about("Patient/1")]) for _ in range(5))
        ids, reader = uuid7_maker(now), Reader(("Patient/1",), {"reference": "Patient/1"})
        whole = min(_timed(lambda: access_report(log, "Patient/1", reader, ids=ids, server=Server())) for _ in range(5))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        Result(f"inclusion proof made, warm, of {size:,}", generate * 1e6, "us"),
        Result("inclusion proof verified", verify * 1e6, "us"),
        Result(f"200 rows of a person found, of {size:,}", find * 1000, "ms"),
        Result("  opened and made rows", read * 1000, "ms"),
        Result("  whole report, recorded durably", whole * 1000, "ms"),
        Result("memory at most", memory, "MB", "of the whole benchmark"),
    ]


def _stubs(log: AuditLog, start: int, end: int) -> None:
    """Records without a body that could be opened: the tree and the index see no difference."""
    from samspil_audit.merkle import Frontier
    from samspil_audit.sealing import commitment
    from samspil_audit.store import Head

    with log.store.transaction() as transaction:
        head = transaction.head()
        rows = []
        for index in range(start, end):
            body = index.to_bytes(16)
            rows.append(Row(index, body, head.time, head.time, _RANDOM.randbytes(16), commitment(body), body))
        leaves = [leaf_hash(entry(row.time, row.commitment)) for row in rows]
        frontier = Frontier(head.size, head.peaks)
        frontier.extend(leaves)
        transaction.insert(rows, leaves)
        transaction.put_head(Head(frontier.size, frontier.peaks(), head.time, log._signed(frontier), head.epoch))  # noqa: SLF001  writes as the log does


_PEER = """
import os, sys, time
from pymerkle import SqliteTree
tree = SqliteTree(sys.argv[1])
values = [os.urandom(2048) for _ in range(1000)]
start = time.perf_counter()
for value in values: tree.append_entry(value)
print(1000 / (time.perf_counter() - start))
"""


def _peer() -> list[Result]:
    if not PYMERKLE:
        return []
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([PYMERKLE, "-c", _PEER, f"{folder}/peer.db"], capture_output=True, text=True, check=True)
    return [Result("pymerkle, SqliteTree, one writer", float(done.stdout), "values/s", "appends, one by one")]


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
