"""`samspil demo audit`: two accesses are recorded, proved, reported, and a change is found."""

from __future__ import annotations

import sqlite3
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from samspil_core import Coding

from .classify import load_tables, touched
from .ids import uuid7_maker
from .log import AuditLog
from .record import Access, Server, Who, rest_events
from .record.codes import REASON
from .report import Reader, access_report, as_text
from .verify import verify

if TYPE_CHECKING:
    from rich.console import Console


def run(console: Console) -> int:
    """Record, prove, report, and find a change. Returns 0 when the change is found."""
    with tempfile.TemporaryDirectory() as folder, AuditLog.open(Path(folder) / "audit.db") as log:
        for event in _events():
            receipt = log.append(event)
            console.print(f"recorded at index {receipt.index} of {receipt.log}, durable")
        proof = log.prove(0)
        console.print(f"proof of record 0: {len(proof.path)} hash, holds: {proof.holds(log.keys.verifier)}\n")
        reader = Reader(("Patient/1",), {"reference": "Patient/1"})
        console.print(as_text(access_report(log, "Patient/1", reader, ids=uuid7_maker(log.clock))))
        with sqlite3.connect(Path(folder) / "audit.db") as tampered:
            tampered.execute("UPDATE audit_entry SET time = time - 1 WHERE idx = 1")
        tampered.close()
        verdict = verify(log)
        console.print(f"after a change beside the log: {verdict.outcome.issues[0].text}")
    return 0 if verdict.first_bad == 1 else 1


def _events() -> list[dict[str, object]]:
    ids = uuid7_maker(lambda: datetime(2026, 1, 1, tzinfo=UTC))
    body = {"resourceType": "AllergyIntolerance", "id": "a", "patient": {"reference": "Patient/1"}}
    server = Server(device={"display": "Samspil demo"}, address="https://ehr.example.org/fhir")
    found: list[dict[str, object]] = []
    for hour, purpose, name in ((9, "TREAT", "Karen Lind"), (10, "BTG", "Jens Holm")):
        who = Who(
            user={"display": name},
            organization={"reference": "Organization/nord", "display": "Region Nord"},
            purposes=(Coding(REASON, purpose),),
        )
        access = Access(
            interaction="read",
            recorded=f"2026-01-01T{hour:02}:00:00Z",
            who=who,
            server=server,
            target="AllergyIntolerance/a",
            touched=touched(body, load_tables(), "Organization/nord"),
        )
        found += rest_events(access, ids)
    return found
