"""Run the corpora: `python -m tools.corpora [GROUP or NAME]`.

The corpora are other people's messages and resources. They do not travel with the repository; SAMSPIL_CORPORA names
their folder. The exit status says whether the suites ran (2: they could not); the figures say how well.
"""

import importlib
import json
import os
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from tools import status, suites
from tools.projects import ROOT
from tools.suites import Case

DEFAULT = ROOT.parent / "shared" / "corpora"
RESULT = ROOT / "build" / "corpora.json"


class Suite(Protocol):
    """What a module in tools/suites holds."""

    NAME: str
    GROUP: str

    def run(self, folder: Path) -> Iterator[Case]:
        """Yield the cases."""
        ...


def main(wanted: str = "") -> None:
    """Run the suites of a group or the one named, or all of them, and keep the result."""
    folder = Path(os.environ.get("SAMSPIL_CORPORA") or DEFAULT)
    if not folder.is_dir():
        _stop(f"the corpora are not there: {folder} is no folder. Name it: SAMSPIL_CORPORA=/path make corpora")
    chosen = [suite for suite in load() if wanted in ("", suite.NAME, suite.GROUP)]
    if not chosen:
        _stop(
            f"there is no suite {wanted or 'at all'}. There are: {', '.join(suite.NAME for suite in load()) or 'none'}"
        )
    results = [measure(suite, folder) for suite in chosen]
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps({"suites": results}, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    if not wanted and folder.resolve() == DEFAULT.resolve():
        status.write(results)


def load() -> list[Suite]:
    """Import every suite, in the order of their files."""
    names = (module.name for module in pkgutil.iter_modules(suites.__path__, "tools.suites."))
    return [importlib.import_module(name) for name in names]


def measure(suite: Suite, folder: Path) -> dict[str, object]:
    """Run one suite and print its line."""
    cases = list(_guarded(suite, folder.resolve()))
    failed = [{"id": name, "why": why} for name, why in cases if why is not None]
    passed = len(cases) - len(failed)
    print(f"{suite.NAME} {passed}/{len(cases)}", flush=True)
    return {"name": suite.NAME, "passed": passed, "total": len(cases), "failed": failed}


def _guarded(suite: Suite, folder: Path) -> Iterator[Case]:
    """Yield the cases; when the suite itself breaks, that is one more failed case."""
    try:
        yield from suite.run(folder)
    except Exception as error:  # noqa: BLE001 - whatever a suite does, the next one runs
        yield "the suite itself", f"{type(error).__name__}: {error}"


def _stop(why: str) -> None:
    print(why, file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    main(*sys.argv[1:2])
