"""A suite is run: every scenario gets one result, everything said is recorded, and nothing is left to chance."""

from dataclasses import replace

import pytest

from conftest import system
from samspil_conformance.documents import BadFile
from samspil_conformance.record import BadRecord, read_lines, write_lines
from samspil_conformance.run import Run
from samspil_conformance.stepdefs import bind
from samspil_conformance.suite import read_suite

RESULTS = {
    "kit-001": "pass",
    "kit-002[there]": "pass",
    "kit-002[missing]": "pass",
    "kit-003": "pending",
    "kit-004": "not-applicable",
    "kit-005": "skipped",
    "kit-006": "pass",
    "kit-007": "pass",
    "kit-008": "warning",
}


def test_every_scenario_has_the_result_it_should(run) -> None:
    """Two scenarios with one title, and every row of examples, are there; a question keeps its scenario pending."""
    assert {name: one.result for name, one in run.scenarios.items()} == RESULTS
    assert run.approval == "pending"


def test_a_broken_system_fails_with_what_was_observed(make_run) -> None:
    run = make_run(system(broken=True))
    one = run.scenarios["kit-001"]
    assert (one.result, one.reason) == ("fail", "the status is 200")
    assert one.steps[-1]["observed"] == 404
    assert run.approval == "not-approved"


def test_steps_after_a_failure_are_recorded_as_not_run(make_run) -> None:
    run = make_run(system(broken=True, claims=frozenset({"writing"})))
    skipped = run.scenarios["kit-005"].steps
    assert [one["result"] for one in skipped] == ["pass", "skipped", "not-run"]


def test_a_step_that_breaks_is_an_error_of_the_kit_and_no_failure(make_run) -> None:
    def dead(data, arguments):
        raise TimeoutError("nobody answers")

    run = make_run(replace(system(), command=dead))
    assert run.scenarios["kit-007"].result == "error"
    assert "TimeoutError" in run.scenarios["kit-007"].reason


def test_a_requirement_has_the_gravest_of_its_results(run) -> None:
    assert run.requirements["EHDS-A2-2.1"] == "pass"
    assert run.requirements["EHDS-A2-2.3"] == "pending"
    assert run.requirements["EHDS-A2-2.5"] == "skipped"


def test_secrets_are_masked_everywhere_and_alike(run) -> None:
    text = run.lines().decode()
    assert "very-secret" not in text
    assert "session=abc" not in text
    cookies = {
        value
        for one in run.of("exchange")
        for name, value in one["response"].get("headers", [])
        if name == "set-cookie"
    }
    assert len(cookies) == 1


def test_the_same_seed_and_clock_give_the_same_record(run, make_run) -> None:
    assert make_run().lines() == run.lines()
    assert make_run(seed="1").lines() != run.lines()


def test_recorded_exchanges_are_judged_anew_without_the_system(run, make_run) -> None:
    sut = system(broken=True)
    again = make_run(sut, recorded=run)
    assert {name: one.result for name, one in again.scenarios.items()} == RESULTS
    assert again.lines() == run.lines()


def test_a_replay_of_another_question_is_an_error(run, make_run) -> None:
    changed = Run(tuple(one for one in run.events if one.get("number") != 2 or one["event"] != "exchange"))
    again = make_run(recorded=changed)
    assert again.scenarios["kit-001"].result == "error"
    assert "NotRecorded" in again.scenarios["kit-001"].reason


def test_a_record_reads_back(run) -> None:
    assert Run.read(run.lines()) == run


@pytest.mark.parametrize("place", [10, 400, -40, -2])
def test_a_changed_byte_breaks_the_chain(run, place) -> None:
    lines = bytearray(run.lines())
    lines[place] ^= 1
    with pytest.raises(BadRecord):
        read_lines(bytes(lines))


def test_a_line_taken_out_breaks_the_chain(run) -> None:
    lines = run.lines().splitlines(keepends=True)
    with pytest.raises(BadRecord, match="line 6"):
        read_lines(b"".join(lines[:5] + lines[6:]))


def test_a_continued_record_is_one_record(run) -> None:
    assert write_lines(run.events) == run.lines()


FEATURE = "Feature: f\n\n  {tags}\n  Scenario: s\n    Given {step}\n"
GOOD = "@id:x-1 @req:EHDS-A2-2.1 @severity:F1 @mode:server"


@pytest.mark.parametrize(
    ("tags", "step", "told"),
    [
        ("@req:EHDS-A2-2.1 @severity:F1 @mode:server", "a patient on the server", "0 @id: tags"),
        ("@id:x-1 @severity:F1 @mode:server", "a patient on the server", "no @req: tag"),
        (GOOD.replace("F1", "F9"), "a patient on the server", "@severity:F9"),
        (GOOD + " @slow", "a patient on the server", "@slow is not known"),
        (GOOD, "nobody knows", "0 definitions"),
    ],
)
def test_a_fault_in_a_feature_is_told_with_its_line(tmp_path, tags, step, told) -> None:
    (tmp_path / "suite.yaml").write_text(
        "id: x\nversion: '1'\ntitle: {en: x, da: x}\nrequirements: [ehds]\nsteps: [kit.steps]\n"
    )
    (tmp_path / "x.feature").write_text(FEATURE.format(tags=tags, step=step))
    with pytest.raises(BadFile) as caught:
        bind(read_suite(tmp_path))
    assert told in caught.value.issues[0].text
    assert "line" in caught.value.issues[0].text


def test_a_text_that_two_definitions_fit_is_told(tmp_path, monkeypatch) -> None:
    (tmp_path / "suite.yaml").write_text(
        "id: x\nversion: '1'\ntitle: {en: x, da: x}\nrequirements: [ehds]\nsteps: [kit.steps, kit.steps]\n"
    )
    (tmp_path / "x.feature").write_text(FEATURE.format(tags=GOOD, step="a patient on the server"))
    with pytest.raises(BadFile, match="2 definitions"):
        bind(read_suite(tmp_path))


def test_a_fault_in_yaml_is_told_with_file_and_line(tmp_path) -> None:
    (tmp_path / "suite.yaml").write_text("id: x\nversion: 1\ntitle: {en: x, da: x}\nrequirements: [ehds]\nsteps: []\n")
    with pytest.raises(BadFile, match=r"suite.yaml, line 2: version"):
        read_suite(tmp_path)


def test_a_sealed_line_that_is_no_event_is_told_with_its_number() -> None:
    """Who can seal lines can still not make a verdict of a word that is none."""
    event = {"event": "result", "at": "2026-01-01T09:00:00Z", "scenario": "x", "result": "perfect", "reason": ""}
    with pytest.raises(BadRecord, match="line 1 is no event of a record: result: 'perfect'"):
        read_lines(write_lines([event]))


STEPS = """
import pytest
from pytest_bdd import given, then
from samspil_conformance.checks import check
@pytest.fixture
def thing():
    yield 1
    raise OSError("cannot tidy up")
@given("a thing")
def _(thing): assert thing
@then("another scenario runs")
def _(): check(True, "it runs")
"""


def test_what_goes_wrong_in_tidying_up_is_an_error_and_stops_nothing(tmp_path, monkeypatch) -> None:
    """The next scenario runs all the same."""
    from samspil_conformance.chance import Clock
    from samspil_conformance.executor import run_suite

    (tmp_path / "untidy").mkdir()
    (tmp_path / "untidy" / "__init__.py").write_text("")
    (tmp_path / "untidy" / "steps.py").write_text(STEPS)
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "suite.yaml").write_text(
        "id: x\nversion: '1'\ntitle: {en: x, da: x}\nrequirements: [ehds]\nsteps: [untidy.steps]\n"
    )
    (tmp_path / "x.feature").write_text(
        FEATURE.format(tags=GOOD, step="a thing")
        + "\n  "
        + GOOD.replace("x-1", "x-2")
        + "\n  Scenario: t\n    Then another scenario runs\n"
    )
    run = run_suite(read_suite(tmp_path), system(), clock=Clock())
    assert [one.result for one in run.scenarios.values()] == ["error", "pass"]
    assert "cannot tidy up" in run.scenarios["x-1"].reason
