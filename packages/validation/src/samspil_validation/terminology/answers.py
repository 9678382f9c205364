"""What is known of a value set: the codes in it, and the systems of which not all is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from samspil_validation.context import IN, OUT, UNKNOWN, Membership

from .grammars import GRAMMARS

__all__ = ["Members"]


@dataclass(slots=True)
class Members:
    """The codes of a value set by system. `open` are systems with codes nobody here knows; "*" stands for all.

    `grammars` are the systems of which every well-formed code is in; `folded` those whose codes ignore case, and
    whose sets are in lower case; `barred` the codes that are excluded whatever else is said.
    """

    codes: dict[str, frozenset[str]] = field(default_factory=dict[str, "frozenset[str]"])
    open: frozenset[str] = frozenset()
    grammars: frozenset[str] = frozenset()
    folded: frozenset[str] = frozenset()
    barred: dict[str, frozenset[str]] = field(default_factory=dict[str, "frozenset[str]"])
    why: str = ""

    def has(self, system: str, code: str) -> Membership:
        """Whether the set has a code of a system."""
        known = self.codes.get(system)
        if known is not None and (code in known or (system in self.folded and code.lower() in known)):
            return IN
        if system in self.grammars and code not in self.barred.get(system, ()):
            return IN if GRAMMARS[system](code) else OUT
        if system in self.open or "*" in self.open:
            return OUT if code in self.barred.get(system, ()) else UNKNOWN
        return OUT

    def has_plain(self, code: str) -> Membership:
        """Whether the set has this code in any of its systems: for elements of type code, string and uri."""
        found = OUT
        for system in {*self.codes, *self.grammars, *self.open}:
            answer = self.has(system, code)
            if answer == IN:
                return IN
            found = UNKNOWN if answer == UNKNOWN else found
        return found

    @property
    def plain(self) -> frozenset[str] | None:
        """All codes without their systems, or None when they are not all known or cannot be listed."""
        if self.open or self.grammars or self.folded:
            return None
        return frozenset[str]().union(*self.codes.values())

    def as_json(self) -> dict[str, Any]:
        """For the cache."""
        return {
            "codes": {system: sorted(codes) for system, codes in self.codes.items()},
            "open": sorted(self.open),
            "grammars": sorted(self.grammars),
            "folded": sorted(self.folded),
            "barred": {system: sorted(codes) for system, codes in self.barred.items()},
            "why": self.why,
        }

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Members:
        """From the cache."""
        return Members(
            {system: frozenset(codes) for system, codes in data["codes"].items()},
            frozenset(data["open"]),
            frozenset(data["grammars"]),
            frozenset(data["folded"]),
            {system: frozenset(codes) for system, codes in data["barred"].items()},
            data["why"],
        )
