"""What the tests of the TestScript runner share."""

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from samspil_conformance.testscript import ScriptReport, Settings, demo, run_script
from samspil_conformance.testscript.script import Script

sys.path.insert(0, str(Path(__file__).parent))

from scripts import PATIENT

NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)


@pytest.fixture
def run() -> Iterator[Callable[..., ScriptReport]]:
    """Runs a script against the demonstration server, which holds one patient; or against another application."""

    def go(script: Script, app: Any = None, client: Any = None, **settings: Any) -> ScriptReport:
        with demo.target_of(app or demo.application([PATIENT])) as target:
            return run_script(script, target, Settings(now=NOW, uuid=lambda: "u-1", **settings), client)

    return go
