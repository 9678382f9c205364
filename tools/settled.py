"""The disagreements with other converters that the guide or FHIR decides for us: `settled.csv`, keyed by the guide's row."""

import csv
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tools.golden import Leaf, Ours

FILE = Path(__file__).with_suffix(".csv")


class Settled(NamedTuple):
    """One disagreement: the guide's row, whose reading it is, the element (a path), its value there, and why ours is right.

    `element` and `value` are regular expressions over the whole path and the plain value. `where` says what must have
    become of the value, or nothing is settled: `elsewhere` in our bundle, `reported` (or elsewhere), or `other`: it is
    the other converter's own and not the message's.
    """

    row: str
    origin: str
    element: str
    value: str
    where: str
    reason: str


@cache
def table() -> tuple[Settled, ...]:
    """Read the file."""
    with FILE.open(encoding="utf-8", newline="") as lines:
        return tuple(Settled(**cells) for cells in csv.DictReader(lines))


def reason(leaf: Leaf, origin: str, ours: Ours) -> str | None:
    """Why a leaf of another converter is rightly not in our bundle, else None."""
    for one in table():
        if one.origin == origin and _matches(one, leaf) and _accounted(one, leaf, ours):
            return f"{one.row}: {one.reason}"
    return None


def _matches(one: Settled, leaf: Leaf) -> bool:
    return bool(re.fullmatch(one.element, leaf.path) and re.fullmatch(one.value or ".*", leaf.value))


def _accounted(one: Settled, leaf: Leaf, ours: Ours) -> bool:
    if one.where == "other":
        return True
    return ours.keeps(leaf.value) or (one.where == "reported" and leaf.value in ours.reported)
