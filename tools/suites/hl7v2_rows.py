"""The oracle of rows: each row of the guide, shown by a message with about that one field, its element computed from the CSV.

`python -m tools.rows` prints how many agree outright and how many a reason settles, and each reason.
"""

from collections.abc import Iterator
from pathlib import Path

from tools.rows.running import run as rows
from tools.suites import Case

NAME = "hl7v2-rows"
GROUP = "hl7v2"


def run(folder: Path) -> Iterator[Case]:
    """A case is a row of the guide's tables that has a target."""
    for each in rows(folder):
        yield each.id, each.why if each.state == "differs" else None
