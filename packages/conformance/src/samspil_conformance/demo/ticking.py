"""The clock of the demonstration: it starts at a given moment, goes on a little each time it is asked, and can be set."""

from datetime import datetime, timedelta

__all__ = ["Ticking"]

_STEP = timedelta(milliseconds=3)


class Ticking:
    """Gives the time, aware of its zone; the same questions get the same times."""

    def __init__(self, start: datetime) -> None:
        self.at = start

    def __call__(self) -> datetime:
        """The time, 3 ms after it was asked for last."""
        self.at += _STEP
        return self.at

    def set(self, at: datetime) -> None:
        """Go on from another moment."""
        self.at = at
