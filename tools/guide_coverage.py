"""Write what became of the HL7 v2-to-FHIR guide into docs/status.md, between its markers: `python -m tools.guide_coverage`.

The coverage by the tables, what the oracle of rows sees in converted messages, and CDC's pairs.
"""

import os
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from samspil_hl7v2.coverage import KINDS, measure
from tools.corpora import DEFAULT
from tools.rows.reasons import KINDS as REASONS
from tools.rows.running import Outcome, run
from tools.status import PAGE
from tools.suites import hl7v2_cdc

BEGIN, END = "<!-- guide:begin -->", "<!-- guide:end -->"
ROWS_BEGIN, ROWS_END = "<!-- rows:begin -->", "<!-- rows:end -->"
PAIRS_BEGIN, PAIRS_END = "<!-- pairs:begin -->", "<!-- pairs:end -->"
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


def shown(outcomes: Iterable[Outcome]) -> str:
    """What the oracle of rows sees, as a Markdown table."""
    counts = {kind: Counter[str]() for kind in KINDS}
    for each in outcomes:
        counts[each.id.partition("/")[0]][each.state] += 1
    states = ("agrees", *REASONS, "differs")
    rows = [
        f"| {kind} | {found.total():,} | {' | '.join(f'{found[state]:,}' for state in states)} |"
        for kind, found in counts.items()
    ]
    head = "| maps | rows run | shown as the guide has them | mended | otherwise | run by no message | unexplained |"
    return "\n".join([ROWS_BEGIN, head, "|---|---:|---:|---:|---:|---:|---:|", *rows, ROWS_END])


def pairs(folder: Path) -> str:
    """CDC's pairs as a sentence."""
    found = hl7v2_cdc.counts(folder)
    told = (
        f"Of CDC's {found.total} pairs, {found.outright} agree outright, {found.by_value} have each value in question\n"
        f"somewhere in ours, and {found.passed} agree with those that the guide or FHIR decides for us."
    )
    return f"{PAIRS_BEGIN}\n{told}\n{PAIRS_END}"


def main() -> None:
    """Replace what stands between the markers."""
    folder = Path(os.environ.get("SAMSPIL_CORPORA") or DEFAULT)
    text = PAGE.read_text(encoding="utf-8")
    for begin, end, made in (
        (BEGIN, END, table(folder)),
        (ROWS_BEGIN, ROWS_END, shown(run(folder))),
        (PAIRS_BEGIN, PAIRS_END, pairs(folder)),
    ):
        text = re.sub(f"{begin}.*{end}", lambda _, made=made: made, text, flags=re.DOTALL)
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
