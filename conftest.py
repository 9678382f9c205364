"""In CI a test may not skip silently: absent corpora are a reason, as they do not travel with the repository.

So is a server or tool that CI could not install, where it says so in SAMSPIL_CI_LACKS.
"""

import os
from collections.abc import Iterator

import pytest

ALLOWED = ("corpora", "machine") if os.environ.get("SAMSPIL_CI_LACKS") else ("corpora",)


def _forbid_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure, unless its reason begins with a word that is allowed."""
    if not os.environ.get("SAMSPIL_CI") or report.outcome != "skipped" or hasattr(report, "wasxfail"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if not reason.removeprefix("Skipped: ").startswith(ALLOWED):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    """Look at the report of a test."""
    report = yield
    _forbid_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Iterator[None]:
    """Look at the report of a file, which skips as a whole with importorskip."""
    report = yield
    _forbid_skip(report)
    return report
