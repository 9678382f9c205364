"""Resources and all their versions, in memory."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Literal

__all__ = ["Method", "Store", "Version"]

Method = Literal["POST", "PUT", "PATCH", "DELETE"]
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a resource: its content, None where it was deleted."""

    type: str
    id: str
    number: int
    at: str
    method: Method
    resource: Json | None

    @property
    def reference(self) -> str:
        """Type and id."""
        return f"{self.type}/{self.id}"

    @property
    def http_date(self) -> str:
        """When it came to be, as HTTP tells times. https://www.rfc-editor.org/rfc/rfc9110#name-date-time-formats."""
        return format_datetime(datetime.fromisoformat(self.at).astimezone(UTC), usegmt=True)


def now() -> datetime:
    """The time of this machine, in UTC."""
    return datetime.now(UTC)


class Store:
    """Keeps every version. Ids count up from 1 and the clock is an argument: the same requests give the same answers."""

    def __init__(self, clock: Callable[[], datetime] = now) -> None:
        self.clock = clock
        self._versions: dict[tuple[str, str], list[Version]] = {}
        self._order: list[Version] = []
        self._next = 1

    def put(self, resource: Mapping[str, Any], method: Method = "PUT", resource_id: str = "") -> Version:
        """Keep a new version of a resource; without an id, it gets the next number."""
        kind = str(resource["resourceType"])
        identifier = resource_id or self._new_id(kind)
        number = len(self._versions.get((kind, identifier), ())) + 1
        at = self.clock().isoformat(timespec="milliseconds")
        meta = {**resource.get("meta", {}), "versionId": str(number), "lastUpdated": at}
        kept = {"resourceType": kind, "id": identifier, "meta": meta}
        kept |= {name: value for name, value in resource.items() if name not in kept}
        return self._add(Version(kind, identifier, number, at, method, kept))

    def delete(self, kind: str, identifier: str) -> Version | None:
        """Delete a resource; None when it is not there."""
        newest = self.newest(kind, identifier)
        if newest is None or newest.resource is None:
            return newest
        at = self.clock().isoformat(timespec="milliseconds")
        return self._add(Version(kind, identifier, newest.number + 1, at, "DELETE", None))

    def newest(self, kind: str, identifier: str) -> Version | None:
        """The newest version, deleted or not; None when there never was one."""
        found = self._versions.get((kind, identifier))
        return found[-1] if found else None

    def is_there(self, kind: str, identifier: str) -> bool:
        """Whether there is such a resource now."""
        newest = self.newest(kind, identifier)
        return newest is not None and newest.resource is not None

    def version(self, kind: str, identifier: str, number: str) -> Version | None:
        """One version."""
        found = self._versions.get((kind, identifier), [])
        return next((each for each in found if str(each.number) == number), None)

    def current(self, kind: str = "") -> Iterator[Json]:
        """The resources there are now, of a type or of all, in the order they first came."""
        for (of, _), versions in self._versions.items():
            resource = versions[-1].resource
            if resource is not None and kind in {"", of}:
                yield resource

    def history(self, kind: str = "", identifier: str = "") -> list[Version]:
        """The versions of one resource, a type or all, newest first."""
        found = (each for each in self._order if kind in {"", each.type} and identifier in {"", each.id})
        return list(found)[::-1]

    def types(self) -> list[str]:
        """The types there are resources of."""
        return sorted({kind for kind, _ in self._versions})

    def copy(self) -> "Store":
        """A store that goes on by itself: what a transaction tries does not touch this one."""
        made = Store(self.clock)
        made._versions = {key: list(versions) for key, versions in self._versions.items()}
        made._order = list(self._order)
        made._next = self._next
        return made

    def become(self, other: "Store") -> None:
        """Take over what another store holds."""
        self.__dict__.update(other.__dict__)

    def _new_id(self, kind: str) -> str:
        while (kind, str(self._next)) in self._versions:
            self._next += 1
        return str(self._next)

    def _add(self, version: Version) -> Version:
        self._versions.setdefault((version.type, version.id), []).append(version)
        self._order.append(version)
        return version
