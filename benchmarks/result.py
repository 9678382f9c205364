"""One figure of a benchmark."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """What was measured, how much, in which unit, and what a reader must know to judge it."""

    name: str
    figure: float
    unit: str
    note: str = ""
