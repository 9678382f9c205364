"""The requirement matrix of a run: every requirement of the suite's files, each with exactly one status."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .reasons import danish
from .run import Run, ScenarioResult
from .verdict import together

__all__ = ["STATUSES", "Row", "matrix", "matrix_csv"]

STATUSES = (
    "pass",
    "fail",
    "warning",
    "pending",
    "skipped",
    "error",
    "not-applicable",
    "not-run",
    "other-suite",
    "not-tested",
)
"""Seven results of tests that ran; tests left out of the run; tests of another suite; no test, for a reason."""

COLUMNS = ("requirement", "source", "text", "status", "method", "reason", "severity", "tests", "exchanges")


@dataclass(frozen=True)
class Row:
    """One requirement: its status, why, the scenarios that test it, and the exchanges that show it."""

    id: str
    source: str
    url: str
    text: Mapping[str, str]
    status: str
    method: str
    reason: Mapping[str, str]
    severity: str
    tests: tuple[str, ...]
    exchanges: tuple[int, ...]


def matrix(run: Run) -> list[Row]:
    """The rows, in the order of the requirement files."""
    return [_row(event, run) for event in run.of("requirement")]


def matrix_csv(run: Run, language: str = "en") -> bytes:
    """The matrix as CSV (RFC 4180), in UTF-8 with a byte order mark, so that spreadsheets read its letters right."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in matrix(run):
        words = (row.id, row.source, row.text[language], row.status, row.method, row.reason[language], row.severity)
        writer.writerow([*map(_cell, words), " ".join(row.tests), " ".join(map(str, row.exchanges))])
    return text.getvalue().encode("utf-8-sig")


def _cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@"} else text


def _row(event: Mapping[str, Any], run: Run) -> Row:
    ran = [run.scenarios[name] for name in event["tests"] if name in run.scenarios]
    status, reason = _status(event, ran)
    return Row(
        id=event["id"],
        source=event["source"],
        url=event["url"],
        text=event["text"],
        status=status,
        method=_method(ran),
        reason=reason,
        severity=min((one.graded for one in ran), default=""),
        tests=tuple(one.id for one in ran),
        exchanges=tuple(number for one in ran for number in one.exchanges),
    )


def _method(ran: list[ScenarioResult]) -> str:
    """How it was found out: by the kit, by a person, by both, or not at all."""
    asked = [bool(one.questions) for one in ran if one.result != "not-applicable"]
    if not asked:
        return "none"
    if all(asked):
        return "attested"
    return "tested and attested" if any(asked) else "tested"


def _status(event: Mapping[str, Any], ran: list[ScenarioResult]) -> tuple[str, dict[str, str]]:
    if ran:
        status = together(one.result for one in ran)
        told = [one for one in ran if one.result == status and one.reason]
        return status, {
            "en": "; ".join(f"{one.id}: {one.reason}" for one in told),
            "da": "; ".join(f"{one.id}: {danish(one.reason)}" for one in told),
        }
    if event["tests"]:
        return "not-run", {"en": "its tests were left out of this run", "da": "dets test blev udeladt af denne kørsel"}
    if event["elsewhere"]:
        names = ", ".join(event["elsewhere"])
        return "other-suite", {"en": f"tested by {names}", "da": f"testes af {names}"}
    reason = event.get("untested", {"en": "no reason is given", "da": "ingen begrundelse er givet"})
    return "not-tested", {"en": reason["en"], "da": reason["da"]}
