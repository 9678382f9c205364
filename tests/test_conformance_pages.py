"""The generated pages of the conformance kit say what the suites and requirements say."""

import pytest

from tools import conformance_pages
from tools.generated import is_current
from tools.projects import ROOT


@pytest.mark.parametrize("path", conformance_pages.PAGES)
def test_the_page_is_current(path: str) -> None:
    assert is_current(ROOT / path, conformance_pages.PAGES[path]), "run `make pages`"


def test_every_requirement_of_the_regulation_has_a_row() -> None:
    lines = (ROOT / conformance_pages.CE_MARKING).read_text(encoding="utf-8").splitlines()
    assert sum(line.startswith("| `") for line in lines) == 139
