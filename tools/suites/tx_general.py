"""HL7's terminology server tests for every server: mode general, and those without mode."""

from collections.abc import Iterator
from pathlib import Path

from tools.suites import Case
from tools.tx.suite import cases

NAME = "tx-general"
GROUP = "terminology"


def run(folder: Path) -> Iterator[Case]:
    """Run the tests; a case is a test."""
    yield from cases(folder, "general", "")
