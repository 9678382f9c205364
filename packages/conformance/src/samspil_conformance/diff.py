"""Two runs compared, requirement by requirement."""

from dataclasses import dataclass
from typing import Literal

from .matrix import matrix
from .run import Run

__all__ = ["Change", "changes"]

Direction = Literal["better", "worse", "other"]

_RANK = {"fail": 0, "error": 1, "pending": 2, "skipped": 2, "warning": 3, "pass": 4}


@dataclass(frozen=True)
class Change:
    """A requirement whose status is another one in the second run; `-` where a run does not know it."""

    id: str
    source: str
    before: str
    after: str
    direction: Direction
    why: str


def changes(first: Run, second: Run) -> list[Change]:
    """What changed from the first run to the second, in the order of the requirement files."""
    before = {row.id: row for row in matrix(first)}
    after = {row.id: row for row in matrix(second)}
    found: list[Change] = []
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name), after.get(name)
        old_status, new_status = old.status if old else "-", new.status if new else "-"
        if old_status == new_status:
            continue
        row = new or old
        assert row is not None  # noqa: S101  the name comes from one of them
        why = new.reason["en"] if new else ""
        found.append(Change(name, row.source, old_status, new_status, _direction(old_status, new_status), why))
    return found


def _direction(before: str, after: str) -> Direction:
    if before not in _RANK or after not in _RANK or _RANK[before] == _RANK[after]:
        return "other"
    return "better" if _RANK[after] > _RANK[before] else "worse"
