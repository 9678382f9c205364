"""A suite gives the same verdicts under pytest-bdd as by the kit's own executor."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

HERE = Path(__file__).parent

CONFTEST = """
import sys
sys.path.insert(0, {here!r})
import pytest
from conftest_kit import system
@pytest.fixture(scope="session")
def conformance_sut():
    return system()
"""

TEST = """
from pytest_bdd import scenarios
from kit.steps import *
scenarios({folder!r})
"""

EXPECTED = {"pass": 6, "skipped": 2}


def test_pytest_bdd_agrees_with_the_executor(run, tmp_path) -> None:
    """Pending and warning are words of the kit's own: under pytest such a scenario passes."""
    (tmp_path / "conftest_kit.py").write_text((HERE / "conftest.py").read_text())
    (tmp_path / "conftest.py").write_text(CONFTEST.format(here=str(HERE)))
    (tmp_path / "test_suite.py").write_text(TEST.format(folder=str(HERE / "kit" / "suite")))
    command = [sys.executable, "-m", "pytest", "-p", "samspil_conformance.plugin", "-p", "no:cacheprovider", "-q"]
    done = subprocess.run(
        [*command, "--clock", "2026-01-01T09:00:00Z", "--junit-xml", "out.xml", "-c", "/dev/null", "--rootdir", "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    cases = ET.parse(tmp_path / "out.xml").findall(".//testcase")
    skipped = sum(case.find("skipped") is not None for case in cases)
    results = [one.result for one in run.scenarios.values()]
    # two scenarios of the suite have one title, of which pytest-bdd keeps the last alone
    assert (len(cases), skipped) == (len(results) - 2, sum(one in {"skipped", "not-applicable"} for one in results))
