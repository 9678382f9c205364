"""`samspil fhirpath`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from samspil_fhirpath.cli import command

PATIENT = {"resourceType": "Patient", "id": "p", "name": [{"given": ["Ida", "Ane"]}], "birthDate": "1974-12-25"}


def run(*arguments: str, given: bytes | str | None = None) -> Result:
    return CliRunner().invoke(command, arguments, input=given, standalone_mode=False)


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "patient.json"
    path.write_text(json.dumps(PATIENT, indent=2), encoding="utf-8")
    return str(path)


def test_one_value_a_line(file: str) -> None:
    done = run("name.given | birthDate", file)
    assert (done.stdout, done.return_value) == ('"Ida"\n"Ane"\n"1974-12-25"\n', 0)


def test_ndjson_from_standard_input() -> None:
    lines = "".join(json.dumps({**PATIENT, "id": str(number)}) + "\n" for number in range(3))
    assert run("id", given=lines).stdout == '"0"\n"1"\n"2"\n'


def test_a_bad_line_does_not_stop_the_others() -> None:
    lines = f"{json.dumps(PATIENT)}\nnonsense\n{json.dumps(PATIENT)}\n"
    done = run("id", given=lines)
    assert (done.stdout, done.return_value) == ('"p"\n"p"\n', 1)
    assert "SAM-CORE-001" in done.stderr


def test_a_bad_first_line_does_not_stop_the_others() -> None:
    done = run("id", given=f"nonsense\n{json.dumps(PATIENT)}\n")
    assert (done.stdout, done.return_value) == ('"p"\n', 1)
    assert "SAM-CORE-001" in done.stderr


def test_a_wrong_expression_is_a_finding_with_its_place(file: str) -> None:
    done = run("name..given", file)
    assert (done.stdout, done.return_value) == ("", 1)
    assert "SAM-FP-101" in done.stderr
    assert "line 1, column 6" in done.stderr


def test_a_misspelled_element_is_a_finding_where_the_type_is_known(file: str) -> None:
    done = run("name.givn", file, "--context", "Patient")
    assert done.return_value == 1
    assert "SAM-FP-201" in done.stderr


def test_what_cannot_be_evaluated_is_a_finding_without_values(file: str) -> None:
    done = run("name.given.first() + 1", file)
    assert done.return_value == 1
    assert "SAM-FP-402" in done.stderr
    assert "Ida" not in done.stderr


def test_what_is_no_json_is_a_finding() -> None:
    done = run("id", given=b"\x00{")
    assert done.return_value == 1
    assert "SAM-FP-401" in done.stderr
    assert run("id", given="").return_value == 1


def test_a_missing_file_could_not_run(tmp_path: Path) -> None:
    done = run("id", str(tmp_path / "none.json"))
    assert done.exit_code == 1
    assert getattr(done.exception, "exit_code", None) == 2


def test_explain_shows_types_and_steps(file: str) -> None:
    done = run("name.given.first()", file, "--explain")
    assert "HumanName*" in done.stdout
    assert "gives string?" in done.stdout
    assert run("name.givn", "--explain", "--context", "Patient").return_value == 1


def test_release(tmp_path: Path) -> None:
    path = tmp_path / "o.json"
    path.write_text('{"resourceType": "Observation", "triggeredBy": [{"type": "reflex"}]}', encoding="utf-8")
    assert run("triggeredBy.type", str(path), "--release", "R5").stdout == '"reflex"\n'
    assert run("triggeredBy.type", str(path)).stdout == ""


def test_a_trace_tells_how_many_and_not_what(file: str) -> None:
    done = run("name.given.trace('g').count()", file)
    assert done.stderr == "trace g: 2 values\n"
    assert done.stdout == "2\n"
