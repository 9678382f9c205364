"""The words of a verdict, what several of them come to, and the rule by which a run is approved."""

from collections.abc import Iterable, Mapping
from typing import Literal, get_args

__all__ = ["RESULTS", "SEVERITIES", "Result", "Severity", "approval", "counts", "exit_status", "together"]

Result = Literal["pass", "warning", "not-applicable", "skipped", "pending", "error", "fail"]
Severity = Literal["F1", "F2", "F3", "F4"]

RESULTS: tuple[Result, ...] = get_args(Result)
SEVERITIES: tuple[Severity, ...] = get_args(Severity)

_WEIGHT: dict[Result, int] = {
    "not-applicable": 0,
    "pass": 1,
    "warning": 2,
    "skipped": 3,
    "pending": 4,
    "error": 5,
    "fail": 6,
}


def together(results: Iterable[Result]) -> Result:
    """The one result of several: the gravest; `not-applicable` only where nothing else is there.

    A requirement with one test passed and one skipped is skipped: what was not run is not shown to hold.
    """
    gravest: Result = "not-applicable"
    for one in results:
        gravest = max(gravest, one, key=_WEIGHT.__getitem__)
    return gravest


def counts(results: Iterable[Result]) -> dict[Result, int]:
    """How often each result occurs, every word named."""
    found = list(results)
    return {word: found.count(word) for word in RESULTS}


def approval(graded: Iterable[tuple[Result, Severity]]) -> Literal["approved", "not-approved", "pending"]:
    """Whether a run is approved: failures of F4 alone, nothing left to judge.

    A failure graded F1, F2 or F3 refuses the run. Without one, a scenario that is pending, skipped or could not be judged
    keeps the run pending: an unattended run with questions for a person is never approved. Nothing judged is pending too.
    """
    rows = list(graded)
    if any(result == "fail" and severity != "F4" for result, severity in rows):
        return "not-approved"
    words = {result for result, _ in rows}
    if words & {"pending", "error", "skipped"} or not words & {"pass", "warning", "fail"}:
        return "pending"
    return "approved"


def exit_status(found: Mapping[Result, int]) -> int:
    """The exit status of the command: 0 all judged and none failed, 1 a failure or a question left, 2 could not judge."""
    if found["fail"] or found["pending"]:
        return 1
    return 2 if found["error"] else 0
