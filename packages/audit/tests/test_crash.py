"""What was acknowledged is there after a crash, and nothing is acknowledged before it is on the disk.

The long campaign is `python -m tools.crash --rounds 200` and the same with `--postgres`.
"""

import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from samspil_audit import AuditLog, Keys
from samspil_audit.export import export_folder
from samspil_audit.verify import verify
from tools.crash import campaign
from tools.postgres import Postgres, missing

Make = Callable[..., dict[str, Any]]
pytestmark = pytest.mark.xdist_group("audit-crash")


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    if why := missing():
        pytest.skip(f"machine: {why}")
    with Postgres() as running:
        yield running


@pytest.fixture
def key_file(tmp_path: Path, keys: Keys) -> Path:
    keys.save(tmp_path / "keys")
    return tmp_path / "keys"


def test_a_killed_writer_loses_nothing_it_acknowledged(tmp_path: Path, key_file: Path) -> None:
    account = campaign(str(tmp_path / "audit.db"), key_file, rounds=4)
    assert account.acknowledged > 20
    assert (account.lost, account.misplaced, account.unverified) == (0, 0, 0)


def test_a_killed_server_loses_nothing_it_acknowledged(server: Postgres, key_file: Path) -> None:
    account = campaign(server.url, key_file, rounds=4, server=server)
    assert account.acknowledged > 20
    assert (account.lost, account.misplaced, account.unverified) == (0, 0, 0)


def test_several_writers_share_a_database_and_its_proofs_are_the_same(
    server: Postgres, keys: Keys, make_event: Make, tmp_path: Path
) -> None:
    """The export of a log in PostgreSQL is byte for byte that of the same log in SQLite."""
    own = Keys("audit.example.org/several", keys.signing, keys.secret)
    database = "several"
    with AuditLog.open(server.url, keys=keys) as first:
        first.store._database.query("SELECT 1")
        first.store._database._reader.cursor().execute(f"CREATE DATABASE {database}")
    url = server.url.replace("/postgres?", f"/{database}?")
    logs = [AuditLog.open(url, keys=own) for _ in range(4)]

    def write(number: int) -> None:
        for at in range(30):
            logs[number].append_all(
                [make_event(number * 1000 + at * 3 + each, f"Patient/{at % 5}") for each in range(3)]
            )

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert logs[0].store.head().size == 360
    assert verify(logs[1]).ok
    assert logs[2].prove(200).holds(own.verifier)
    assert logs[3].append(make_event(2001)).index < 360
    logs[0].erase("Patient/1")
    logs[1].append(make_event(9999, "Patient/1"))
    assert {found.state for found in logs[2].about("Patient/1")} == {"erased", "readable"}
    export_folder(logs[0], tmp_path / "pg")
    done = subprocess.run(
        [sys.executable, tmp_path / "pg" / "verify.py", tmp_path / "pg"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    for log in logs:
        log.close()


def test_the_same_log_in_both_stores_has_the_same_proofs(
    server: Postgres, keys: Keys, clock: Any, make_event: Make, tmp_path: Path
) -> None:
    import random

    with AuditLog.open(server.url, keys=keys) as log:
        log.store._database.query("SELECT 1")
        log.store._database._reader.cursor().execute("CREATE DATABASE same")
    places = [server.url.replace("/postgres?", "/same?"), str(tmp_path / "same.db")]
    for number, place in enumerate(places):
        with AuditLog.open(place, keys=keys, clock=clock, entropy=random.Random(3).randbytes) as log:
            log.append_all(make_event(each) for each in range(300))
            log.append_all(make_event(each) for each in range(300, 310))
            export_folder(log, tmp_path / str(number))
    files = [
        {
            path.relative_to(tmp_path / str(n)): path.read_bytes()
            for path in (tmp_path / str(n)).rglob("*")
            if path.is_file()
        }
        for n in (0, 1)
    ]
    assert files[0] == files[1]


WRITER = """
import sys
from samspil_audit import AuditLog
with AuditLog.open(sys.argv[1]) as log:
    for number in range(20):
        log.append({"resourceType": "AuditEvent", "id": str(number), "type": {"code": "rest"}, "recorded": "2026-01-01T00:00:00Z",
                    "agent": [{"requestor": True}], "source": {"observer": {"display": "x"}}})
        sys.stdout.write(f"acknowledged {number}\\n"); sys.stdout.flush()
"""


def test_an_fsync_stands_between_the_write_and_the_acknowledgement(tmp_path: Path) -> None:
    """The system calls of a writer, in order: each acknowledgement follows an fsync that follows the write to the log."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("machine: strace is not installed")
    trace = tmp_path / "trace"
    watch = [strace, "-f", "-y", "-e", "trace=write,pwrite64,fsync,fdatasync", "-o", trace]
    done = subprocess.run(
        [*watch, sys.executable, "-c", WRITER, tmp_path / "audit.db"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip("machine: strace may not trace here")
    state, synced = "", 0
    for line in trace.read_text().splitlines():
        if re.search(r"pwrite64\(\d+<[^>]*audit\.db-wal>", line):
            state = "written"
        elif re.search(r"f(?:data)?sync\(\d+<[^>]*audit\.db-wal>", line) and state == "written":
            state = "synced"
        elif "acknowledged" in line:
            assert state == "synced", line
            state, synced = "", synced + 1
    assert synced == 20
