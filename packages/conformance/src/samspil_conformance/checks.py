"""How a step judges: one call is one assertion, and the self-test counts that each was seen to hold and to fail."""

import sys
from typing import Any, NoReturn

__all__ = ["Failed", "Inapplicable", "Skipped", "check", "equal", "fail", "sites"]


class Failed(AssertionError):
    """The system does not do what was expected."""

    def __init__(self, expected: str, observed: Any = None) -> None:
        super().__init__(expected)
        self.expected = expected
        self.observed = observed


class Skipped(Exception):
    """A precondition of the scenario is not met."""


class Inapplicable(Exception):
    """The system does not claim what the scenario tests."""


Site = tuple[str, int]
_sites: dict[Site, list[int]] = {}


def check(truth: object, expected: str, *, observed: Any = None) -> None:
    """Judge: raise `Failed` with what was expected and what was observed, unless `truth` holds."""
    _judge(truth, expected, observed)


def equal(observed: Any, expected: Any, what: str) -> None:
    """Judge that two values are the same; `what` names them."""
    _judge(observed == expected, f"{what} is {expected!r}", observed)


def fail(expected: str, *, observed: Any = None) -> NoReturn:
    """Judge that the system does not do what was expected."""
    _judge(False, expected, observed)  # noqa: FBT003  the truth that is judged
    raise AssertionError


def _judge(truth: object, expected: str, observed: Any) -> None:
    frame = sys._getframe(2)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  the cheapest way to who judges
    seen = _sites.setdefault((str(frame.f_globals.get("__name__")), frame.f_lineno), [0, 0])
    if truth:
        seen[0] += 1
        return
    seen[1] += 1
    raise Failed(expected, observed)


def sites() -> dict[Site, tuple[int, int]]:
    """Every assertion judged so far in this process, by module and line: how often it held, how often it failed."""
    return {site: (held, failed) for site, (held, failed) in sorted(_sites.items())}
