"""Kill the writer, or the database server, under load, and see that nothing acknowledged is lost.

    python -m tools.crash --rounds 200 --place DATABASE [--server FOLDER]

A writer appends records with eight threads and prints each receipt when it has it. It is killed (SIGKILL) at a random
moment; then the log is verified and each printed receipt looked up. With `--server`, the PostgreSQL server whose data lies
in FOLDER is killed in every other round instead, and started again.
"""

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from samspil_audit import AuditLog, Keys
from samspil_audit.verify import verify
from tools.postgres import Postgres

WRITER = """
import sys, threading
from samspil_audit import AuditLog
place, keys, round_ = sys.argv[1:4]
log = AuditLog.open(place, keys=keys)
lock = threading.Lock()
def write(writer):
    for number in range(10**9):
        event = {"resourceType": "AuditEvent", "id": f"{round_}-{writer}-{number}", "type": {"code": "rest"},
                 "recorded": "2026-01-01T00:00:00Z", "agent": [{"requestor": True}],
                 "source": {"observer": {"display": "x" * 1500}}}
        receipt = log.append(event)
        with lock:
            sys.stdout.write(f"{event['id']} {receipt.index}\\n")
            sys.stdout.flush()
threads = [threading.Thread(target=write, args=(writer,), daemon=True) for writer in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
"""


WHOLE, DEEP = 5, 50  # every so many rounds the whole log is verified, and each record opened too


@dataclass
class Account:
    """What the rounds came to."""

    rounds: int = 0
    acknowledged: int = 0
    lost: int = 0
    misplaced: int = 0
    unverified: int = 0


def campaign(place: str, keys: Path, rounds: int, seed: int = 1, server: Postgres | None = None) -> Account:
    """Run the rounds, and count."""
    account, chance = Account(), random.Random(seed)  # noqa: S311  moments, not secrets
    for number in range(rounds):
        receipts = one_round(place, keys, number, chance, server if number % 2 else None)
        with AuditLog.open(place, keys=keys) as log:
            for event_id, index in receipts.items():
                found = log.find(event_id)
                account.lost += found is None
                account.misplaced += found is not None and found.index != index
            last = number == rounds - 1
            if last or number % WHOLE == WHOLE - 1:
                account.unverified += not verify(log, deep=last or number % DEEP == DEEP - 1).ok
        account.rounds += 1
        account.acknowledged += len(receipts)
        if number % DEEP == DEEP - 1:
            print(account, file=sys.stderr)
    return account


def one_round(place: str, keys: Path, number: int, chance: random.Random, server: Postgres | None) -> dict[str, int]:
    """Write, kill, and give the receipts that were printed."""
    with tempfile.TemporaryFile() as out:
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, place, keys, str(number)], stdout=out, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 20
        while not out.seek(0, 2) and time.monotonic() < deadline and writer.poll() is None:
            time.sleep(0.02)
        time.sleep(chance.uniform(0.05, 0.4))
        if server:
            server.kill()
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        if server:
            server.start()
        out.seek(0)
        whole = out.read().rpartition(b"\n")[0].decode().splitlines()
    return {line.split()[0]: int(line.split()[1]) for line in whole}


def main() -> int:
    """Run a campaign on SQLite or on a PostgreSQL server of its own."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL server of its own")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        keys = Path(folder) / "keys"
        Keys.create("audit.example.org/crash").save(keys)
        if not asked.postgres:
            print(campaign(str(Path(folder) / "audit.db"), keys, asked.rounds))
            return 0
        with Postgres() as server:
            print(campaign(server.url, keys, asked.rounds, server=server))
    return 0


if __name__ == "__main__":
    sys.exit(main())
