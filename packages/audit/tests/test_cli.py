"""`samspil audit`, as a person or a script uses it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from samspil_audit.cli import group

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, data: str | None = None) -> Result:
        return CliRunner().invoke(group, arguments, input=data, help_option_names=["-h", "--help"])

    return call


def lines(*events: dict[str, Any]) -> str:
    return "".join(json.dumps(event) + "\n" for event in events)


@pytest.fixture
def filled(run: Run, make_event: Any) -> Run:
    done = run("append", data=lines(*(make_event(number, f"Patient/{number % 2}") for number in range(10))))
    assert [json.loads(line)["index"] for line in done.stdout.splitlines()] == list(range(10))
    return run


def status(result: Result) -> int:
    return result.return_value if isinstance(result.return_value, int) else result.exit_code


def test_a_bad_line_harms_no_other(run: Run, make_event: Any) -> None:
    done = run("append", data=lines(make_event(1)) + "no json\n" + lines({"resourceType": "Patient"}, make_event(2)))
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["event-1", "event-2"]
    assert "SAM-CORE-001" in done.stderr
    assert "line 3: error SAM-AUD-101" in done.stderr


@pytest.mark.parametrize(
    ("name", "odd"), [("subtype", "x"), ("entity", "x"), ("entity", [{"detail": 5}]), ("agent", ["x"])]
)
def test_a_line_that_is_not_of_the_form_of_an_event_is_named_by_its_place(
    run: Run, make_event: Any, name: str, odd: Any
) -> None:
    done = run("append", data=lines(make_event(1, **{name: odd})))
    assert f"line 1: error SAM-AUD-101 at AuditEvent.{name}" in done.stderr
    assert not done.stdout


def test_a_record_is_proved_by_one_who_has_the_key_and_the_proof_alone(filled: Run, tmp_path: Path) -> None:
    (tmp_path / "proof").write_text(filled("prove", "event-3").stdout)
    (tmp_path / "key").write_text(filled("checkpoint", "--key").stdout)
    assert filled("verify", "proof", "--key", "key").stdout == "record 3 is in the log of 10 records\n"
    text = (tmp_path / "proof").read_text()
    (tmp_path / "proof").write_text(text.replace("index 3", "index 4"))
    assert "is NOT" in filled("verify", "proof", "--key", "key").stdout
    assert filled("prove", "nope").exit_code == 2
    assert filled("prove", "99").exit_code == 2


def test_the_log_is_verified_against_a_checkpoint_kept_elsewhere(filled: Run, tmp_path: Path, make_event: Any) -> None:
    (tmp_path / "kept").write_text(filled("checkpoint").stdout)
    filled("append", data=lines(make_event(100)))
    assert filled("verify", "--checkpoint", "kept").stdout == "11 records verified\n"
    assert filled("verify", "--log", "nope.db").exit_code == 2


def test_a_report_is_given_and_refused(filled: Run) -> None:
    assert "5 opslag" in filled("report", "--subject", "Patient/1", "--language", "da").stdout
    refused = filled("report", "--subject", "Patient/1", "--reader", "Patient/0")
    assert "SAM-AUD-401" in refused.stderr
    assert refused.stdout == ""
    assert json.loads(filled("report", "--subject", "Patient/1", "--format", "fhir").stdout)["type"] == "collection"
    assert filled("report", "--subject", "Patient/1", "--format", "html").stdout.startswith("<!DOCTYPE html>")
    assert filled("report", "--subject", "Patient/1", "--since", "soon").exit_code == 2


def test_an_export_verifies(filled: Run, tmp_path: Path) -> None:
    filled("export", "--format", "folder", "--to", "out", "--disclose")
    assert filled("export", "--format", "folder", "--to", "out").exit_code == 2
    done = filled("verify", "out")
    assert "11 records are what was logged, 11 of them opened" in done.stdout
    assert len(filled("export", "--format", "ndjson").stdout.splitlines()) == 12


def test_keeping_erasing_and_sampling(filled: Run, tmp_path: Path) -> None:
    (tmp_path / "policy.json").write_text('{"years": 1}')
    assert "SAM-AUD-404" in filled("purge", "--policy", "policy.json").stderr
    (tmp_path / "policy.json").write_text('{"years": 3}')
    assert "0 records purged" in filled("purge", "--policy", "policy.json", "--by", "A").stderr
    filled("hold", "--subject", "Patient/1", "--reason", "case")
    assert len(filled("sample", "--seed", "x", "--count", "3").stdout.splitlines()) == 3
    assert "1 keys destroyed" in filled("erase", "--subject", "Patient/1", "--reason", "order", "--yes").stderr
    assert "verified" in filled("verify").stdout
    assert len(filled("forward", "-").stdout.splitlines()) >= 5
    assert "0 records sent" in filled("forward", "-").stderr


def test_a_key_file_that_is_none_is_one_sentence(filled: Run, tmp_path: Path) -> None:
    (tmp_path / "audit.db.keys").write_text("x")
    done = filled("checkpoint")
    assert done.exit_code == 2
    assert "no key file" in done.stderr


def test_serve_wants_a_token_worth_the_name(run: Run, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("short")
    assert run("serve", "--token-file", "token").exit_code == 2
