"""The page of commands says what `--help` says."""

import subprocess
import sys

from tools.projects import ROOT


def test_the_page_of_commands_is_current() -> None:
    """In a process of its own, because a command remembers the options of its first call."""
    done = subprocess.run(
        [sys.executable, "-m", "tools.cli_reference"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
