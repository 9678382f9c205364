"""What reading a text gives: the resource, the findings, and the line of each place on demand."""

from __future__ import annotations

import re
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

        A choice may go by its FHIRPath name (`value` for `valueString`). None when the text does not have the outermost
        step of the place either.
        """
        if self._known is None:
            self._known = self.lines()
        found, at = None, ""
        for step in where.split("."):
            at = self._step(at, step)
            found = self._known.get(at) or self._known.get(at.rpartition("[")[0] if at.endswith("]") else "") or found
        return found

    def _step(self, above: str, step: str) -> str:
        """The place one step further in, under the name the text has for it."""
        at = f"{above}.{step}" if above else step
        if self._known is None or at in self._known:
            return at
        name, bracket, index = step.partition("[")
        stem = re.compile(re.escape(f"{above}.{name}") + "[A-Z][A-Za-z0-9]*" + re.escape(bracket + index))
        return next((each for each in self._known if stem.fullmatch(each)), at.partition("[")[0] if not above else at)
