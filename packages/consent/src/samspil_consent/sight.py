"""What one request may see of the server behind: resources judged, and their references to what may not be seen taken out.

A reference tells that something is there, and its display what it is: whether it leads to what is withheld or to nothing,
it goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from . import search
from .enforcement import NOT_OF_A_PATIENT, Enforcer
from .exchange import Behind
from .features import own_key
from .inclusion import included, of_everything
from .parts import is_object, objects
from .removal import without_references
from .routes import is_local
from .walk import look, targets_of

__all__ = ["Sight"]

_ALWAYS_NAMED: Final = NOT_OF_A_PATIENT | {"Patient"}
_AT_ONCE: Final = 50
_ANNOUNCEMENT: Final = "OperationOutcome/None"


@dataclass(frozen=True, slots=True)
class Sight:
    """The server behind, seen through an enforcer."""

    behind: Behind
    enforcer: Enforcer

    async def resource(self, name: str) -> Mapping[str, Any] | None:
        """The current version of `Type/id` as it may be seen, or None."""
        found = await self.behind.resource(name)
        return await self.of(found) if found is not None else None

    async def of(self, found: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """A resource as it may be seen, or None."""
        seen = self.enforcer.resource(found)
        return (await self.unreferenced([seen]))[0] if seen is not None else None

    async def bundle(self, path: str, query: search.Query, everything: str = "") -> dict[str, Any] | None:
        """All pages of a search, filtered, or None where the server behind gives none. Raises `Refused`.

        What was included stands in an order of our own, and so does all of `$everything` on the resource so named: how a
        server orders them may tell of what it went through.
        """
        found = await search.gather(self.behind.get, path, [*query, ("_count", "200")], self.behind.root)
        if found is None:
            return None
        found = {**found, "type": "searchset", "entry": _in_order(found["entry"], everything=bool(everything))}
        seen = self.enforcer.bundle(found, whole_only=search.discloses(query))
        entries = objects(seen.get("entry"))
        resources = await self.unreferenced([each["resource"] for each in entries])
        made: list[Mapping[str, Any]] = []
        for entry, resource in zip(entries, resources, strict=True):
            if resource is not entry["resource"] and search.names(query, self._lost(entry["resource"], resource)):
                continue  # found by a reference that may not be seen
            made.append({**entry, "resource": resource})
        words = [each for each in made if own_key(each["resource"]) == _ANNOUNCEMENT]
        rest = [each for each in made if own_key(each["resource"]) != _ANNOUNCEMENT]
        return {**seen, "entry": [*_linked(rest, query, everything), *words]}

    def _lost(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> set[str]:
        return targets_of(look(before)[0]) - targets_of(look(after)[0])

    async def versions(self, name: str) -> list[Mapping[str, Any]]:
        """The entries of a history, newest first, up to the first version that may not be seen: no gap tells of it."""
        found = await search.gather(self.behind.get, f"{self.behind.root}/{name}/_history", [], self.behind.root)
        made: list[Mapping[str, Any]] = []
        for entry in objects(found.get("entry")) if found is not None else []:
            resource = entry.get("resource")
            if not is_object(resource) or own_key(resource) != name:
                continue  # a deletion, or words of the server
            seen = await self.of(resource)
            if seen is None:
                break
            made.append({**entry, "resource": seen})
        return made

    async def unreferenced(self, resources: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """The resources without references to what may not be seen, or is not there; a document is whole as it is."""
        targets = [
            {one for one in targets_of(look(each)[0]) if _may_be_hidden(one)} if not _is_document(each) else set[str]()
            for each in resources
        ]
        known = {own_key(each) for each in resources}
        hidden = await self.hidden(set[str]().union(*targets) - known)
        return [
            each if named.isdisjoint(hidden) else without_references(each, hidden)
            for each, named in zip(resources, targets, strict=True)
        ]

    async def hidden(self, names: Iterable[str]) -> set[str]:
        """Those of some resources (`Type/id`) that may not be seen or are not there."""
        by_type: dict[str, list[str]] = {}
        for each in sorted(names):
            kind, _, own = each.partition("/")
            by_type.setdefault(kind, []).append(own)
        hidden: set[str] = set()
        for kind, own in by_type.items():
            for at in range(0, len(own), _AT_ONCE):
                asked = own[at : at + _AT_ONCE]
                hidden |= {f"{kind}/{each}" for each in asked} - await self._visible(kind, asked)
        return hidden

    async def _visible(self, kind: str, own: Sequence[str]) -> set[str]:
        query = [("_id", ",".join(own)), ("_count", "200")]
        found = await search.gather(self.behind.get, f"{self.behind.root}/{kind}", query, self.behind.root)
        resources = [each.get("resource") for each in objects(found.get("entry"))] if found is not None else []
        return {own_key(each) for each in resources if is_object(each) and self.enforcer.resource(each) is not None}


def _in_order(entries: Sequence[Mapping[str, Any]], *, everything: bool) -> list[Mapping[str, Any]]:
    """Matches first, as they came or by their name; then what was included, by its name."""

    def place(entry: Mapping[str, Any]) -> tuple[bool, str]:
        included = search.is_included(entry)
        return included, _name(entry) if included or everything else ""

    return sorted(entries, key=place)


def _linked(entries: list[Mapping[str, Any]], query: search.Query, everything: str) -> list[Mapping[str, Any]]:
    """Without what was reached by way of what is withheld."""
    if everything:
        return of_everything(entries, everything)
    others = [each for each in entries if search.is_included(each)]
    if not others:
        return entries
    matches = [each for each in entries if not search.is_included(each)]
    return [*matches, *included(matches, others, query)]


def _name(entry: Mapping[str, Any]) -> str:
    resource = entry.get("resource")
    return own_key(resource) if is_object(resource) else ""


def _is_document(resource: Mapping[str, Any]) -> bool:
    return resource.get("resourceType") == "Bundle"


def _may_be_hidden(key: str) -> bool:
    return is_local(key) and key.partition("/")[0] not in _ALWAYS_NAMED
