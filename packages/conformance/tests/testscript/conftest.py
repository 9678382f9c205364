"""What the tests of the TestScript runner share."""

from collections.abc import Callable
from typing import Any

import pytest
from testscript_support import NOW, PATIENT

from samspil_conformance.testscript import ScriptReport, Settings, demo, run_script
from samspil_conformance.testscript.script import Script


@pytest.fixture
def run() -> Callable[..., ScriptReport]:
    """Runs a script against the demonstration server, which holds one patient; or against another application."""

    def go(script: Script, app: Any = None, client: Any = None, **settings: Any) -> ScriptReport:
        with demo.target_of(app or demo.application([PATIENT])) as target:
            return run_script(script, target, Settings(now=NOW, uuid=lambda: "u-1", **settings), client)

    return go
