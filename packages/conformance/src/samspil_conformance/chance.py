"""The clock and the seed of a run: what a suite takes for the time, and for chance, so that a run can be repeated."""

import random
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

__all__ = ["Clock", "Seed", "instant", "moment"]


@dataclass(frozen=True, slots=True)
class Clock:
    """The time of a run: one fixed moment, or the time of the machine where `moment` is None."""

    moment: datetime | None = None

    def now(self) -> datetime:
        """The present moment, aware, to the second."""
        return (self.moment or datetime.now(UTC)).replace(microsecond=0)


def instant(moment: datetime) -> str:
    """A moment as FHIR writes an instant, in UTC: `2026-01-01T09:00:00Z`.

    https://hl7.org/fhir/R4/datatypes.html#instant
    """
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def moment(text: str) -> datetime:
    """The moment of an instant. Raises ValueError where it is none, or names no zone."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(f"{text} names no zone; write 2026-01-01T09:00:00Z")
    return found


@dataclass(frozen=True)
class Seed:
    """Chance that comes out the same for the same text, one stream for each scenario."""

    text: str
    scenario: str = ""

    def of(self, scenario: str) -> "Seed":
        """The seed of one scenario."""
        return Seed(self.text, scenario)

    @cached_property
    def random(self) -> random.Random:
        """A generator of the scenario's own."""
        return random.Random(f"{self.text}\0{self.scenario}")  # noqa: S311  repeatable, not secret

    def uuid(self, name: str = "") -> str:
        """A UUID that the name stands for in this scenario."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.text}\0{self.scenario}\0{name}"))

    def text_of(self, name: str = "") -> str:
        """Twelve letters and digits that the name stands for in this scenario."""
        return self.uuid(name).replace("-", "")[:12]
