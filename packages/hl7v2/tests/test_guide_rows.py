"""Each row of the guide, shown by a message with about that one field: `tools/rows` computes the element from the CSV alone."""

import os
from collections import Counter
from pathlib import Path

import pytest

from tools.corpora import DEFAULT
from tools.guide_coverage import shown
from tools.rows import reasons, running, walk
from tools.status import PAGE

CORPORA = Path(os.environ.get("SAMSPIL_CORPORA") or DEFAULT)
GUIDE = CORPORA / "hl7v2" / "ig-mappings"
ROWS = {"messages": 402, "segments": 1055, "datatypes": 617, "codes": 2324}


@pytest.fixture(scope="module")
def outcomes() -> dict[str, running.Outcome]:
    if not GUIDE.is_dir():
        pytest.skip("corpora: the guide's tables are not there")
    return {each.id: each for each in running.run(CORPORA)}


def row_ids() -> list[str]:
    return list(running.ids(CORPORA)) if GUIDE.is_dir() else ["none"]


@pytest.mark.parametrize("row", row_ids())
def test_a_row_is_shown_or_has_a_reason(row: str, outcomes: dict[str, running.Outcome]) -> None:
    """A message about the row has the row's element, or the reason why not stands beside our row or in reasons.csv."""
    assert outcomes[row].state != "differs", outcomes[row].why


def test_every_row_runs(outcomes: dict[str, running.Outcome]) -> None:
    """The oracle leaves out no row with a target."""
    assert Counter(each.id.partition("/")[0] for each in outcomes.values()) == ROWS


def test_the_figures_of_the_status_page_are_measured(outcomes: dict[str, running.Outcome]) -> None:
    """What stands between the markers is what `python -m tools.guide_coverage` writes."""
    assert shown(outcomes.values()) in PAGE.read_text(encoding="utf-8")


def test_every_reason_is_needed(outcomes: dict[str, running.Outcome]) -> None:
    """A line of reasons.csv settles a row that no message shows as the guide has it."""
    used = {each.why for each in outcomes.values()}
    assert [one.row for one in reasons.table() if one.reason not in used] == []
    assert {one.kind for one in reasons.table()} <= set(reasons.KINDS)


def test_the_oracle_notices_a_missing_element() -> None:
    """An element that is not there, or has another value, is told with its place."""
    bundle = {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient", "gender": "male"}}]}
    asked = running.Expected(frozenset({"patient"}), ("gender",), "female")
    assert running.lacking(bundle, (asked,)) == "another value at patient.gender"
    assert running.lacking(bundle, (asked._replace(path=("birthdate",)),)) == "nothing at patient.birthdate"
    assert running.lacking(bundle, (asked._replace(text="male"),)) is None


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (
            "performer[1](PractitionerRole.practitioner(Practitioner))",
            "performer >practitionerrole practitioner >practitioner",
        ),
        ("extension[2].uri", "extension url"),
        ("recorder.reference(Practitioner.name)", "recorder >practitioner name"),
        ("$value", ""),
    ],
)
def test_targets_are_read(target: str, expected: str) -> None:
    """A target of the guide is read as steps, a reference as the type it names."""
    assert " ".join(walk.steps(target)) == expected
