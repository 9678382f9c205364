"""The answer to Art. 9: the right rows, in the right order, to the right person, in plain words."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samspil_audit import AuditLog
from samspil_audit.record import rest_events
from samspil_audit.report import NotTheirs, Reader, Rule, access_report, as_bundle, as_html, as_text, load_rules

Ids = Callable[[], str]


def reader(*names: str) -> Reader:
    return Reader(names or ("Patient/1",), {"reference": "Patient/1"})


@pytest.fixture
def filled(log: AuditLog, make_access: Any, ids: Ids) -> AuditLog:
    for number, (purpose, person) in enumerate([("TREAT", "A. Berg"), ("BTG", "B. Holm"), ("TREAT", "C. <Dahl>")]):
        access = make_access(
            purpose=purpose, person=person, recorded=f"2026-01-01T1{number}:00:00.000Z", target="Condition/c1"
        )
        log.append_all(rest_events(access, ids))
    body = {"resourceType": "Condition", "id": "c2", "subject": {"reference": "Patient/2"}}
    log.append_all(rest_events(make_access(body, target="Condition/c2"), ids))
    return log


def test_emergencies_come_first_and_then_the_newest(filled: AuditLog, ids: Ids) -> None:
    report = access_report(filled, "Patient/1", reader(), ids=ids)
    assert [(row.person, row.emergency) for row in report.rows] == [
        ("B. Holm", True),
        ("C. <Dahl>", False),
        ("A. Berg", False),
    ]
    row = report.rows[0]
    assert (row.organization, row.action, row.purposes) == ("Region Nord", "read", ("BTG",))
    assert [(each.category, each.references, each.origins) for each in row.data] == [
        ("patient-summary", ("Condition/c1",), ("Organization/nord",))
    ]


def test_reading_it_is_recorded_before_it_is_given(filled: AuditLog, ids: Ids) -> None:
    access_report(filled, "Patient/1", reader(), ids=ids)
    newest = filled.about("Patient/1")[0].event or {}
    assert newest["subtype"][0]["code"] in {"report", "read"}
    deeds = [(each.event or {})["subtype"][0]["code"] for each in filled.read(4)]
    assert deeds == ["report"]


def test_nobody_else_reads_it_and_that_they_tried_is_recorded(filled: AuditLog, ids: Ids) -> None:
    with pytest.raises(NotTheirs) as caught:
        access_report(filled, "Patient/1", reader("Patient/2"), ids=ids)
    assert caught.value.issue.code == "SAM-AUD-401"
    assert [(each.event or {})["outcome"] for each in filled.read(4)] == ["4"]


def test_who_acts_for_a_person_reads_it(filled: AuditLog, ids: Ids) -> None:
    assert len(access_report(filled, "Patient/1", reader("Patient/9", "Patient/1"), ids=ids).rows) == 3


def test_a_period_narrows_it(filled: AuditLog, ids: Ids) -> None:
    since, until = datetime(2026, 1, 1, 11, tzinfo=UTC), datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert [
        row.person for row in access_report(filled, "Patient/1", reader(), ids=ids, since=since, until=until).rows
    ] == ["B. Holm"]


RULES = (
    Rule("dk-1", "national law", ("person", "organization"), persons=("B. Holm",)),
    Rule("dk-2", "law", ("data", "purposes"), persons=("A. Berg",)),
)


def test_a_rule_masks_fields_keeps_the_row_and_is_recorded(filled: AuditLog, ids: Ids) -> None:
    report = access_report(filled, "Patient/1", reader(), ids=ids, rules=RULES)
    assert [(row.person, row.organization, bool(row.data), row.rule) for row in report.rows] == [
        ("", "", True, "dk-1"),
        ("C. <Dahl>", "Region Nord", True, ""),
        ("A. Berg", "Region Nord", False, "dk-2"),
    ]
    text, page, bundle = as_text(report), as_html(report), json.dumps(as_bundle(report, filled))
    for made in (text, page, bundle):
        assert "B. Holm" not in made
    assert "kept back by law (rule dk-1)" in text
    assert bundle.count("masked") == 2
    withheld = [each.event for each in filled.read(4) if (each.event or {})["subtype"][0]["code"] == "withhold"]
    assert [[d["valueString"] for d in event["entity"][0]["detail"]] for event in withheld if event] == [
        ["dk-1", "1"],
        ["dk-2", "0"],
    ]


def test_the_rules_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "rules.json"
    path.write_text(json.dumps([{"id": "a", "basis": "law", "mask": ["person"], "organizations": ["x"]}]))
    assert load_rules(path) == (Rule("a", "law", ("person",), organizations=("x",)),)
    for bad in (
        '[{"id": "a"}]',
        '[{"id": "a", "basis": "", "mask": ["person"]}]',
        '[{"id": "a", "basis": "b", "mask": ["time"]}]',
        "[1]",
    ):
        path.write_text(bad)
        with pytest.raises(ValueError, match="rule"):
            load_rules(path)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "da",
            ("Hvem har set dine helbredsoplysninger", "ADGANG I NØDSTILFÆLDE", "læst", "patientresumé", "behandling"),
        ),
        ("sv", ("Vem har sett dina hälsouppgifter", "NÖDÅTKOMST", "läst", "patientöversikt", "vård och behandling")),
        ("en", ("Who has seen your health data", "EMERGENCY ACCESS", "read", "patient summary", "treatment")),
    ],
)
def test_it_speaks_the_persons_language(filled: AuditLog, ids: Ids, language: Any, words: tuple[str, ...]) -> None:
    report = access_report(filled, "Patient/1", reader(), ids=ids)
    for made in (as_text(report, language), as_html(report, language)):
        assert all(word in made for word in words)


def test_the_page_escapes_what_comes_from_records(filled: AuditLog, ids: Ids) -> None:
    page = as_html(access_report(filled, "Patient/1", reader(), ids=ids))
    assert "C. &lt;Dahl&gt;" in page
    assert "<Dahl>" not in page


def test_the_fhir_form_is_a_bundle_of_the_events_in_order(filled: AuditLog, ids: Ids) -> None:
    from fhir.resources.R4B.bundle import Bundle

    bundle = as_bundle(access_report(filled, "Patient/1", reader(), ids=ids, rules=RULES[:1]), filled)
    Bundle.model_validate(json.loads(json.dumps(bundle)))
    assert [entry["resource"]["recorded"][11:13] for entry in bundle["entry"]] == ["11", "12", "10"]


def test_records_that_cannot_be_read_any_more_are_counted(filled: AuditLog, ids: Ids) -> None:
    filled.erase("Patient/1")
    report = access_report(filled, "Patient/1", reader(), ids=ids)
    assert (len(report.rows), report.unreadable) == (0, 3)
    assert "3 records were erased" in as_text(report)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(1, 4), st.booleans()), max_size=25))
def test_a_report_holds_each_access_of_the_person_and_none_of_anyone_else(
    tmp_path_factory: pytest.TempPathFactory, keys: Any, make_access: Any, accesses: list[tuple[int, bool]]
) -> None:
    numbers = iter(range(10**6))
    make_id = lambda: f"x{next(numbers)}"  # noqa: E731
    with AuditLog.open(tmp_path_factory.mktemp("p") / "a.db", keys=keys) as log:
        for number, (patient, shared) in enumerate(accesses):
            patients = [patient, patient % 4 + 1] if shared else [patient]
            entries = [
                {
                    "resource": {
                        "resourceType": "Condition",
                        "id": f"{number}-{each}",
                        "subject": {"reference": f"Patient/{each}"},
                    }
                }
                for each in patients
            ]
            from samspil_audit.classify import load_tables, touched

            found = touched({"resourceType": "Bundle", "type": "searchset", "entry": entries}, load_tables())
            log.append_all(rest_events(make_access(interaction="search-type", touched=found), make_id))
        for person in range(1, 5):
            report = access_report(log, f"Patient/{person}", reader(f"Patient/{person}"), ids=make_id)
            told = sorted(reference for row in report.rows for data in row.data for reference in data.references)
            expected = sorted(
                f"Condition/{n}-{person}"
                for n, (patient, shared) in enumerate(accesses)
                if person == patient or (shared and person == patient % 4 + 1)
            )
            assert told == expected
