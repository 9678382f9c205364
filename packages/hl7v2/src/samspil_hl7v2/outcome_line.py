"""The report line of an input that could not be read at all."""

from __future__ import annotations

from samspil_core.jsontext import dumps
from samspil_core.outcome import Issue, Outcome, to_operation_outcome

from .report import failed_report


def unreadable_line(source: str, issue: Issue) -> bytes:
    """The line of `--report` for a file that the system would not read."""
    outcome = to_operation_outcome(Outcome((issue,)))
    return dumps({"source": source, "index": 0, **failed_report().as_dict(), "outcome": outcome})
