"""The command: what a stranger runs, from the first run to the bundle that is filed."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from samspil_conformance.cli import group
from samspil_conformance.suite import load_suite, suite_names
from samspil_conformance.sut import Sut

SUITE = "fhir-rest"
SOME = 3


@pytest.fixture(scope="module")
def some() -> list[str]:
    return [one.id for one in load_suite(SUITE).scenarios[:SOME]]


@dataclass
class Answer:
    exit_code: int
    stdout: str
    output: str
    stdout_bytes: bytes


def call(*arguments: object) -> Answer:
    """What the command says, and its exit status as `samspil` gives it."""
    done = CliRunner().invoke(group, [str(one) for one in arguments], standalone_mode=False)
    output, status = done.output, done.return_value or 0
    if isinstance(done.exception, click.ClickException):
        output, status = output + done.exception.format_message(), done.exception.exit_code
    elif done.exception:
        raise done.exception
    return Answer(status, done.stdout, output, done.stdout_bytes)


def run_some(some, folder, *more):
    only = [part for name in some for part in ("--only", name)]
    answer = call("run", SUITE, "--sut", "demo", "--out", folder, *only, *more)
    assert answer.exit_code == 0, answer.output
    return folder / answer.stdout.strip().rpartition("/")[2]


@pytest.fixture(scope="module")
def bundle(some, tmp_path_factory):
    return run_some(some, tmp_path_factory.mktemp("first"))


def test_a_run_writes_a_bundle_that_verifies(bundle) -> None:
    assert re.fullmatch(r"evidence-.+-.+-[0-9a-f]{12}\.zip", bundle.name)
    answer = call("verify", bundle)
    assert answer.exit_code == 0
    assert "is as it was written" in answer.stdout


def test_a_second_run_gives_the_same_bytes(some, bundle, tmp_path) -> None:
    again = run_some(some, tmp_path)
    assert again.name == bundle.name
    assert again.read_bytes() == bundle.read_bytes()


def test_a_changed_bundle_does_not_verify(bundle, tmp_path) -> None:
    changed = tmp_path / "changed.zip"
    data = bytearray(bundle.read_bytes())
    data[len(data) // 2] ^= 1
    changed.write_bytes(data)
    assert call("verify", changed).exit_code == 1


def test_a_replay_comes_to_the_same_verdicts(bundle, tmp_path) -> None:
    answer = call("replay", bundle, "--out", tmp_path)
    assert answer.exit_code == 0, answer.output
    compared = call("diff", bundle, answer.stdout.strip())
    assert compared.exit_code == 0
    assert compared.stdout == ""


def test_a_worse_run_is_told_by_requirement(bundle, some, tmp_path) -> None:
    answer = call("run", SUITE, "--sut", "demo", "--out", tmp_path, "--only", some[0])
    assert call("diff", bundle, answer.stdout.strip(), "--format", "json").exit_code in {0, 1}
    rows = [
        json.loads(line) for line in call("diff", bundle, answer.stdout.strip(), "--format", "json").stdout.splitlines()
    ]
    assert all(row["before"] != row["after"] for row in rows)


def test_a_grade_is_added_to_the_record_with_who_and_why(bundle, some, tmp_path) -> None:
    refused = call("attest", bundle, "--grade", f"{some[0]}=F4", "--out", tmp_path)
    assert refused.exit_code == 2
    assert "--who and --why" in refused.output
    answer = call("attest", bundle, "--grade", f"{some[0]}=F4", "--who", "Ann", "--why", "minor", "--out", tmp_path)
    assert answer.exit_code == 0, answer.output
    assert call("verify", answer.stdout.strip()).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["run", "nothing", "--sut", "demo"], "there is no suite"),
        (["run", SUITE, "--sut", "absent.yaml"], "absent.yaml is not there"),
        (["run", SUITE, "--sut", "demo", "--only", "x"], "has no scenario x"),
        (["run", SUITE, "--sut", "demo:nothing"], "no defect or variant"),
        (["run", SUITE, "--sut", "demo", "--clock", "noon"], "a clock is a moment"),
        (["run", SUITE, "--sut", "demo", "--key", __file__], "no private key"),
        (["verify", __file__, "--key", __file__], "no public key"),
        (["replay", __file__], "it is no ZIP archive"),
        (["soup", "nothing"], "not installed"),
        (["info-sheet"], "--print"),
    ],
)
def test_a_mistake_is_one_sentence(arguments, told) -> None:
    answer = call(*arguments)
    assert answer.exit_code == 2
    assert told in answer.output
    assert "Traceback" not in answer.output


def test_a_sut_file_is_checked_with_its_lines(tmp_path) -> None:
    path = tmp_path / "sut.yaml"
    path.write_text("sut:\n  name: EHR\n  company: Nord\n  version: '1'\nserver:\n  adress: x\n")
    answer = call("run", SUITE, "--sut", path)
    assert answer.exit_code == 2
    assert "sut.yaml, line 6" in answer.output or "sut.yaml, line 5" in answer.output


def test_the_schema_of_sut_yaml_is_published(tmp_path) -> None:
    schema = json.loads(call("schema", "sut").stdout)
    assert schema["properties"]["server"]
    assert set(schema["required"]) == {"sut"}


@pytest.mark.parametrize("suite", suite_names())
def test_every_suite_lists_its_scenarios_and_its_words(suite) -> None:
    assert len(call("list", suite).stdout.splitlines()) == len(load_suite(suite).scenarios)
    assert call("steps", suite).stdout.startswith(("Given", "When", "Then", "Any"))


def test_every_suite_and_requirement_holds_together() -> None:
    """An orphan tag, an orphan requirement or a step without one definition breaks the build."""
    answer = call("check")
    assert answer.exit_code == 0, answer.output


def test_the_matrix_lists_every_requirement() -> None:
    lines = call("matrix").stdout.splitlines()
    assert sum(line.startswith(("EHDS-", "CRA-", "SE-", "DK-", "MDR", "IEC", "ISO")) for line in lines) == 139


@pytest.mark.parametrize("language", ["en", "da", "sv"])
def test_the_makers_papers_are_checked_and_filled_in(tmp_path, language) -> None:
    path = tmp_path / "declaration.yaml"
    path.write_text(call("declaration", "--print").stdout)
    empty = call("declaration", path)
    assert empty.exit_code == 2
    assert "declaration.yaml, line 3" in empty.output
    text = path.read_text().replace('""', '"Nord"').replace('date: "Nord"', 'date: "2026-01-01"')
    path.write_text(text)
    answer = call("declaration", path, "--language", language)
    assert answer.exit_code == 0, answer.output
    assert "2025/327" in answer.stdout
    assert call("declaration", path, "--format", "pdf").stdout_bytes.startswith(b"%PDF")


def test_a_component_is_told_with_its_tests_and_anomalies() -> None:
    told = json.loads(call("soup", "conformance").stdout)
    assert told["licence"] == "Apache-2.0"
    assert "httpx" in told["components"]


def test_a_secret_comes_from_the_environment_and_its_absence_is_told(tmp_path, monkeypatch) -> None:
    path = tmp_path / "sut.yaml"
    path.write_text(
        "sut: {name: EHR, company: Nord, version: '1'}\n"
        "server:\n  url: http://127.0.0.1:9\n  headers: {authorization: 'Bearer ${EHR_TOKEN}'}\n"
    )
    answer = call("run", SUITE, "--sut", path)
    assert answer.exit_code == 2
    assert "sut.yaml, line 4: the environment has no EHR_TOKEN" in answer.output
    monkeypatch.setenv("EHR_TOKEN", "very-secret")
    assert Sut.read(path).headers == {"authorization": "Bearer very-secret"}


def test_a_server_that_is_not_there_is_an_error_and_no_failure(some, tmp_path) -> None:
    answer = call("run", SUITE, "--sut", "http://127.0.0.1:9", "--out", tmp_path, "--only", some[0])
    assert answer.exit_code == 2
    assert "error" in answer.output


@pytest.mark.parametrize(
    "name", ["attest", "info-sheet", "list", "replay", "run", "selftest", "serve", "soup", "verify"]
)
def test_every_command_says_what_it_is_for(name) -> None:
    answer = CliRunner().invoke(group, [name, "--help"])
    assert answer.exit_code == 0
    assert "Usage:" in answer.output


@pytest.mark.parametrize("suite", suite_names())
def test_every_scenario_has_a_danish_title(suite) -> None:
    """A certificate is filed in the language of the country."""
    found = load_suite(suite)
    bases = {one.id.partition("[")[0] for one in found.scenarios}
    assert bases - {name.partition("[")[0] for name in found.danish} == set()
    assert set(found.danish) <= bases | {one.id for one in found.scenarios}


def test_the_suites_are_a_fhir_package_as_well(tmp_path) -> None:
    """It installs like any other, and comes out the same each time."""
    archive = pytest.importorskip("samspil_definitions.archive")
    path = Path(call("package", "--out", tmp_path).stdout.strip())
    names = {str(one[0]) for one in archive.read_files(path)}
    assert any(name.endswith("other/suites/fhir-rest/suite.yaml") for name in names)
    assert any(name.endswith("package.json") for name in names)
    assert Path(call("package", "--out", tmp_path / "again").stdout.strip()).read_bytes() == path.read_bytes()
