"""Why a row of the guide is rightly not shown as it stands: `reasons.csv`, keyed by the guide's row."""

import csv
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).with_name("reasons.csv")
KINDS = {
    "mended": "the guide's cell is no path, URI or code of FHIR, and stands mended",
    "otherwise": "done otherwise, or under another condition",
    "not run": "the map is run by no message",
}


class Reason(NamedTuple):
    """A reason for the rows whose id matches `row` (a regular expression over `segments/PID[Patient]/3`)."""

    row: str
    kind: str
    reason: str


@cache
def table() -> tuple[Reason, ...]:
    """Read the file."""
    with FILE.open(encoding="utf-8", newline="") as lines:
        return tuple(Reason(**cells) for cells in csv.DictReader(lines))


def settled(row: str) -> Reason | None:
    """Give the reason for a row, or none."""
    return next((each for each in table() if re.fullmatch(each.row, row)), None)
