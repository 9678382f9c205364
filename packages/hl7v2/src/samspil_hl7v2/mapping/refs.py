"""Source positions as the tables write them: `PID-5`, `PID-3.1.2`, `CX.4`, `CX.4.2`, `PID`, `OBR-2`, `HD-3`."""

from __future__ import annotations

import re
from typing import NamedTuple

_REF = re.compile(r"([A-Z][A-Z0-9]{1,2})(?:[-.](\d+))?(?:\.(\d+))?(?:\.(\d+))?$")


class Ref(NamedTuple):
    """`name` is a segment or datatype; `parts` its numbers: field, component, sub-component (or component, sub-component)."""

    name: str
    parts: tuple[int, ...]

    def __str__(self) -> str:
        parts = ".".join(map(str, self.parts))
        return f"{self.name}-{parts}" if parts else self.name


def parse_ref(text: str) -> Ref | None:
    """The position a table names; None where `text` is none.

    >>> parse_ref("PID-3.1")
    Ref(name='PID', parts=(3, 1))
    """
    found = _REF.match(text)
    if not found:
        return None
    name, *numbers = found.groups()
    return Ref(name, tuple(int(number) for number in numbers if number))
