"""Writes through consent: create, update and delete of what is permitted, without telling of what may not be seen.

A patch is refused, as its outcome cannot be judged before it is done; so is every conditional write, as its answer tells
whether something is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from samspil_core.jsontext import NotJson, loads

from .enforcement import NOT_OF_A_PATIENT, Enforcer
from .exchange import Reply, ask, refusal, reply_json, resource_of
from .features import own_key
from .findings import NOT_ENFORCEABLE, NOT_FOUND, REFUSED
from .parts import is_object, objects
from .routes import Route, is_local
from .sight import Sight
from .walk import look, targets_of

__all__ = ["DECIDED_BY", "delete", "save"]

DECIDED_BY: Final = frozenset(
    ["Consent", "Permission", "Group", "CareTeam", "PractitionerRole", "Practitioner", "Organization", "Subscription"]
)
"""Types by which access is decided, or by which data leave on another way: they are written at the server behind alone."""

_KEPT: Final = (b"etag", b"location", b"last-modified")


def _as_json(body: bytes) -> Mapping[str, Any] | None:
    try:
        found = loads(body)
    except NotJson:
        return None
    return found if is_object(found) else None


async def save(route: Route, sight: Sight, writing: Enforcer, body: bytes) -> Reply:
    """Create or update. `writing` decides on the write, `sight` on what may be seen."""
    new = _as_json(body)
    kind = route.path.rpartition("/")[2] if route.kind == "create" else route.name.partition("/")[0]
    if route.kind == "update":
        current = await sight.behind.resource(route.name)
        seen = await sight.of(current) if current is not None else None
        if current is None or seen is None:
            return refusal(NOT_FOUND.at(), 404)
        if seen is not current or writing.resource(current) is not current:
            return refusal(REFUSED.at(), 403)  # what is not seen would be lost
        if new is None or new.get("id") != current.get("id"):
            return refusal(REFUSED.at(), 403)
    if new is None or new.get("resourceType") != kind or kind in DECIDED_BY or writing.resource(new) is not new:
        return refusal(REFUSED.at(), 403)
    if not await _refers_only_to_what_is_seen(new, sight):
        return refusal(REFUSED.at(), 403)
    method = "POST" if route.kind == "create" else "PUT"
    return await _written(await ask(sight.behind.app, sight.behind.scope, method, route.path, "", body), sight)


async def delete(route: Route, sight: Sight, writing: Enforcer, *, permitted: bool) -> Reply:
    """Delete what may be seen, where the middleware was told that the server behind does not look at references."""
    current = await sight.behind.resource(route.name)
    if current is None or await sight.of(current) is None:
        return refusal(NOT_FOUND.at(), 404)
    if not permitted:
        return refusal(NOT_ENFORCEABLE.at(), 403)
    if route.name.partition("/")[0] in DECIDED_BY or writing.resource(current) is not current:
        return refusal(REFUSED.at(), 403)
    return await _written(await ask(sight.behind.app, sight.behind.scope, "DELETE", route.path), sight)


async def _refers_only_to_what_is_seen(new: Mapping[str, Any], sight: Sight) -> bool:
    """A server that looks whether a reference leads anywhere would tell; so would one that resolves a search in its place."""
    asked: set[str] = set()
    for written in look(new)[0]:
        (key,) = targets_of({written})
        if written.startswith(("#", "urn:")):
            continue
        if not is_local(key) or urlsplit(written).query:
            return False
        asked.add(key)
    asked -= {own_key(one["resource"]) for one in objects(new.get("entry")) if is_object(one.get("resource"))}
    absent = await sight.hidden(one for one in asked if one.partition("/")[0] not in NOT_OF_A_PATIENT)
    return not absent


async def _written(reply: Reply, sight: Sight) -> Reply:
    """The answer to a write: the resource where it may be seen, never the server's own words."""
    kept = [(each, reply.header(each)) for each in _KEPT if reply.header(each)]
    if reply.status >= 300:  # noqa: PLR2004  no success
        return refusal(REFUSED.at(), reply.status if 400 <= reply.status < 500 else 403)  # noqa: PLR2004  of the client
    found = resource_of(reply)
    if found is None or found["resourceType"] == "OperationOutcome":
        return Reply(reply.status, kept, b"")
    seen = await sight.of(found)
    return reply_json(reply.status, seen, kept) if seen is not None else Reply(reply.status, kept, b"")
