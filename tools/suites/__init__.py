"""The suites that `make corpora` runs, one file a suite.

A suite is a module with `NAME` (such as "hl7v2-identity"), `GROUP` (such as "hl7v2") and `run(folder)`, which yields a
pair a case: its id, and None when it passed or else why it did not. `folder` is the folder of all corpora.
"""

from collections.abc import Callable

Case = tuple[str, str | None]


def attempt(name: str, check: Callable[[], str | None]) -> Case:
    """Run the check of one case; a crash is a failure of this case alone."""
    try:
        return name, check()
    except Exception as error:  # noqa: BLE001 - whatever a case does, the next one runs
        return name, f"{type(error).__name__}: {error}"
