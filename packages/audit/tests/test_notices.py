"""Automatic notices of Art. 9(1): each access is told to who asked for it, once, in their language."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from samspil_audit import AuditLog
from samspil_audit.cli import group
from samspil_audit.record import Who, rest_events
from samspil_audit.report import Notices, Reader, Rule, Subscriber, access_report, load_subscribers
from samspil_audit.sinks import Delivery, SinkDown, forward

Ids = Callable[[], str]
CPR = "0101801234"


class Letterbox:
    """A sink that keeps what it gets, and is down when told to."""

    name = "letterbox"

    def __init__(self) -> None:
        self.kept: list[Any] = []
        self.down = False

    def send(self, deliveries: Sequence[Delivery], /) -> None:
        if self.down:
            raise SinkDown("closed")
        self.kept += [each.event for each in deliveries]


def condition(patient: str) -> dict[str, Any]:
    return {"resourceType": "Condition", "id": "c", "subject": {"reference": patient}}


@pytest.fixture
def filled(log: AuditLog, make_access: Any, ids: Ids) -> AuditLog:
    for patient, purpose in (("Patient/1", "TREAT"), ("Patient/2", "TREAT"), ("Patient/1", "BTG")):
        log.append_all(rest_events(make_access(condition(patient), purpose=purpose, target="Condition/c"), ids))
    own = make_access(condition("Patient/1"), target="Condition/c", who=Who(user={"reference": "Patient/1"}))
    log.append_all(rest_events(own, ids))
    refused = make_access(condition("Patient/1"), target="Condition/c", outcome="4", touched=())
    log.append_all(rest_events(refused, ids))
    access_report(log, "Patient/1", Reader(("Patient/1",), {"reference": "Patient/1"}), ids=ids)
    return log


def test_each_access_to_a_subscribers_data_is_told_once_and_nothing_else(filled: AuditLog, ids: Ids) -> None:
    """Not told: other persons, what the person read themselves, refusals, the log's own events."""
    box = Letterbox()
    sink = Notices(box, filled, [Subscriber("Patient/1", "da")], ids=ids)
    box.down = True
    assert forward(filled, sink).outcome.issues
    box.down = False
    assert forward(filled, sink).outcome.ok
    assert forward(filled, sink).sent == 0
    assert [each["priority"] for each in box.kept] == ["routine", "urgent"]
    records = [(found.event or {})["id"] for found in filled.read()]
    assert [each["identifier"][0]["value"] for each in box.kept] == [records[0], records[2]]
    assert {each["subject"]["reference"] for each in box.kept} == {"Patient/1"}
    text = box.kept[1]["payload"][0]["contentString"]
    for part in ("Dine helbredsoplysninger er blevet set", "Karen Lind", "Region Nord", "2026-01-01T12:00:00.000Z"):
        assert part in text


def test_a_notice_is_a_communication_of_fhir(filled: AuditLog, ids: Ids) -> None:
    from fhir.resources.R4B.communication import Communication

    box = Letterbox()
    forward(filled, Notices(box, filled, [Subscriber("Patient/2")], ids=ids))
    assert len(box.kept) == 1
    Communication.model_validate(box.kept[0])


def test_a_person_known_by_a_national_number_is_found_by_it(
    log: AuditLog, make_event: Any, ids: Ids, make_access: Any
) -> None:
    system = "urn:oid:1.2.208.176.1.2"
    body = condition("Patient/1")
    body["subject"]["identifier"] = {"system": system, "value": CPR}
    log.append_all(rest_events(make_access(body, target="Condition/c"), ids))
    box = Letterbox()
    forward(log, Notices(box, log, [Subscriber(f"{system}|{CPR}")], ids=ids))
    assert len(box.kept) == 1


def test_what_a_rule_keeps_back_is_kept_back_in_notices_too_and_that_is_recorded(filled: AuditLog, ids: Ids) -> None:
    box = Letterbox()
    rules = [Rule("dk-1", "national law", ("person",), purposes=("BTG",))]
    forward(filled, Notices(box, filled, [Subscriber("Patient/1")], ids=ids, rules=rules))
    assert ["Karen Lind" in each["payload"][0]["contentString"] for each in box.kept] == [True, False]
    last = list(filled.read())[-1].event or {}
    assert last["subtype"][0]["code"] == "withhold"
    assert {"type": "notice-of", "valueString": "2"} in last["entity"][0]["detail"]


@pytest.mark.parametrize("text", ["{", "{}", "[1]", '[{"language": "en"}]', '[{"subject": "x", "language": "xx"}]'])
def test_a_file_of_subscribers_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "s.json").write_text(text)
    with pytest.raises(ValueError, match=r"subject|language"):
        load_subscribers(tmp_path / "s.json")


def test_the_command_goes_on_where_it_stopped(tmp_path: Path, filled: AuditLog) -> None:
    filled.keys.save(tmp_path / "audit.db.keys")
    (tmp_path / "s.json").write_text('[{"subject": "Patient/1", "language": "sv"}]')
    call = ["notify", str(tmp_path / "out.ndjson"), "--subscribers", str(tmp_path / "s.json")]
    for _ in range(2):
        done = CliRunner().invoke(group, [*call, "--log", str(tmp_path / "audit.db")])
        assert done.exit_code == 0, done.output
    told = [json.loads(line) for line in (tmp_path / "out.ndjson").read_text().splitlines()]
    assert [each["language"] for each in told] == ["sv", "sv"]
