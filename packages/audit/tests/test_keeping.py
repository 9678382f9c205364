"""Erasing, keeping, purging, checking: each recorded, none of them touching a proof."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from samspil_audit import AuditLog
from samspil_audit.record import rest_events
from samspil_audit.retention import Policy, Retention, kept_until, load_policy, purge, ranges
from samspil_audit.upkeep import erase, hold, sample_check
from samspil_audit.verify import verify

Make = Callable[..., dict[str, Any]]
Ids = Callable[[], str]


def test_an_erased_person_cannot_be_read_and_every_proof_stays(
    log: AuditLog, make_event: Make, ids: Ids, tmp_path: Path
) -> None:
    log.append_all(make_event(number, f"Patient/{number % 2}") for number in range(300))
    proofs, wrapped = (
        [log.prove(index) for index in range(0, 300, 50)],
        [key.wrapped for key in log.store.keys(log.preparer.index.of("Patient/1"))],
    )
    assert erase(log, "Patient/1", ids=ids, reason="order 7") == 1
    assert [found.state for found in log.about("Patient/1")] == ["erased"] * 150
    assert {found.state for found in log.about("Patient/0")} == {"readable"}
    assert all(proof.holds(log.keys.verifier) for proof in proofs)
    assert verify(log, [proofs[0].note]).ok
    files = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert wrapped[0] not in files
    deed = next(iter(log.read(300))).event or {}
    assert deed["subtype"][0]["code"] == "erase"
    assert "Patient/1" not in json.dumps(deed)


def test_after_an_erasure_new_records_have_a_new_key(
    log: AuditLog, make_event: Make, tmp_path: Path, keys: Any
) -> None:
    log.append(make_event(1))
    with AuditLog.open(tmp_path / "audit.db", keys=keys) as other:
        other.erase("Patient/1")
    log.append(make_event(2))
    assert [(found.index, found.state) for found in log.read()] == [(0, "erased"), (1, "readable")]


def years(policy_years: int, **more: Any) -> Policy:
    return Policy(policy_years, **more)


def test_a_record_stays_until_the_last_second_of_its_time_and_goes_with_the_next(
    log: AuditLog, make_event: Make, ids: Ids, clock: Any
) -> None:
    log.append(make_event(1, recorded="2026-01-01T12:00:00Z"))
    clock.at = datetime(2029, 1, 1, 11, 59, 59, tzinfo=UTC)
    assert purge(log, years(3), ids=ids) == 0
    clock.move(seconds=1)
    assert purge(log, years(3), ids=ids) == 1
    assert [found.state for found in log.read()] == ["purged", "readable"]
    record = next(iter(log.read(1))).event or {}
    assert record["subtype"][0]["code"] == "purge"
    assert {d["type"]: d["valueString"] for d in record["entity"][0]["detail"]}["indexes"] == "0"
    assert log.prove(0).holds(log.keys.verifier)
    assert verify(log).ok
    assert purge(log, years(3), ids=ids) == 0


def test_a_purge_of_many_leaves_no_trace_of_the_persons_and_goes_on_record_once_and_for_all(
    log: AuditLog, make_event: Make, clock: Any, ids: Ids
) -> None:
    """The record of a purge is never purged: it says why the others cannot be read."""
    log.append_all(make_event(number, f"Patient/{number % 7}") for number in range(1500))
    clock.move(days=3 * 366)
    log.append_all(make_event(number, "Patient/1", recorded=clock().isoformat()) for number in range(1500, 1600))
    assert purge(log, years(3), ids=ids) == 1500
    assert [found.index for found in log.about("Patient/1")] == list(reversed(range(1500, 1600)))
    assert log.store._database.query("SELECT count(*) FROM audit_about WHERE idx < 1500") == [(0,)]
    assert verify(log).ok
    clock.move(days=10 * 366)
    assert purge(log, years(3), ids=ids) == 100
    assert purge(log, years(3), ids=ids) == 0
    assert verify(log).ok


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (datetime(2024, 2, 29, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC)),
        (datetime(2026, 5, 1, tzinfo=UTC), datetime(2029, 5, 1, tzinfo=UTC)),
    ],
)
def test_years_are_those_of_the_calendar(start: datetime, end: datetime) -> None:
    assert kept_until(start, 3) == end


def test_no_rule_undercuts_the_law(log: AuditLog, ids: Ids, tmp_path: Path) -> None:
    short = Policy(5, "SE", (Retention("lab", 4, category="test-result"),))
    assert [(issue.code, dict(issue.detail)["floor"]) for issue in short.check()] == [("SAM-AUD-404", "5")]
    assert Policy(3).check().ok
    assert not Policy(2).check().ok
    assert not Policy(4, "SE").check().ok
    with pytest.raises(ValueError, match="lab"):
        purge(log, short, ids=ids)
    path = tmp_path / "policy.json"
    path.write_text('{"years": 5, "jurisdiction": "SE", "rules": [{"id": "a", "years": 10, "origin": "o"}]}')
    assert load_policy(path) == Policy(5, "SE", (Retention("a", 10, origin="o"),))
    for bad in ("[]", "{}", '{"years": 5, "rules": [{"nope": 1}]}', "[" * 100_000, '{"years": ' + "9" * 5000 + "}"):
        path.write_text(bad)
        with pytest.raises(ValueError, match="policy"):
            load_policy(path)


def test_rules_differ_by_category_and_origin_and_the_longest_holds(
    log: AuditLog, make_access: Any, ids: Ids, clock: Any
) -> None:
    from samspil_audit.classify import load_tables, touched

    def access(kind: str, origin: str) -> None:
        body = {"resourceType": kind, "id": "x", "subject": {"reference": "Patient/1"}}
        log.append_all(rest_events(make_access(target=f"{kind}/x", touched=touched(body, load_tables(), origin)), ids))

    access("Condition", "Organization/a")
    access("Condition", "Organization/b")
    access("DiagnosticReport", "Organization/a")
    access("DiagnosticReport", "Organization/b")
    policy = Policy(3, rules=(Retention("lab", 6, category="test-result"), Retention("b", 5, origin="Organization/b")))
    states = {}
    for after in (3, 5, 6):
        clock.at = datetime(2026 + after, 1, 2, tzinfo=UTC)
        purge(log, policy, ids=ids)
        states[after] = [found.state for found in log.read(0, 4)]
    # where no rule fits, the default holds; where a rule fits, the longest of those that do
    assert states[3] == ["purged", "readable", "readable", "readable"]
    assert states[5] == ["purged", "purged", "readable", "readable"]
    assert states[6] == ["purged", "purged", "purged", "purged"]


def test_a_legal_hold_keeps_records_until_it_ends(log: AuditLog, make_event: Make, ids: Ids, clock: Any) -> None:
    log.append_all([make_event(1), make_event(2, "Patient/2")])
    hold(log, "Patient/1", ids=ids, reason="case 12")
    clock.move(days=365 * 4)
    assert purge(log, years(3), ids=ids) == 2
    assert log.about("Patient/1")[0].state == "readable"
    hold(log, "Patient/1", ids=ids, reason="")
    assert purge(log, years(3), ids=ids) >= 1
    assert log.about("Patient/1") == []


def test_an_erased_record_is_kept_as_long_as_any(log: AuditLog, make_event: Make, ids: Ids, clock: Any) -> None:
    log.append(make_event(1))
    log.erase("Patient/1")
    clock.move(days=365 * 4)
    policy = Policy(3, rules=(Retention("x", 10, category="test-result"),))
    assert purge(log, policy, ids=ids) == 0


def test_ranges_of_indexes_as_text() -> None:
    assert ranges([0, 1, 2, 7, 9, 10]) == "0-2,7,9-10"
    assert ranges([]) == ""


def test_the_same_seed_draws_the_same_records_and_the_check_is_recorded(
    log: AuditLog, make_event: Make, ids: Ids
) -> None:
    log.append_all(make_event(number, recorded=f"2026-01-01T12:00:{number % 60:02}Z") for number in range(100))
    until = datetime(2026, 1, 1, 12, 0, tzinfo=UTC) + timedelta(seconds=60)
    first = sample_check(log, 5, "2026-W48", ids=ids, until=until)
    second = sample_check(log, 5, "2026-W48", ids=ids, until=until)
    other = sample_check(log, 5, "2026-W49", ids=ids, until=until)
    assert [found.index for found in first] == [found.index for found in second]
    assert [found.index for found in first] != [found.index for found in other]
    details = {d["type"]: d["valueString"] for d in (next(iter(log.read(100))).event or {})["entity"][0]["detail"]}
    assert details == {"seed": "2026-W48", "of": "100", "indexes": ",".join(str(found.index) for found in first)}
