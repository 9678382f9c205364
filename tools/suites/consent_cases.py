"""The published consent cases: LEAP-CDS, the connectathon of 2020, IHE PCF, each under the profile of its source."""

import json
from collections.abc import Iterator
from pathlib import Path

from samspil_consent.cases import run_case
from tools.suites import Case, attempt

NAME = "consent-cases"
GROUP = "consent"


def run(folder: Path) -> Iterator[Case]:
    """Decide every case that publishes a decision; a case is a file, and agrees when all its variants do."""
    for file in sorted((folder / "consent" / "cases").rglob("*.json")):
        case = json.loads(file.read_text(encoding="utf-8"))
        if publishes(case):
            yield attempt(str(case["id"]), lambda case=case: check(case))


def publishes(case: dict[str, object]) -> bool:
    """Whether a case says what should be decided."""
    expected = case["expected"]
    return isinstance(expected, dict) and (expected.get("decision") is not None or bool(expected.get("variants")))


def check(case: dict[str, object]) -> str | None:
    """Why a case is not decided as published, else None."""
    return next((result.why for result in run_case(case) if result.agrees is False), None)
