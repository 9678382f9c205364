"""What the kit is made of: its own distribution and everything that needs, as installed."""

import importlib.metadata
import re
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError
from typing import Any

from packaging.requirements import Requirement

__all__ = ["Components", "components", "licence_of"]

Components = dict[str, dict[str, str]]
_NAME = re.compile(r"[-_.]+")


@cache
def components(root: str = "samspil-conformance") -> Components:
    """Version and licence of a distribution and of all it needs, by name, as far as they are installed here.

    What it needs is what its requirements name for this Python and this machine, with the extras that they ask for.
    """
    found: Components = {}
    seen: set[tuple[str, str]] = set()
    waiting = [(root, "")]
    while waiting:
        name, extra = waiting.pop()
        key = _NAME.sub("-", name).lower()
        if (key, extra) in seen:
            continue
        seen.add((key, extra))
        try:
            one = importlib.metadata.distribution(name)
        except PackageNotFoundError:
            continue
        found[key] = {"version": one.version, "licence": licence_of(one)}
        for need in map(Requirement, one.requires or []):
            if need.marker is None or need.marker.evaluate({"extra": extra}):
                waiting += [(need.name, each) for each in ("", *need.extras)]
    return dict(sorted(found.items()))


def licence_of(one: Distribution) -> str:
    """The licence that a distribution states, on one line."""
    told: Any = one.metadata  # an email message; its stub says less
    short: str = told.get("License-Expression") or (told.get("License") or "").strip().partition("\n")[0][:80]
    lines: list[str] = told.get_all("Classifier") or []
    return short or ", ".join(line.rpartition(" :: ")[2] for line in lines if line.startswith("License ::"))
