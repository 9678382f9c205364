"""What the functions of shapes know of a message beside its texts."""

from __future__ import annotations

from typing import NamedTuple
from zoneinfo import ZoneInfo

from .clock import Clock, clock


class Setting(NamedTuple):
    """As much of a `Context` as primitives and named rules read; what they would note there, the function knows already."""

    codec: str
    zone: ZoneInfo | None
    offset: str
    now: str | None
    coding_systems: dict[str, str]
    clock: Clock
    """Reads dates and times in this zone, by this offset."""
    head: list[str]
    """The parts of MSH as it reads."""
    translator: None = None

    def common(self) -> Setting:
        """What is the same for all messages of a mapping: nothing but its coding systems."""
        return Setting("", None, "", None, self.coding_systems, clock(None, ""), [])

    def note(self, position: int, reason: str, row: int, detail: str) -> None:
        """Do nothing."""

    def issue(self, position: int, issue: object) -> None:
        """Do nothing."""
