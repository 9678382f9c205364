"""The page of commands says what `--help` says."""

import pytest

from tools import cli_reference
from tools.generated import is_current
from tools.projects import ROOT


def test_the_page_of_commands_is_current(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    assert is_current(ROOT / cli_reference.PAGE, cli_reference.page), "run `make pages`"
