"""The figures of docs/status.md on the HL7 v2-to-FHIR guide are those that the tables have."""

import os
from pathlib import Path

import pytest

from tools.corpora import DEFAULT
from tools.guide_coverage import table
from tools.status import PAGE


def test_the_coverage_in_the_status_page_is_measured() -> None:
    """What stands between the markers is what `python -m tools.guide_coverage` writes."""
    folder = Path(os.environ.get("SAMSPIL_CORPORA") or DEFAULT)
    if not (folder / "hl7v2" / "ig-mappings").is_dir():
        pytest.skip("corpora: the guide's tables are not there")
    assert table(folder) in PAGE.read_text(encoding="utf-8")
