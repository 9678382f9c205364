"""HL7's own suites, one test a case."""

import os
from pathlib import Path

import pytest

from tools.fhirpath_cases import TestCase, check, load

CORPORA = Path(os.environ.get("SAMSPIL_CORPORA") or Path(__file__).parents[4] / "shared" / "corpora")
THERE = (CORPORA / "validation" / "fhir-test-cases" / "fhirpath").is_dir()
CASES = [case for release in ("R4", "R5") for case in load(CORPORA, release)] if THERE else []
KNOWN = {
    "HighBoundaryDateTimeMillisecond1": "the suite says 08:00:59.999, the specification 08:59:59.999",
    "txTest01": "%terminologies is what the environment brings, and the suite brings no terminology",
    "txTest02": "%terminologies is what the environment brings, and the suite brings no terminology",
}


def marked(case: TestCase) -> object:
    why = next((why for name, why in KNOWN.items() if case.id.endswith("-" + name)), None)
    marks = [pytest.mark.xfail(reason=why, strict=True)] if why else []
    return pytest.param(case, id=f"{case.release}-{case.id}", marks=marks)


@pytest.mark.skipif(not THERE, reason="corpora are not there")
def test_there_are_cases() -> None:
    assert CASES


@pytest.mark.parametrize("case", [marked(case) for case in CASES])
def test_case(case: TestCase) -> None:
    """A case of HL7's suite gives what the suite says it gives."""
    assert check(case) is None
