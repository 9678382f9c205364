"""What the kit is made of: its own distribution and everything that needs, as installed."""

import importlib.metadata
import re
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError
from typing import Any

__all__ = ["Components", "components", "licence_of"]

Components = dict[str, dict[str, str]]


@cache
def components(root: str = "samspil-conformance") -> Components:
    """Version and licence of a distribution and of all it needs, by name, as far as they are installed here."""
    found: Components = {}
    waiting = [root]
    while waiting:
        name = waiting.pop()
        key = re.sub(r"[-_.]+", "-", name).lower()
        if key in found:
            continue
        try:
            one = importlib.metadata.distribution(name)
        except PackageNotFoundError:
            continue
        found[key] = {"version": one.version, "licence": licence_of(one)}
        waiting += [_name(line) for line in one.requires or [] if "extra ==" not in line]
    return dict(sorted(found.items()))


def _name(requirement: str) -> str:
    return re.split(r"[^\w.-]", requirement, maxsplit=1)[0]


def licence_of(one: Distribution) -> str:
    """The licence that a distribution states, on one line."""
    told: Any = one.metadata  # an email message; its stub says less
    short: str = told.get("License-Expression") or (told.get("License") or "").strip().partition("\n")[0][:80]
    lines: list[str] = told.get_all("Classifier") or []
    return short or ", ".join(line.rpartition(" :: ")[2] for line in lines if line.startswith("License ::"))
