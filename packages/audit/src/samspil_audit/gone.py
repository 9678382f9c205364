"""Which records can no longer be read, and which records of purges and erasures explain it."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import islice
from typing import Any

from .log import Found
from .record.own import deed_of
from .retention import unranged

__all__ = ["Gone"]


class Gone:
    """Looks at every record of a log, and then says what is gone without a reason on record.

    A purge names indexes, an erasure names keys; either is a record like any other, sealed and in the tree, so who
    removes something beside the log cannot add it.
    """

    def __init__(self) -> None:
        self._purged: list[range] = []
        self._erased: dict[str, int] = {}
        self._purges: list[range] = []
        self._erasures: set[str] = set()

    def look(self, found: Found, key: str) -> None:
        """Take note of a record; `key` is the name of the key it is sealed under."""
        if found.state == "purged":
            self._add_purged(found.index)
        elif found.state == "erased":
            self._erased.setdefault(key, found.index)
        elif found.event is not None:
            self._take(found.event)

    def unexplained(self) -> tuple[int, str, str] | None:
        """The first record that is gone without a reason: its index, what of it is gone, and what should be on record."""
        keys = [(index, "key", "erasure") for key, index in self._erased.items() if key not in self._erasures]
        content = ((index, "content", "purge") for index in self._without_purge())
        return min([*islice(content, 1), *keys], default=None)

    def _without_purge(self) -> Iterator[int]:
        told = sorted(self._purges, key=lambda each: (each.start, each.stop))
        starts = [each.start for each in told]
        for each in self._purged:
            for index in each:
                near = reversed(told[: bisect_right(starts, index)])
                if not any(index in found for found in near):
                    yield index

    def _add_purged(self, index: int) -> None:
        if self._purged and self._purged[-1].stop == index:
            self._purged[-1] = range(self._purged[-1].start, index + 1)
        else:
            self._purged.append(range(index, index + 1))

    def _take(self, event: Mapping[str, Any]) -> None:
        with suppress(AttributeError, TypeError):  # not of the form of an event, so none of this log's own
            self._take_own(event)

    def _take_own(self, event: Mapping[str, Any]) -> None:
        wanted = {"purge": "indexes", "erase": "keys"}.get(deed_of(event))
        for detail in (each for entity in event.get("entity", ()) for each in entity.get("detail", ())):
            if wanted and detail.get("type") == wanted:
                self._explain(wanted, str(detail.get("valueString", "")))

    def _explain(self, wanted: str, told: str) -> None:
        if wanted == "keys":
            self._erasures.update(told.split(","))
            return
        with suppress(ValueError):  # an event of another maker, under this code: it explains nothing
            self._purges += unranged(told)
