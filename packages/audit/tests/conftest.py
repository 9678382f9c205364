"""What the tests share: a log with a fixed clock and fixed randomness, and events to put in it."""

import json
import os
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from samspil_audit import AuditLog, Keys
from samspil_audit.record import Access
from tools.audit_events import access

CORPORA = Path(os.environ.get("SAMSPIL_CORPORA") or Path(__file__).parents[3].parent / "shared" / "corpora")
START = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def entropy() -> Callable[[int], bytes]:
    return random.Random(1).randbytes


@pytest.fixture
def keys() -> Keys:
    return Keys("audit.example.org/test", bytes(range(32)), bytes(range(32, 64)))


@pytest.fixture
def log(tmp_path: Path, keys: Keys, clock: Clock, entropy: Callable[[int], bytes]) -> Iterator[AuditLog]:
    with AuditLog.open(tmp_path / "audit.db", keys=keys, clock=clock, entropy=entropy) as made:
        yield made


@pytest.fixture
def ids() -> Callable[[], str]:
    numbers = iter(range(10**9))
    return lambda: f"id-{next(numbers):06d}"


@pytest.fixture
def make_event() -> Callable[..., dict[str, Any]]:
    return event


def event(
    number: int = 0, patient: str = "Patient/1", recorded: str = "2026-01-01T12:00:00Z", **more: Any
) -> dict[str, Any]:
    """A small AuditEvent."""
    made = {
        "resourceType": "AuditEvent",
        "id": f"event-{number}",
        "type": {"system": "http://terminology.hl7.org/CodeSystem/audit-event-type", "code": "rest"},
        "recorded": recorded,
        "outcome": "0",
        "agent": [{"who": {"display": "Karen Lind"}, "requestor": True}],
        "source": {"observer": {"display": "ehr"}},
    }
    if patient:
        person = {"system": "http://terminology.hl7.org/CodeSystem/audit-entity-type", "code": "1"}
        role = {"system": "http://terminology.hl7.org/CodeSystem/object-role", "code": "1"}
        made["entity"] = [{"what": {"reference": patient}, "type": person, "role": role}]
    return {**made, **more}


@pytest.fixture
def make_access() -> Callable[..., Access]:
    return access


@pytest.fixture
def corpora() -> Path:
    if not CORPORA.exists():
        pytest.skip("corpora are not here")
    return CORPORA


@pytest.fixture
def balp_examples(corpora: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_text("utf-8")) for path in sorted((corpora / "audit/balp/valid").glob("*.json"))]
