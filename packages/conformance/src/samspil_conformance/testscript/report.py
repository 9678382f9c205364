"""The report of a run as a FHIR TestReport. https://hl7.org/fhir/R4/testreport.html."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from .results import Result, ScriptReport, Verdict

__all__ = ["as_test_report"]

Json = dict[str, Any]
_CODES: Mapping[Verdict, str] = {
    "pass": "pass",
    "fail": "fail",
    "warning": "warning",
    "skip": "skip",
    "error": "error",
    "inconclusive": "skip",
}


def as_test_report(report: ScriptReport, *, issued: datetime, system: str = "", tester: str = "") -> Json:
    """The TestReport of a script. What was inconclusive is skipped, its message says why, and the report is pending.

    `score` is the share of asserts that passed, in percent.
    """
    script = report.script
    asserts = report.asserts
    passed = sum(each.verdict == "pass" for each in asserts)
    said = {"pass": "pass", "warning": "pass", "inconclusive": "pending", "skip": "pending"}
    made: Json = {
        "resourceType": "TestReport",
        "name": script.name,
        "status": "completed",
        "testScript": {"reference": script.url} if script.url else {"display": script.name},
        "result": said.get(report.verdict, "fail"),
        "issued": issued.isoformat(),
    }
    if asserts:
        made["score"] = (Decimal(100 * passed) / len(asserts)).quantize(Decimal("0.01"))
    if tester:
        made["tester"] = tester
    engine: Json = {"type": "test-engine", "uri": "urn:samspil:conformance", "display": "Samspil"}
    made["participant"] = [
        engine,
        *([{"type": "client" if script.judges_client else "server", "uri": system}] if system else []),
    ]
    results = {each.place: each for each in report.results}
    for section in script.sections:
        actions = [_action(results[each.place]) for each in section.actions if each.place in results]
        if not actions:
            continue
        if section.kind == "test":
            named = {"name": section.name, "description": section.description}
            made.setdefault("test", []).append(
                {**{key: value for key, value in named.items() if value}, "action": actions}
            )
        elif section.kind == "setup":
            made["setup"] = {"action": actions}
        else:
            operations = [each for each in actions if "operation" in each]
            made |= {"teardown": {"action": operations}} if operations else {}
    return made


def _action(result: Result) -> Json:
    message = f"inconclusive: {result.message}" if result.verdict == "inconclusive" else result.message
    told: Json = {"result": _CODES[result.verdict]}
    told["message"] = f"{result.place}: {message}" if message else result.place
    return {"operation" if result.kind == "operation" else "assert": told}


def summary(reports: Sequence[ScriptReport]) -> Mapping[Verdict, int]:
    """How many scripts came to each verdict."""
    made: dict[Verdict, int] = {}
    for report in reports:
        made[report.verdict] = made.get(report.verdict, 0) + 1
    return made
