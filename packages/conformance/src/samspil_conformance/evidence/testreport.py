"""A run as a FHIR R4 TestReport.

https://hl7.org/fhir/R4/testreport.html

R4 has no element for a requirement: the ids stand in the description of each test. (R6 has `assert.requirement`.)
"""

import json
from collections.abc import Mapping
from typing import Any

from samspil_conformance.run import Run, ScenarioResult

__all__ = ["as_bytes", "as_test_report"]

_ACTION: Mapping[str, str] = {
    "pass": "pass",
    "fail": "fail",
    "warning": "warning",
    "error": "error",
    "skipped": "skip",
    "not-applicable": "skip",
    "pending": "skip",
    "not-run": "skip",
}
_RESULT = {"approved": "pass", "not-approved": "fail", "pending": "pending"}


def as_test_report(run: Run) -> dict[str, Any]:
    """The TestReport, valid against the R4 definition."""
    head = run.head
    judged = [one for one in run.scenarios.values() if one.result in {"pass", "fail", "warning"}]
    report: dict[str, Any] = {
        "resourceType": "TestReport",
        "id": f"run-{run.id}",
        "identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:samspil:run:{run.id}"},
        "name": f"{head['suite']['id']} {head['suite']['version']}: {head['sut']['name']} {head['sut']['version']}",
        "status": "completed",
        "testScript": {"display": f"{head['suite']['title']['en']} ({head['suite']['digest']})"},
        "result": _RESULT[run.approval],
        "issued": head["clock"]["started"],
        "participant": _participants(head),
        "test": [_test(one) for one in run.scenarios.values()],
    }
    if judged:
        report["score"] = round(100 * sum(one.result != "fail" for one in judged) / len(judged), 2)
    if head["sut"]["tester"]:
        report["tester"] = head["sut"]["tester"]
    return report


def as_bytes(run: Run) -> bytes:
    """The TestReport as JSON."""
    return (json.dumps(as_test_report(run), indent=2, ensure_ascii=False) + "\n").encode()


def _participants(head: Mapping[str, Any]) -> list[dict[str, str]]:
    engine = f"samspil-conformance {head['packages']['samspil-conformance']}"
    system = f"{head['sut']['company']} {head['sut']['name']} {head['sut']['version']}"
    kinds = ["server" if "server" in head["modes"] or "files" in head["modes"] else "client"]
    return [
        {"type": "test-engine", "uri": "urn:samspil:conformance", "display": engine},
        *({"type": kind, "uri": head.get("base") or "urn:samspil:sut", "display": system} for kind in kinds),
    ]


def _test(one: ScenarioResult) -> dict[str, Any]:
    actions = [_action(step) for step in one.steps]
    whole = {"assert": _assert(one.result, one.reason or one.result, one.id)}
    return {
        "id": "".join(letter if letter.isalnum() or letter in "-." else "-" for letter in one.id)[:64].strip("-"),
        "name": one.title["en"],
        "description": f"{one.id}, {one.graded}, {one.result}; requirements: {', '.join(one.requirements)}",
        "action": [*actions, whole],
    }


def _action(step: Mapping[str, Any]) -> dict[str, Any]:
    text = f"{step['keyword']} {step['text']}"
    reason = step.get("reason")
    return {"assert": _assert(step["result"], f"{text}: {reason}" if reason else text, f"step-{step.get('step', 0)}")}


def _assert(result: str, message: str, detail: str) -> dict[str, str]:
    return {"result": _ACTION[result], "message": message, "detail": detail}
