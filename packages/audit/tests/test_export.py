"""Records in the forms that others read."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest

from samspil_audit import AuditLog
from samspil_audit.export import FORMATS, export_records, minlog, store_log
from samspil_audit.record import rest_events

Ids = Callable[[], str]


@pytest.fixture
def filled(log: AuditLog, make_access: Any, ids: Ids, make_event: Any) -> AuditLog:
    for purpose in ("TREAT", "BTG"):
        log.append_all(rest_events(make_access(purpose=purpose, person="=cmd()", target="Condition/c1"), ids))
    log.append(make_event(1, "Patient/2"))
    log.erase("Patient/2")
    return log


@pytest.mark.parametrize("form", FORMATS)
def test_each_form_has_the_readable_records(filled: AuditLog, form: Any) -> None:
    lines = list(export_records(filled.read(), form))
    assert len(lines) == 2 + (form == "csv")


def test_csv_is_read_by_a_spreadsheet_and_runs_nothing_in_it(filled: AuditLog) -> None:
    text = b"".join(export_records(filled.read(), "csv")).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows[1]["person"] == "'=cmd()"
    assert (rows[1]["categories"], rows[1]["resources"], rows[1]["emergency"]) == (
        "patient-summary",
        "Condition/c1",
        "yes",
    )


def test_minlog_has_each_registration_field(filled: AuditLog) -> None:
    known = {"Patient/1": "2512489996"}
    told = minlog(next(filled.read()), lambda name: known.get(name, name))
    assert told == {
        "SourceSystemName": "Device/ehr",
        "DestinationSystemName": "ward app",
        "Activity": "read",
        "Reason": "TREAT",
        "Criticality": "normal",
        "Addition": "patient-summary",
        "FromDateTime": "2026-01-01T12:00:00.000Z",
        "ToDateTime": "2026-01-01T12:00:00.000Z",
        "OrganisationId": "Region Nord",
        "OrganisationIdSource": "",
        "PersonIdentifier": "2512489996",
        "PersonIdentifierSource": "CPR",
        "UserPersonIdentifier": "=cmd()",
        "UserPersonName": "=cmd()",
        "UserRole": "",
        "CorrelationId": "request-1",
    }


def test_store_log_has_who_what_when_and_whom(filled: AuditLog) -> None:
    name = "{urn:riv:informationsecurity:auditing:log:2}"
    root = fromstring(store_log(list(filled.read())[1]).decode())
    told = {
        path: root.findtext("/".join(name + step for step in path.split("/")))
        for path in (
            "LogId",
            "System/SystemId",
            "Activity/ActivityType",
            "Activity/StartDate",
            "Activity/Purpose",
            "User/Name",
            "User/CareProvider/CareProviderId",
            "Resources/Resource/Patient/PatientId",
        )
    }
    assert told == {
        "LogId": "id-000001",
        "System/SystemId": "Device/ehr",
        "Activity/ActivityType": "Läsa",
        "Activity/StartDate": "2026-01-01T12:00:00.000Z",
        "Activity/Purpose": "Nödåtkomst",
        "User/Name": "=cmd()",
        "User/CareProvider/CareProviderId": "Organization/nord",
        "Resources/Resource/Patient/PatientId": "Patient/1",
    }


def test_ndjson_is_the_event_itself(filled: AuditLog) -> None:
    assert [json.loads(line)["id"] for line in export_records(filled.read(), "ndjson")] == ["id-000000", "id-000001"]
