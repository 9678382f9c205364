"""The self-test figures that travel with the suites: kill rate and false alarms of each suite, by its digest."""

import json
from functools import cache
from typing import Any

from . import data
from .suite import Suite

__all__ = ["FILE", "figures"]

FILE = "selftest.json"


def figures(suite: Suite) -> dict[str, Any] | None:
    """What the self-test measured of exactly this version of a suite; None where it was not measured."""
    found = _all().get(suite.id)
    return found if found and found["digest"] == suite.digest else None


@cache
def _all() -> dict[str, Any]:
    path = data.folder() / FILE
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
