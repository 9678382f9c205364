"""A generated page of the docs: written by a tool, held current by a test."""

import sys
from collections.abc import Callable
from pathlib import Path

from tools.projects import ROOT


def main(path: str, make: Callable[[], str]) -> None:
    """Write the page with --write; else say whether it is current, with status 1 when it is not."""
    page = ROOT / path
    if sys.argv[1:] == ["--write"]:
        page.write_text(make(), encoding="utf-8")
        print(path)
    elif not is_current(page, make):
        sys.exit(f"{path} is not current: run `make pages`")


def is_current(page: Path, make: Callable[[], str]) -> bool:
    """Tell whether the page holds what the tool would write."""
    return page.exists() and page.read_text(encoding="utf-8") == make()
