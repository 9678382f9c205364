"""HL7's invalid validator cases in JSON, R4 and R4B: whether each expected error is found at its exact place."""

from collections.abc import Iterator
from pathlib import Path

from tools.suites import Case
from tools.validator_cases import checks, located

NAME = "validator-r4-json-located"
GROUP = "validation"


def run(folder: Path) -> Iterator[Case]:
    """Yield a case a check that expects errors."""
    for check in checks(folder, ("R4", "R4B"), "json"):
        if not check.valid:
            yield check.name, located(check)
