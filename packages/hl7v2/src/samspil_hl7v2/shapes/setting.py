"""What the functions of shapes know of a message beside its texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple
from zoneinfo import ZoneInfo

from samspil_hl7v2.primitives import Dated


class Setting(NamedTuple):
    """As much of a `Context` as primitives and named rules read; what they would note there, the function knows already."""

    codec: str
    zone: ZoneInfo | None
    offset: str
    now: str | None
    coding_systems: dict[str, str]
    dated: Callable[[str], Dated | None]
    """Reads a date or time in this zone, by this offset."""
    translator: None = None

    def note(self, position: int, reason: str, row: int, detail: str) -> None:
        """Do nothing."""

    def issue(self, position: int, issue: object) -> None:
        """Do nothing."""
