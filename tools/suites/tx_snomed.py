"""HL7's terminology server tests of SNOMED CT and its expression constraint language."""

from collections.abc import Iterator
from pathlib import Path

from tools.suites import Case
from tools.tx.suite import cases

NAME = "tx-snomed"
GROUP = "terminology"


def run(folder: Path) -> Iterator[Case]:
    """Run the tests; a case is a test."""
    yield from cases(folder, "snomed")
