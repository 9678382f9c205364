import json
from xml.etree import ElementTree as ET

import pytest

from samspil_cli.render import FORMATS, render
from samspil_core.outcome import Kind, Outcome

GONE = Kind("SAM-TST-101", "error", "required", "It is gone: {what}.", "Send it.", "Det mangler: {what}.", "Send det.")
ODD = Kind("SAM-TST-102", "warning", "value", "It is odd.", "Look.", "Det er sært.", "Se efter.")
FOUND = Outcome((GONE.at("PID-3.4", what="100%, a\nb\x00"), ODD.at()))
NOTHING = Outcome()


def test_text():
    assert render(Outcome((GONE.at("PID-3.4", what="CX"), ODD.at()))) == (
        "error SAM-TST-101 PID-3.4  It is gone: CX. -> Send it.\nwarning SAM-TST-102  It is odd. -> Look."
    )


def test_text_in_danish():
    assert render(Outcome((ODD.at(),)), "text", "da") == "warning SAM-TST-102  Det er sært. -> Se efter."


def test_json_is_an_operation_outcome():
    made = json.loads(render(FOUND, "json"))
    assert made["resourceType"] == "OperationOutcome"
    assert [issue["severity"] for issue in made["issue"]] == ["error", "warning"]


def test_junit_fails_on_errors_alone():
    suite = ET.fromstring(render(FOUND, "junit")).find("testsuite")
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    first, second = suite
    assert first.get("name") == "PID-3.4"
    assert first.find("failure").text == "It is gone: 100%, a\nb\ufffd. -> Send it."
    assert second.find("system-out").text == "warning: It is odd. -> Look."


def test_junit_passes_when_nothing_was_found():
    suite = ET.fromstring(render(NOTHING, "junit")).find("testsuite")
    assert (suite.get("tests"), suite.get("failures"), len(suite)) == ("1", "0", 1)


def test_github_annotations_are_escaped():
    assert render(FOUND, "github").splitlines() == [
        "::error title=SAM-TST-101::PID-3.4: It is gone: 100%25, a%0Ab\x00. -> Send it.",
        "::warning title=SAM-TST-102::It is odd. -> Look.",
    ]


@pytest.mark.parametrize("shape", FORMATS)
def test_every_format_renders_nothing_found(shape):
    assert isinstance(render(NOTHING, shape), str)


def test_an_unknown_format_is_an_error():
    with pytest.raises(KeyError):
        render(NOTHING, "nonsense")
