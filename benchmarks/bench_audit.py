"""The audit log beside the bare store it stands on, and beside pymerkle: 2 kB records, this machine, one run.

The bare store is one SQLite table of 2 kB values with the same pragmas, written by the same threads through the same group
commit: no sealing, no tree, no index, no signature. A bare group commit is what the log cannot beat; the notes give the
log's share of it. The two take turns in short rounds, so that what else the machine does falls on both.

pymerkle is GPL and no dependency: it is installed into a virtual environment of its own, made for the run, unless
SAMSPIL_PYMERKLE names the Python of one (or is `no`). SAMSPIL_AUDIT_MANY sets the size of the large log: 10000000 takes half
an hour and 4 GB of disk.
"""

import atexit
import gc
import os
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import venv
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.result import Result
from samspil_audit import AuditLog, Keys
from samspil_audit.committer import Committer
from samspil_audit.export import export_folder
from samspil_audit.ids import uuid7_maker
from samspil_audit.log import now
from samspil_audit.merkle import Frontier, leaf_hash, verify_inclusion
from samspil_audit.record import Server
from samspil_audit.report import Reader, access_report
from samspil_audit.report.rows import row_of
from samspil_audit.sealing import commitment, entry
from samspil_audit.store import Head, Row

NAME = "audit"
WRITERS = 32
EACH = 60
TURNS = 5
BATCH = 20_000
GROWTH = 20_000
WANTED = 200
MANY = int(os.environ.get("SAMSPIL_AUDIT_MANY", "200000"))
PYMERKLE = os.environ.get("SAMSPIL_PYMERKLE", "")
_STEP = 10_000
_RANDOM = Random(1)  # noqa: S311  test data


def run() -> list[Result]:
    """Measure once."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        with AuditLog.open(root / "audit.db", keys=Keys.create("bench")) as log:
            rate, written = _writing(log, root)
            return [*written, *_reading(log, root), *_peer(root, rate), *_growth(log), *_large(root)]


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


def _writing(log: AuditLog, root: Path) -> tuple[float, list[Result]]:
    """The log and the bare store in turn; also the log's rate with all writers."""
    floor, close = _bare(root)
    value = _RANDOM.randbytes(2048)
    log.append_all(_event(patient) for patient in range(200))
    plain, own = _Times(), _Times()
    for _ in range(TURNS):
        events = [[_event(writer * 7 % 200) for _ in range(EACH)] for writer in range(WRITERS)]
        plain.add(*_threads(lambda _writer, _number: floor.append([value])))
        own.add(*_threads(lambda writer, number, events=events: log.append(events[writer][number])))
    batches, bare_batches, alone, bare_alone = [], [], [], []
    for _ in range(TURNS):
        batch = [_event(number % 200) for number in range(BATCH // TURNS)]
        single = [_event(1) for _ in range(100)]
        bare_batches.append(_timed(lambda: floor.append([value] * (BATCH // TURNS))))
        batches.append(_timed(lambda batch=batch: log.append_all(batch)))
        bare_alone.append(_timed(lambda: [floor.append([value]) for _ in range(100)]))
        alone.append(_timed(lambda single=single: [log.append(event) for event in single]))
    close()
    rate = own.rate()
    return rate, [
        Result(
            f"durable appends, {WRITERS} writers", rate, "records/s", f"{rate / plain.rate():.0%} of the bare store"
        ),
        Result("  99th percentile", own.late(), "ms", f"bare store {plain.late():.1f} ms"),
        Result("  bare store", plain.rate(), "values/s"),
        Result("  share of the bare store", rate / plain.rate() * 100, "%"),
        Result(
            f"durable appends, batches of {BATCH // TURNS:,}",
            BATCH / sum(batches),
            "records/s",
            f"{sum(bare_batches) / sum(batches):.0%} of the bare store",
        ),
        Result(
            "durable appends, one writer",
            100 * TURNS / sum(alone),
            "records/s",
            f"{sum(bare_alone) / sum(alone):.0%} of the bare store",
        ),
    ]


def _bare(root: Path) -> tuple[Committer[bytes, bytes], Callable[[], None]]:
    """A group commit of values into one table, and what closes it."""
    bare = sqlite3.connect(root / "bare.db", isolation_level=None, check_same_thread=False)
    bare.execute("PRAGMA journal_mode=WAL")
    bare.execute("PRAGMA synchronous=FULL")
    bare.execute("CREATE TABLE t (idx INTEGER PRIMARY KEY, value BLOB NOT NULL)")

    def commit(take: Callable[[], list[bytes]], written: Callable[[], None]) -> list[int]:
        bare.execute("BEGIN IMMEDIATE")
        items = take()
        bare.executemany("INSERT INTO t (value) VALUES (?)", [(item,) for item in items])
        written()
        bare.execute("COMMIT")
        return [0] * len(items)

    return Committer[bytes, bytes](lambda value: value, commit), bare.close


class _Times:
    """How long each append took, and all of them together."""

    def __init__(self) -> None:
        self._all = 0.0
        self._each: list[float] = []

    def add(self, seconds: float, each: list[float]) -> None:
        self._all += seconds
        self._each += each

    def rate(self) -> float:
        return len(self._each) / self._all

    def late(self) -> float:
        """The 99th percentile, in milliseconds."""
        return statistics.quantiles(self._each, n=100)[98] * 1000


def _threads(work: Callable[[int, int], object]) -> tuple[float, list[float]]:
    """Seconds until all writers were done, and of each append."""
    times: list[float] = []

    def write(writer: int) -> None:
        own: list[float] = []
        for number in range(EACH):
            start = time.perf_counter()
            work(writer, number)
            own.append(time.perf_counter() - start)
        times.extend(own)

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(WRITERS)]
    return _timed(lambda: [[thread.start() for thread in threads], [thread.join() for thread in threads]]), times


def _growth(log: AuditLog) -> list[Result]:
    """What the process holds more after some ten thousand records than after the first of them."""
    log.append_all(_event(number % 200) for number in range(1000))
    before = _held()
    for _ in range(GROWTH // 1000):
        log.append_all(_event(number % 200) for number in range(1000))
    return [Result("memory grown", _held() - before, "MB", f"over {GROWTH:,} records more")]


def _held() -> float:
    """The memory of this process now, in MB."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


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
    """Proofs and a report in a log of many records: stub bodies, and among them 200 of a person that can be opened."""
    with AuditLog.open(root / "large.db", keys=Keys.create("large"), entropy=_RANDOM.randbytes) as log:
        names = [log.preparer.index.of("Patient/1")]
        for start in range(0, MANY, MANY // WANTED):
            log.append(_event(1))
            end = min(start + MANY // WANTED, MANY)
            for first in range(start + 1, end, _STEP):
                _stubs(log, first, min(first + _STEP, end))
        return [*_proofs(log), *_report(log, names)]


def _proofs(log: AuditLog) -> list[Result]:
    size = log.store.head().size
    indexes = [_RANDOM.randrange(min(size, 500_000)) for _ in range(20_000)]  # the tiles of half a million are kept
    made = [log.prover.inclusion(index, size) for index in indexes]
    generate = _timed(lambda: [log.prover.inclusion(index, size) for index in indexes]) / len(indexes)
    rows = {row.index: entry(row.time, row.commitment) for row in log.store.rows(0, max(indexes) + 1)}
    checks = [(index, rows[index], path) for index, path in zip(indexes, made, strict=True)]
    del rows
    root = log.prover.root(size)
    right = all(verify_inclusion(leaf_hash(leaf), index, size, path, root) for index, leaf, path in checks)
    verify = _timed(lambda: [verify_inclusion(leaf_hash(e), i, size, p, root) for i, e, p in checks]) / len(checks)
    return [
        Result(f"inclusion proof made, warm, of {size:,}", generate * 1e6, "us"),
        Result("inclusion proof verified", verify * 1e6, "us", "" if right else "WRONG"),
    ]


def _report(log: AuditLog, names: list[bytes]) -> list[Result]:
    size = log.store.head().size
    ids, reader = uuid7_maker(now), Reader(("Patient/1",), {"reference": "Patient/1"})
    first = _timed(lambda: log.store.of_subjects(names, 0, 1 << 62))
    find = _middle(lambda: log.store.of_subjects(names, 0, 1 << 62))
    read = _middle(lambda: [row_of(found) for found in log.each_about("Patient/1")])
    whole = _middle(lambda: access_report(log, "Patient/1", reader, ids=ids, server=Server()))
    return [
        Result(
            f"{WANTED} rows of a person found, of {size:,}", find * 1000, "ms", f"the first time {first * 1000:.1f}"
        ),
        Result("  opened and made rows: the report", read * 1000, "ms"),
        Result("  and that it was read recorded durably", whole * 1000, "ms"),
    ]


def _middle(work: Callable[[], object]) -> float:
    return statistics.median(_timed(work) for _ in range(21))


def _stubs(log: AuditLog, start: int, end: int) -> None:
    """Records without a body that could be opened: the tree and the index see no difference."""
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
import os, sys, threading, time
from pymerkle import SqliteTree
tree, lock = SqliteTree(sys.argv[1]), threading.Lock()
value, writers = os.urandom(2048), int(sys.argv[2])
def write():
    for _ in range(1600 // writers):
        with lock: tree.append_entry(value)
threads = [threading.Thread(target=write) for _ in range(writers)]
start = time.perf_counter()
[thread.start() for thread in threads]; [thread.join() for thread in threads]
print(1600 // writers * writers / (time.perf_counter() - start))
"""


def _peer(root: Path, rate: float) -> list[Result]:
    """Appends of pymerkle's SQLite tree by as many writers; its connection takes one at a time."""
    if PYMERKLE == "no":
        return []
    python = PYMERKLE or _environment()
    if not python:
        return []
    command = [python, "-c", _PEER, str(root / "peer.db"), str(WRITERS)]
    peer = float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    note = f"values; the log is {rate / peer:.1f} times as fast"
    return [Result(f"pymerkle, SqliteTree, {WRITERS} writers", peer, "values/s", note)]


@cache
def _environment() -> str:
    """The Python of a new virtual environment that holds pymerkle and nothing of ours; empty where there is no index."""
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    venv.create(folder.name, with_pip=True)
    python = str(Path(folder.name) / "bin" / "python")
    done = subprocess.run([python, "-m", "pip", "install", "--quiet", "pymerkle==7.0.0"], check=False)
    return python if done.returncode == 0 else ""


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
