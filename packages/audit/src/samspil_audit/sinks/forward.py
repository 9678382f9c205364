"""Store and forward: the log is the store, and a cursor for each sink says how far it has been fed.

At least once: the cursor moves after the sink took the records, so after a crash some come again. A receiver tells
them by the id of the record.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from samspil_audit.findings import MISSING, SINK_DOWN, SINK_REFUSED
from samspil_audit.log import AuditLog, Found
from samspil_core import Outcome

__all__ = ["Delivery", "Forwarded", "Sink", "SinkDown", "SinkRefused", "forward"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A record on its way: its index in the log, and the AuditEvent."""

    index: int
    event: Mapping[str, Any]


class SinkDown(OSError):
    """A sink cannot be reached, or has no room: try again later."""


class SinkRefused(ValueError):
    """A sink will not have one record, now or later; those before it are taken."""

    def __init__(self, index: int, why: str) -> None:
        super().__init__(why)
        self.index = index
        self.why = why


class Sink(Protocol):
    """Takes records in order."""

    name: str

    def send(self, deliveries: Sequence[Delivery], /) -> None:
        """Take the records, all of them, and return when they are taken.

        Raises `SinkDown`, `SinkRefused`.
        """
        ...


@dataclass(frozen=True, slots=True)
class Forwarded:
    """How many records a sink took, the index of the next, and what stopped it."""

    sent: int
    next: int
    outcome: Outcome


def forward(log: AuditLog, sink: Sink, *, batch: int = 100, end: int | None = None) -> Forwarded:
    """Feed a sink what it has not had yet, `batch` records at a time. Records erased or purged meanwhile are passed over."""
    start = log.store.cursor(sink.name)
    last = log.store.head().size if end is None else end
    sent = 0
    while start < last:
        rows = log.read(start, min(start + batch, last))
        found = [each for index, each in enumerate(rows, start) if each.index == index]  # up to the first gap
        if not found:
            return Forwarded(sent, start, Outcome((MISSING.at(index=start, size=last),)))
        deliveries = [_delivery(each) for each in found if each.event is not None]
        try:
            sink.send(deliveries)
        except SinkDown as fault:
            return Forwarded(sent, start, Outcome((SINK_DOWN.at(sink=sink.name, index=start, why=str(fault)),)))
        except SinkRefused as fault:
            _move(log, sink.name, fault.index)
            issue = SINK_REFUSED.at(sink=sink.name, index=fault.index, why=fault.why)
            return Forwarded(
                sent + sum(each.index < fault.index for each in deliveries), fault.index, Outcome((issue,))
            )
        start = found[-1].index + 1
        sent += len(deliveries)
        _move(log, sink.name, start)
    return Forwarded(sent, start, Outcome())


def skip(log: AuditLog, name: str, index: int) -> None:
    """Pass over one record that a sink refuses. Recording that it was skipped is the caller's."""
    if log.store.cursor(name) == index:
        _move(log, name, index + 1)


def _delivery(found: Found) -> Delivery:
    return Delivery(found.index, found.event or {})


def _move(log: AuditLog, name: str, index: int) -> None:
    with log.store.transaction() as transaction:
        transaction.put_cursor(name, index)
