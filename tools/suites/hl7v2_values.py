"""As `hl7v2-microsoft`, for the bundles of Google's, PHDI's and ReportStream's converters and the guide's own example."""

from collections.abc import Iterator
from pathlib import Path

from tools.suites import Case
from tools.values import by_value

NAME = "hl7v2-values"
GROUP = "hl7v2"
ORIGINS = ("google-whistle", "cdc-phdi", "cdc-reportstream", "hl7-v2-to-fhir-ig")


def run(folder: Path) -> Iterator[Case]:
    """Yield each value of each expected bundle that the message holds."""
    for origin in ORIGINS:
        yield from by_value(folder, origin)
