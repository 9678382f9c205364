"""Findings, outcomes, and their one rendering."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samspil_core.outcome import (
    FINDINGS_SYSTEM,
    Issue,
    Kind,
    Outcome,
    Severity,
    Wording,
    http_status,
    merge,
    to_operation_outcome,
)


def make(severity: Severity = "error", issue_type: str = "value", code: str = "SAM-TST-001") -> Kind:
    return Kind(
        code, severity, issue_type, "Field {field} is odd.", "Mend {field}.", "Felt {field} er sært.", "Ret det."
    )


SEVERITIES: tuple[Severity, ...] = ("fatal", "error", "warning", "information")
outcomes = st.lists(st.sampled_from(SEVERITIES), max_size=5).map(
    lambda severities: Outcome(tuple(make(each).at() for each in severities))
)


def test_wording_fills_placeholders():
    """The detail of an issue fills the placeholders of its kind."""
    issue = make().at("PID-5.1", field=5)
    assert (issue.code, issue.severity, issue.where) == ("SAM-TST-001", "error", "PID-5.1")
    assert (issue.text, issue.fix) == ("Field 5 is odd.", "Mend 5.")
    assert issue.in_danish() == Wording("Felt 5 er sært.", "Ret det.")


def test_missing_detail():
    """A placeholder without detail stays as it is, and nothing is raised."""
    assert Issue(make()).text == "Field {field} is odd."


def test_issue_is_hashable():
    """Equal issues are one member of a set."""
    assert len({make().at("PID-5", field=1), make().at("PID-5", field=1)}) == 1


@pytest.mark.parametrize(
    ("severity", "ok"), [("fatal", False), ("error", False), ("warning", True), ("information", True)]
)
def test_ok(severity, ok):
    """An outcome is ok unless a finding is an error or fatal."""
    assert Outcome((make(severity).at(),)).ok is ok


def test_empty():
    """An empty outcome is ok and has no severity."""
    assert Outcome().ok
    assert Outcome().severity is None


def test_worst_severity():
    """The severity of an outcome is its worst."""
    assert Outcome(tuple(make(each).at() for each in ("information", "fatal", "warning"))).severity == "fatal"


@given(outcomes, outcomes, outcomes)
def test_outcomes_add_up(one, two, three):
    """Adding outcomes keeps every finding in order, however they are grouped, and merging is adding."""
    assert (one + two) + three == one + (two + three) == merge([one, two, three])
    assert list(one + two) == [*one, *two]
    assert one + Outcome() == one
    assert (one + two).ok is (one.ok and two.ok)


def test_operation_outcome():
    """A finding has its code, its texts and what to do in OperationOutcome, in the language asked for."""
    rendered = to_operation_outcome(Outcome((make().at("Patient.name[0].family", field="x"),)), "da")
    assert rendered == {
        "resourceType": "OperationOutcome",
        "language": "da",
        "issue": [
            {
                "severity": "error",
                "code": "value",
                "details": {
                    "coding": [{"system": FINDINGS_SYSTEM, "code": "SAM-TST-001"}],
                    "text": "Felt x er sært.",
                },
                "diagnostics": "Ret det.",
                "expression": ["Patient.name[0].family"],
            }
        ],
    }


@pytest.mark.parametrize(
    ("where", "element"),
    [
        ("PID-5.1", "location"),
        ("OBX[2]-5[1].1", "location"),
        ("ZX1", "location"),
        ("MSH", "location"),
        ("PID-3(2).4.2", "location"),
        ("line 7", "location"),
        ("Patient", "expression"),
        ("Patient.name.where(use = 'official').family", "expression"),
        ("Bundle.entry[3].resource", "expression"),
        ("name[0]", "expression"),
        ("%resource.id", "expression"),
        ("$this", "expression"),
    ],
)
def test_place(where, element):
    """A FHIRPath goes to expression, and every other place to location."""
    (issue,) = to_operation_outcome(Outcome((make().at(where),)))["issue"]
    assert issue[element] == [where]
    assert len({"location", "expression"} & issue.keys()) == 1


def test_no_place():
    """A finding without a place has neither expression nor location."""
    (issue,) = to_operation_outcome(Outcome((make().at(),)))["issue"]
    assert not {"location", "expression"} & issue.keys()


@pytest.mark.parametrize(("language", "text"), [("en", "All OK"), ("da", "Alt er i orden")])
def test_all_ok(language, text):
    """An empty outcome still has one issue, as OperationOutcome.issue is 1..*."""
    assert to_operation_outcome(Outcome(), language)["issue"] == [
        {"severity": "information", "code": "informational", "details": {"text": text}}
    ]


@pytest.mark.parametrize(
    ("kinds", "status"),
    [
        ([], 200),
        ([("warning", "not-found")], 200),
        ([("error", "structure")], 400),
        ([("error", "value")], 422),
        ([("error", "not-found")], 404),
        ([("error", "login")], 401),
        ([("error", "forbidden")], 403),
        ([("error", "structure"), ("error", "value")], 422),
        ([("error", "not-found"), ("fatal", "exception")], 500),
        ([("fatal", "structure"), ("error", "exception")], 400),
        ([("error", "something-new")], 400),
    ],
)
def test_http_status(kinds, status):
    """The status is 200 when all is ok, and else the highest among the worst findings, in whatever order."""
    issues = tuple(make(severity, issue_type).at() for severity, issue_type in kinds)
    assert http_status(Outcome(issues)) == http_status(Outcome(issues[::-1])) == status
