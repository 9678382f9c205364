"""A finding code means one thing forever: it is well formed, registered and documented."""

import re

from samspil_core.findings import load_all
from tools import findings
from tools.generated import is_current
from tools.projects import ROOT, projects

CODE = re.compile(r"\bSAM-[A-Z0-9]{2,4}-[0-9]{3}\b")


def test_codes_are_unique_and_well_formed() -> None:
    codes = [kind.code for kind in load_all()]
    assert len(codes) == len(set(codes))
    assert all(CODE.fullmatch(code) for code in codes)


def test_every_declared_code_is_found_by_its_entry_point() -> None:
    """A package whose module of kinds is not registered would be missing from the page."""
    declared = re.compile(rf'\bkind\(\s*"({CODE.pattern})"')
    texts = [path.read_text(encoding="utf-8") for one in projects() for path in one.source.rglob("*.py")]
    in_source = {code for text in texts for code in declared.findall(text)}
    assert in_source <= {kind.code for kind in load_all()}


def test_the_page_of_codes_is_current() -> None:
    assert is_current(ROOT / findings.PAGE, findings.page), "run `make pages`"
