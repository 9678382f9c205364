"""HL7's FHIRPath test suite of FHIR R4."""

from collections.abc import Iterator
from pathlib import Path

from tools.fhirpath_cases import check, load
from tools.suites import Case, attempt

NAME = "fhirpath-r4"
GROUP = "fhirpath"


def run(folder: Path) -> Iterator[Case]:
    """Evaluate every expression; a case is a test of the suite."""
    for case in load(folder, "R4"):
        yield attempt(case.id, lambda case=case: check(case))
