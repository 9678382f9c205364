"""What reading a text gives: the resource, the findings, and the line of each place on demand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from samspil_core import Outcome

__all__ = ["Document", "Lines"]

Lines = Callable[[], Mapping[str, tuple[int, int]]]
"""Gives the line and column, from 1, of each FHIRPath place of a text; called once, when the first one is asked for."""


def _none() -> Mapping[str, tuple[int, int]]:
    return {}


@dataclass(slots=True)
class Document:
    """A text that was read. `resource` is None when nothing could be made of it; `outcome` says why."""

    resource: dict[str, Any] | None
    outcome: Outcome
    format: Literal["json", "xml"] = "json"
    lines: Lines = field(default=_none, repr=False)
    _known: Mapping[str, tuple[int, int]] | None = field(default=None, init=False, repr=False)

    def line(self, where: str) -> tuple[int, int] | None:
        """The line and column, from 1, of a FHIRPath place as findings give it, or of what it stands in.

        None when the text does not have the outermost step of the place either.
        """
        if self._known is None:
            self._known = self.lines()
        while where:
            found = self._known.get(where)
            if found is not None:
                return found
            where = _up(where)
        return None


def _up(where: str) -> str:
    """The place one step out: `a.b[0]` gives `a.b`, `a.b` gives `a`."""
    return where[: where.rindex("[")] if where.endswith("]") and "[" in where else where.rpartition(".")[0]
