"""The combining algorithms, each a table: how what was said so far and what is said next make one.

An opinion is a set of what may be said, as bits: PERMIT, DENY, NOTHING, and SPECIFIC, a permission that names its
recipient. One bit is certain; several bits mean that it depends on the data.
https://build.fhir.org/codesystem-permission-rule-combining.html (OASIS XACML 3.0, annex C)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

__all__ = ["ALGORITHMS", "DENY", "NOTHING", "PERMIT", "SPECIFIC", "Algorithm", "Table"]

PERMIT: Final = 1
DENY: Final = 2
NOTHING: Final = 4
SPECIFIC: Final = 8
_BITS = (PERMIT, DENY, NOTHING, SPECIFIC)

Table = tuple[tuple[int, ...], ...]
Pair = Callable[[int, int], int]


@dataclass(frozen=True, slots=True)
class Algorithm:
    """One algorithm: its table, whether the newest speaks first, and what silence means in the end."""

    name: str
    table: Table
    newest_first: bool = False
    silence: Literal["nothing", "permit", "deny"] = "nothing"


def _deny_wins(one: int, other: int) -> int:
    if DENY in (one, other):
        return DENY
    return max((one, other), key=(NOTHING, PERMIT, SPECIFIC).index)


def _permit_wins(one: int, other: int) -> int:
    return max((one, other), key=(NOTHING, DENY, PERMIT, SPECIFIC).index)


def _specific_permit_wins(one: int, other: int) -> int:
    return max((one, other), key=(NOTHING, PERMIT, DENY, SPECIFIC).index)


def _first_speaks(one: int, other: int) -> int:
    return other if one == NOTHING else one


def _table(pair: Pair) -> Table:
    """The pairs lifted to sets: every combination of what one and the other may say."""
    return tuple(tuple(_lifted(pair, one, other) for other in range(16)) for one in range(16))


def _lifted(pair: Pair, one: int, other: int) -> int:
    made = 0
    for left in _BITS:
        for right in _BITS:
            if left & one and right & other:
                made |= pair(left, right)
    return made


_DENY_WINS: Final = _table(_deny_wins)
_PERMIT_WINS: Final = _table(_permit_wins)

ALGORITHMS: Final[dict[str, Algorithm]] = {
    each.name: each
    for each in (
        Algorithm("deny-overrides", _DENY_WINS),
        Algorithm("permit-overrides", _PERMIT_WINS),
        Algorithm("ordered-deny-overrides", _DENY_WINS),
        Algorithm("ordered-permit-overrides", _PERMIT_WINS),
        Algorithm("deny-unless-permit", _PERMIT_WINS, silence="deny"),
        Algorithm("permit-unless-deny", _DENY_WINS, silence="permit"),
        Algorithm("most-recent", _table(_first_speaks), newest_first=True),
        Algorithm("specific-permit-overrides", _table(_specific_permit_wins)),
    )
}
"""Every algorithm by name: those of FHIR R6 Permission, `most-recent` (LEAP) and `specific-permit-overrides` (Denmark)."""

TIES: Final = _DENY_WINS
"""How consents of the same moment combine under `most-recent`: a refusal wins."""
