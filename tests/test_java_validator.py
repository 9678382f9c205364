"""The comparison with the HL7 Java validator: what makes a difference, and that each reason stands on its page."""

import shutil

import pytest

from tools.generated import is_current
from tools.java_validator.__main__ import absent, explained
from tools.java_validator.compare import Difference, Finding, differences, of_java
from tools.java_validator.page import PAGE, page
from tools.java_validator.work import WORK
from tools.projects import ROOT


def compared(ours, java):
    classes: dict[tuple[str, str, str], Difference] = {}
    differences(classes, "cases", "a", [Finding("x", at, "") for at in ours], [Finding("y", at, "") for at in java])
    return {(each.side, each.rule): (each.count, each.verdicts) for each in classes.values()}


@pytest.mark.parametrize("place", ["Patient.name", "Patient", "Patient.name[0].given[1]", ""])
def test_an_error_that_the_other_tells_near_the_same_place_is_no_difference(place):
    assert compared(["Patient.name"], [place]) == {}


def test_an_error_elsewhere_is_a_difference_on_both_sides():
    assert compared(["Patient.name"], ["Patient.names"]) == {("ours", "x"): (1, 0), ("java", "y"): (1, 0)}


def test_errors_where_the_other_has_none_count_as_verdicts_too():
    assert compared([], ["Patient.name", "Patient.id"]) == {("java", "y"): (2, 2)}


def test_java_is_read_by_rule_and_place():
    found = of_java(
        [
            {"severity": "error", "place": "Patient.value.ofType(Quantity)", "rule": "http://x#dom-3", "text": "t"},
            {"severity": "warning", "place": "Patient", "rule": "w", "text": "t"},
            {"severity": "error", "place": "/f:Patient/f:name", "rule": "r", "text": "t"},
        ]
    )
    assert [(each.rule, each.place) for each in found] == [("dom-3", "Patient.value"), ("r", "Patient.name")]


def test_each_reason_is_of_a_side_and_a_corpus_that_there_is():
    for side, rule, corpus in explained():
        assert side in {"java", "ours"}
        assert rule
        assert corpus in {"*", *WORK}


def test_the_page_holds_every_reason():
    assert is_current(ROOT / PAGE, page)


def test_without_java_or_maven_the_comparison_says_why_it_does_not_run(monkeypatch, tmp_path):
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert absent(tmp_path) == "machine has no java"
    monkeypatch.setattr(shutil, "which", lambda name: f"/bin/{name}")
    assert absent(tmp_path / "none") == f"corpora are not at {tmp_path / 'none'}"
