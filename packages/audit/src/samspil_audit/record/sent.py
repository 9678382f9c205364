"""What a client sends, as events: for a feed or a job that writes to a server that keeps no record of it itself."""

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from samspil_audit.classify import Tables, load_tables, touched
from samspil_audit.ids import uuid7_maker
from samspil_audit.keys import Entropy

from .parties import Server, Who
from .rest import Access, rest_events

__all__ = ["sent_events"]


def _now() -> datetime:
    return datetime.now(UTC)


def sent_events(  # noqa: PLR0913  each by its name
    resource: Mapping[str, Any],
    *,
    who: Who,
    server: Server,
    clock: Callable[[], datetime] = _now,
    interaction: str = "transaction",
    tables: Tables | None = None,
    entropy: Entropy = os.urandom,
) -> list[dict[str, Any]]:
    """The events of a resource or Bundle that was sent and taken: one for each patient in it, at least one.

    `who` sent it, `server` writes the record; `tables` are those of `samspil_audit.classify.load_tables`.
    """
    recorded = clock().isoformat(timespec="milliseconds")
    found = touched(resource, tables or load_tables())
    return rest_events(Access(interaction, recorded, who, server, touched=found), uuid7_maker(clock, entropy))
