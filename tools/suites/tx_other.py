"""HL7's terminology server tests that no server is asked to pass: OMOP, ICD-11, and the reference server's own."""

from collections.abc import Iterator
from pathlib import Path

from tools.suites import Case
from tools.tx.suite import cases

NAME = "tx-other"
GROUP = "terminology"


def run(folder: Path) -> Iterator[Case]:
    """Run the tests; a case is a test."""
    yield from cases(folder, "omop", "icd-11", "tx.fhir.org", "general+tx.fhir.org")
