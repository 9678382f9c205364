"""Write the coverage of the HL7 v2-to-FHIR guide into docs/status.md, between its markers: `python -m tools.guide_coverage`."""

import os
import re
from pathlib import Path

from samspil_hl7v2.coverage import KINDS, measure
from tools.corpora import DEFAULT
from tools.status import PAGE

BEGIN, END = "<!-- guide:begin -->", "<!-- guide:end -->"
STATUSES = ("implemented", "conditioned", "deviating", "missing")


def table(folder: Path) -> str:
    """The figures as a Markdown table, a line for each kind of map."""
    found = measure(folder / "hl7v2" / "ig-mappings")
    rows: list[str] = []
    for kind in KINDS:
        maps = [each for each in found if each.kind == kind]
        counts = [
            sum(len(each.rows) for each in maps),
            *(sum(each.count(status) for each in maps) for status in STATUSES),
        ]
        rows.append(f"| {kind} | {len(maps)} | {' | '.join(f'{count:,}' for count in counts)} |")
    head = "| maps | number | rows | implemented | of these, under another condition | deviating | missing |"
    return "\n".join([BEGIN, head, "|---|---:|---:|---:|---:|---:|---:|", *rows, END])


def main() -> None:
    """Replace what stands between the markers."""
    folder = Path(os.environ.get("SAMSPIL_CORPORA") or DEFAULT)
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(re.sub(f"{BEGIN}.*{END}", lambda _: table(folder), text, flags=re.DOTALL), encoding="utf-8")


if __name__ == "__main__":
    main()
