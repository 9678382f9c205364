"""HL7's validator cases in JSON, R4 and R4B: whether we and the Java validator agree on valid or not."""

from collections.abc import Iterator
from pathlib import Path

from tools.suites import Case
from tools.validator_cases import checks, verdict

NAME = "validator-r4-json-verdict"
GROUP = "validation"


def run(folder: Path) -> Iterator[Case]:
    """Yield a case a check."""
    for check in checks(folder, ("R4", "R4B"), "json"):
        yield check.name, verdict(check)
