"""The command `samspil hl7v2`."""

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from samspil_core.outcome import Outcome
from samspil_core.ports import PortNotFound
from samspil_hl7v2 import batch
from samspil_hl7v2.cli import group
from samspil_hl7v2.findings import INTERNAL

GOOD = "MSH|^~\\&|PAS|TH|||20240315093000||ADT^A08|1|P|2.5\rPID|||1^^^TH||Berggren^Nancy\rZDK|1"


def run(*arguments: str | Path, text: str | None = None) -> Result:
    """Run the command as `samspil` does: it returns its status, and a mistake of the user is an exception."""
    return CliRunner().invoke(group, [*map(str, arguments)], input=text, standalone_mode=False)


def mistake(result: Result) -> str:
    """The sentence of the mistake that stopped a run with status 2."""
    assert isinstance(result.exception, click.ClickException)
    assert result.exception.exit_code == 2
    return result.exception.format_message()


@pytest.fixture
def folder(tmp_path) -> Path:
    made = tmp_path / "feed"
    made.mkdir()
    (made / "a.hl7").write_text(GOOD, encoding="utf-8")
    return made


def test_convert(folder, tmp_path) -> None:
    """Bundles go to standard output, the report to its file, the summary to standard error; the status is 0."""
    report = tmp_path / "loss.ndjson"
    result = run("convert", folder, "--report", report)
    assert result.return_value == 0
    (line,) = result.stdout.splitlines()
    assert json.loads(line)["type"] == "transaction"
    (told,) = map(json.loads, report.read_text(encoding="utf-8").splitlines())
    assert told["source"].endswith("a.hl7")
    assert told["populated"] == told["mapped"] + told["reported"]
    assert "populated positions" in result.stderr
    assert "message types: ADT_A08 1" in result.stderr


def test_convert_reads_standard_input() -> None:
    """Without inputs, or with `-`, messages come from standard input."""
    assert run("convert", text=GOOD).stdout == run("convert", "-", text=GOOD).stdout != ""


def test_options_reach_the_converter(folder) -> None:
    """Kind of bundle, zone and lineage are passed on."""
    result = run("convert", folder, "--bundle", "collection", "--timezone", "Europe/Copenhagen", "--lineage")
    bundle = json.loads(result.stdout)
    assert bundle["type"] == "collection"
    assert bundle["timestamp"] == "2024-03-15T09:30:00+01:00"
    assert bundle["entry"][-1]["resource"]["activity"]["text"].startswith("HL7 v2 to FHIR")


def test_several_processes(folder) -> None:
    """With more processes the same bytes come out."""
    assert run("convert", folder, "--jobs", "2").stdout == run("convert", folder).stdout


def test_a_finding_of_severity_error_is_status_1(folder) -> None:
    """A message that failed makes the status 1; the others are converted."""
    (folder / "b.hl7").write_text("junk", encoding="utf-8")
    result = run("convert", folder)
    assert result.return_value == 1
    assert len(result.stdout.splitlines()) == 1
    assert "failed" in result.stderr


def test_a_file_that_cannot_be_read_is_status_1(folder, tmp_path) -> None:
    """An input that is not there has its line in the report and on standard error, and the next run is clean again."""
    report = tmp_path / "loss.ndjson"
    result = run("convert", tmp_path / "absent.hl7", folder, "--report", report)
    assert result.return_value == 1
    assert "SAM-HL7-401" in result.stderr
    assert [json.loads(line)["status"] for line in report.read_text(encoding="utf-8").splitlines()] == [
        "failed",
        "partial",
    ]
    assert run("convert", folder).return_value == 0


def test_a_report_that_cannot_be_written(folder, tmp_path) -> None:
    """A report in a folder that does not exist stops the run."""
    assert "cannot be written" in mistake(run("convert", folder, "--report", tmp_path / "absent" / "loss.ndjson"))


def test_wrong_options(folder, tmp_path) -> None:
    """A zone that does not exist, a layer that is none and a wrong number of processes stop the run, and say why."""
    assert "no IANA time zone" in mistake(run("convert", folder, "--timezone", "Atlantis"))
    assert "no folder of mapping tables" in mistake(run("convert", folder, "--layer", tmp_path / "absent"))
    assert "no folder of mapping tables" in mistake(run("explain", "PID-5", "--layer", tmp_path / "absent"))
    assert mistake(run("convert", folder, "--jobs", "0"))
    assert mistake(run("convert", folder, "--bundle", "message"))


@pytest.mark.parametrize("command", [["convert", "-"], ["explain", "PID-5"]], ids=["convert", "explain"])
def test_wrong_tables(command, tmp_path) -> None:
    """Tables that are wrong stop the run with each fault and its place."""
    (tmp_path / "segments").mkdir()
    table = tmp_path / "segments" / "PID[Patient].csv"
    table.write_text("id,source,when,target,map,vocabulary,value,guide,note\n?,PID-5,,name,,,,,\n", encoding="utf-8")
    sentence = mistake(run(*command, "--layer", tmp_path, text=GOOD))
    assert sentence.startswith("the mapping tables are wrong:")
    assert "PID[Patient].csv:2:1" in sentence


def test_parse(folder) -> None:
    """A message is shown with its groups and each populated position, decoded and named."""
    result = run("parse", folder / "a.hl7")
    assert result.return_value == 0
    assert result.stdout.splitlines()[0] == "ADT_A01, character set ascii, 3 segments"
    assert "  PID-5.1 = Berggren  patient name" in result.stdout


def test_parse_tells_what_is_out_of_place() -> None:
    """Findings of reading and grouping go to standard error."""
    result = run("parse", text="MSH|^~\\&|||||||ORU^R01\rPID|1\rOBR|1\rOBX|1\rRXA|1")
    assert result.return_value == 0
    assert "SAM-HL7-132" in result.stderr
    assert "[PATIENT_RESULT.ORDER_OBSERVATION.OBSERVATION]" in result.stdout


def test_parse_of_what_is_no_message(tmp_path) -> None:
    """What is no message is status 1, what cannot be read status 2."""
    assert run("parse", text="junk").return_value == 1
    assert "cannot be read" in mistake(run("parse", tmp_path / "absent.hl7"))


def test_explain() -> None:
    """The rows of a position are shown with layer, target and the tables they run in."""
    result = run("explain", "pid-8")
    assert result.return_value == 0
    assert "PID[Patient]/8a  (guide)" in result.stdout
    assert "PID-8 -> gender" in result.stdout
    assert "codes: AdministrativeSex" in result.stdout


def test_explain_as_json() -> None:
    """As JSON each row is an object on a line."""
    rows = [json.loads(line) for line in run("explain", "PID-3.4", "--format", "json").stdout.splitlines()]
    assert {"PID[Patient]/3a", "CX[Identifier]/4b"} <= {row["row"] for row in rows}
    assert all(row["layer"] for row in rows)


def test_explain_of_what_no_row_maps() -> None:
    """A position without a row is told on standard error; what is no position is a mistake."""
    result = run("explain", "PID-99")
    assert (result.return_value, result.stdout) == (0, "")
    assert "no row maps PID-99" in result.stderr
    assert "is no position" in mistake(run("explain", "name"))
    assert "is no position" in mistake(run("explain", "PID"))


def test_a_table_that_fhir_has_no_place_for_stops_the_run(folder, tmp_path) -> None:
    """A row whose target FHIR R4 lacks stops the command before the first message, and is named."""
    tables = tmp_path / "site" / "segments"
    tables.mkdir(parents=True)
    header = "id,source,when,target,map,vocabulary,value,guide,note,action"
    (tables / "PID[Patient].csv").write_text(f"{header}\n37x,PID-37,,breed,,,,,,\n", encoding="utf-8")
    result = run("convert", folder, "--layer", tmp_path / "site")
    assert "FHIR R4 has no 'breed' in Patient" in mistake(result)
    assert result.stdout == ""


class Strict:
    """A validator that finds one fault in whatever it is given."""

    def validate(self, resource, *_profiles):
        assert resource["resourceType"] == "Bundle"
        return Outcome((INTERNAL.at("Bundle.type", why="test"),))


def test_bundles_are_validated_by_the_port(folder, tmp_path, monkeypatch) -> None:
    """With --validate the findings of the installed validator join the report, and an error makes the status 1."""
    batch.validator_of.cache_clear()
    monkeypatch.setattr(batch, "find", lambda *_port: lambda *_packages: Strict())
    report = tmp_path / "loss.ndjson"
    result = run("convert", folder, "--validate", "--package", "a.b#1.0.0", "--report", report)
    batch.validator_of.cache_clear()
    assert result.return_value == 1
    (line,) = map(json.loads, report.read_text(encoding="utf-8").splitlines())
    assert "Bundle.type" in json.dumps(line["outcome"])


def test_validation_needs_a_validator(folder, monkeypatch) -> None:
    """Without one the run stops before the first message, and says what to install."""

    def missing(port, name):
        raise PortNotFound(port, name)

    batch.validator_of.cache_clear()
    monkeypatch.setattr(batch, "find", missing)
    result = run("convert", folder, "--validate")
    batch.validator_of.cache_clear()
    assert "pip install samspil-validation" in mistake(result)
    assert result.stdout == ""
