"""The rows of the HL7 v2-to-FHIR guide: each is carried out, or done otherwise with a reason beside our row."""

from collections.abc import Iterator
from pathlib import Path

from samspil_hl7v2.coverage import measure
from tools.suites import Case

NAME = "hl7v2-guide"
GROUP = "hl7v2"


def run(folder: Path) -> Iterator[Case]:
    """A case is a row of the guide's tables that has a target."""
    for each in measure(folder / "hl7v2" / "ig-mappings"):
        for row in each.rows:
            settled = row.status == "implemented" or (row.status == "deviating" and row.reason)
            yield (
                f"{each.kind}/{each.name}/{row.number}",
                None if settled else f"{row.status}: {row.source} -> {row.target}",
            )
