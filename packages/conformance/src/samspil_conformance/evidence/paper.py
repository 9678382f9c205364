"""The report as PDF/A-3 with the record and the matrix inside.

https://typst.app/docs/reference/pdf/
"""

import json
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from samspil_conformance.matrix import matrix_csv
from samspil_conformance.run import Run

from .outline import outline
from .words import Language

__all__ = ["report_paper"]

TEMPLATE = Path(__file__).with_name("report.typ")


def report_paper(run: Run, language: Language) -> bytes:
    """The paper of a run in a language; the same run gives the same bytes, on any machine with this version of typst."""
    import typst

    started = datetime.fromisoformat(run.head["clock"]["started"])
    told = {**outline(run, language), "year": started.year, "month": started.month, "day": started.day}
    files = {
        "main.typ": TEMPLATE.read_bytes(),
        "report.json": json.dumps(told, ensure_ascii=False).encode(),
        "run.jsonl": run.lines(),
        "matrix.csv": matrix_csv(run, language),
    }
    return cast("Any", typst.compile)(
        files, format="pdf", pdf_standards="a-3b", ignore_system_fonts=True, timestamp=int(started.timestamp())
    )
