"""ASGI middleware: consent in front of any FHIR server. What may not be seen is answered as what is not there.

Every answer that bears data is read whole, filtered and written anew. An interaction that cannot be filtered is refused,
and so is everything when something breaks: nothing goes past. https://hl7.org/fhir/R4/http.html
"""

from __future__ import annotations

from asyncio import sleep
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any, Final
from urllib.parse import urlsplit

from samspil_core.asgi import Disconnected, read_body
from samspil_core.jsontext import NotJson, dumps, loads
from samspil_core.values import Coding

from . import bulk, search, writes
from .capability import capability
from .enforcement import Enforcer
from .exchange import App, Behind, Receive, Reply, Scope, Send, ask, refusal, reply_json, send_reply
from .findings import ANNOUNCED, BROKEN_ENFORCEMENT, NOT_ENFORCEABLE, NOT_FOUND, REFUSED
from .parts import as_list, is_object
from .request import CONSENT_ACTION
from .routes import Kind, Route, route
from .search import Refused
from .sight import Sight

__all__ = ["INTERACTION", "ConsentMiddleware"]

INTERACTION: Final = "samspil.interaction"
"""Where `enforcer_of` finds in the scope what is done: a letter of SMART scopes (c, r, u, d, s)."""

_RESTFUL: Final = "http://hl7.org/fhir/restful-interaction"
_ACTIONS: Final = {
    "r": (Coding(CONSENT_ACTION, "access"), Coding(_RESTFUL, "read")),
    "s": (Coding(CONSENT_ACTION, "access"), Coding(_RESTFUL, "read"), Coding(_RESTFUL, "search-type")),
    "c": (Coding(CONSENT_ACTION, "collect"), Coding(_RESTFUL, "create")),
    "u": (Coding(CONSENT_ACTION, "correct"), Coding(_RESTFUL, "update")),
    "d": (Coding(CONSENT_ACTION, "correct"), Coding(_RESTFUL, "delete")),
}
_MOST_BYTES: Final = 20_000_000
_OK: Final = 200
_FORM: Final = b"application/x-www-form-urlencoded"
_CONDITIONAL: Final = (b"if-none", b"if-modified", b"if-unmodified")


@dataclass(frozen=True, slots=True)
class ConsentMiddleware:
    """Wraps an ASGI application. `enforcer_of` makes the enforcer of a request from its ASGI scope.

    The identity in the scope is the business of the authentication before this. `enforcer_of` is asked for every
    interaction, also for each entry of a batch, and finds its letter under `INTERACTION`; when it raises, the request is
    refused. `root` is the path the server is mounted at, without a trailing slash. `deletes` lets deletions through: a
    server that refuses to delete what is referred to would tell of references that may not be seen. With `pace`, in
    seconds, an answer leaves at a multiple of it after the request came, so that its time tells little.
    """

    app: App
    enforcer_of: Callable[[Scope], Enforcer]
    root: str = ""
    deletes: bool = False
    pace: float = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; lifespan goes through, anything but HTTP is closed."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        try:
            body = await read_body(receive, _MOST_BYTES)
        except Disconnected:
            return
        came = monotonic()
        if body is None:
            reply = refusal(NOT_ENFORCEABLE.at(), 413)
        else:
            asked = "GET" if scope["method"] == "HEAD" else scope["method"]
            reply = await self._guarded(scope, asked, scope["path"], scope["query_string"], body)
        if self.pace:
            await sleep(self.pace - (monotonic() - came) % self.pace)
        await send_reply(reply, send, head=scope["method"] == "HEAD")

    async def _guarded(self, scope: Scope, method: str, path: str, query: bytes, body: bytes) -> Reply:
        """The answer, or a refusal whatever breaks."""
        try:
            return await self._answer(scope, route(method, path, self.root), query.decode(), body)
        except Refused:
            return refusal(NOT_ENFORCEABLE.at(), 403)
        except Exception as error:  # noqa: BLE001  whatever breaks, nothing goes past
            return refusal(BROKEN_ENFORCEMENT.at(why=type(error).__name__), 403)

    def _enforcer(self, scope: Scope, letter: str) -> Enforcer:
        enforcer = self.enforcer_of({**scope, INTERACTION: letter})
        return replace(enforcer, request=replace(enforcer.request, actions=_ACTIONS[letter]))

    async def _answer(self, scope: Scope, asked: Route, query: str, body: bytes) -> Reply:
        """The answer to one interaction; raises `Refused` for what cannot be filtered."""
        behind = Behind(self.app, scope, self.root)
        match asked.kind:
            case "refused":
                return refusal(NOT_ENFORCEABLE.at(), 403)
            case "metadata" | "configuration":
                return await _statement(behind, asked)
            case "batch":
                return await self._batch(scope, body)
            case "create" | "update" | "delete":
                return await self._write(scope, asked, query, body)
            case _:
                sight = Sight(behind, self._enforcer(scope, asked.letter))
                if asked.name and asked.letter == "s" and await sight.resource(asked.name) is None:
                    return _not_found()
                return await _READS[asked.kind](asked, _with_form(scope, query, body), sight)

    async def _write(self, scope: Scope, asked: Route, query: str, body: bytes) -> Reply:
        conditional = any(name.lower().startswith(_CONDITIONAL) for name, _ in scope.get("headers", ()))
        if query or conditional:
            return refusal(NOT_ENFORCEABLE.at(), 403)
        sight = Sight(Behind(self.app, scope, self.root), self._enforcer(scope, "r"))
        writing = self._enforcer(scope, asked.letter)
        if asked.kind == "delete":
            return await writes.delete(asked, sight, writing, permitted=self.deletes)
        return await writes.save(asked, sight, writing, body)

    async def _batch(self, scope: Scope, body: bytes) -> Reply:
        """A batch, each entry on its own way through here. A transaction is refused: it cannot be taken apart."""
        try:
            found = loads(body)
        except NotJson:
            found = None
        if not is_object(found) or found.get("resourceType") != "Bundle" or found.get("type") != "batch":
            return refusal(NOT_ENFORCEABLE.at(), 403)
        entries = [await self._batched(scope, each) for each in as_list(found.get("entry"))]
        return reply_json(_OK, {"resourceType": "Bundle", "type": "batch-response", "entry": entries})

    async def _batched(self, scope: Scope, entry: Any) -> dict[str, Any]:
        asked = entry.get("request") if is_object(entry) else None
        split = urlsplit(str(asked.get("url", ""))) if is_object(asked) else urlsplit("")
        conditional = is_object(asked) and any(name.startswith("if") for name in asked)
        if not is_object(asked) or conditional or split.scheme or split.netloc or not split.path.strip("/"):
            reply = refusal(NOT_ENFORCEABLE.at(), 403)
        else:
            own = f"{self.root}/{split.path.lstrip('/')}"
            body = dumps(entry["resource"]) if "resource" in entry else b""
            method = str(asked.get("method", ""))
            inner = {**scope, "method": method, "path": own}
            reply = await self._guarded(inner, method, own, split.query.encode(), body)
        return _entry_of(reply)


def _with_form(scope: Scope, query: str, body: bytes) -> str:
    """The query with the form of a search by POST. Raises `Refused` for a body that is no form."""
    if scope["method"] != "POST" or not body:
        return query
    kind = next((value for name, value in scope.get("headers", ()) if name.lower() == b"content-type"), b"")
    if kind.partition(b";")[0].strip().lower() not in {b"", _FORM}:
        raise Refused("a search by POST is a form")
    return "&".join(filter(None, (query, body.decode())))


async def _statement(behind: Behind, asked: Route) -> Reply:
    reply = await behind.get(asked.path)
    found = reply.json()
    if reply.status != _OK or not is_object(found):
        return _not_found()
    return reply_json(_OK, capability(found) if asked.kind == "metadata" else dict(found))


async def _read(asked: Route, query: str, sight: Sight) -> Reply:
    """A read. Absent, deleted and withheld are one answer."""
    _, ours = search.upstream_query(query)
    reply = await ask(sight.behind.app, sight.behind.scope, "GET", asked.path)
    if reply.status >= 500:  # noqa: PLR2004  what cannot be asked must not look as if it were not there
        return refusal(BROKEN_ENFORCEMENT.at(why=f"the server behind answers {reply.status}"), 403)
    found = _named(reply, asked.name)
    seen = await sight.of(found) if found is not None else None
    if found is None or seen is None:
        return refusal(ANNOUNCED.at(), 403) if found is not None and sight.enforcer.announces else _not_found()
    kept = [(each, reply.header(each)) for each in (b"etag", b"last-modified") if reply.header(each)]
    return reply_json(_OK, _small(seen, ours), kept if seen is found else ())


def _named(reply: Reply, name: str) -> Mapping[str, Any] | None:
    found = reply.json() if reply.status == _OK else None
    is_it = is_object(found) and f"{found.get('resourceType')}/{found.get('id')}" == name
    return found if is_it else None


def _small(seen: Mapping[str, Any], ours: search.Query) -> Mapping[str, Any]:
    return search.narrowed({"resource": seen}, dict(ours))["resource"]


async def _version(asked: Route, query: str, sight: Sight) -> Reply:
    """One version: one of those that the history shows."""
    _, ours = search.upstream_query(query)
    reply = await ask(sight.behind.app, sight.behind.scope, "GET", asked.path)
    found = _named(reply, asked.name)
    seen = await sight.of(found) if found is not None else None
    if found is None or seen is None or await sight.resource(asked.name) is None:
        return _not_found()
    shown = [_version_of(each["resource"]) for each in await sight.versions(asked.name)]
    if _version_of(seen) not in shown:
        return _not_found()
    kept = [(each, reply.header(each)) for each in (b"etag", b"last-modified") if reply.header(each)]
    return reply_json(_OK, _small(seen, ours), kept if seen is found else ())


def _version_of(resource: Mapping[str, Any]) -> Any:
    meta = resource.get("meta")
    return meta.get("versionId") if is_object(meta) else None


async def _history(asked: Route, _query: str, sight: Sight) -> Reply:
    """The versions of one resource, if its current version may be seen."""
    if await sight.resource(asked.name) is None:
        return _not_found()
    entries = await sight.versions(asked.name)
    return reply_json(_OK, {"resourceType": "Bundle", "type": "history", "total": len(entries), "entry": entries})


async def _search(asked: Route, query: str, sight: Sight) -> Reply:
    upstream, ours = search.upstream_query(query)
    found = await sight.bundle(asked.path, upstream, asked.name if asked.kind == "everything" else "")
    if found is None:
        return refusal(REFUSED.at(), 400)
    return reply_json(_OK, search.page(found, asked.path, upstream, ours))


_READS: Final[Mapping[Kind, Callable[[Route, str, Sight], Awaitable[Reply]]]] = {
    "read": _read,
    "vread": _version,
    "history": _history,
    "search": _search,
    "everything": _search,
    "export": bulk.kick_off,
    "export-status": bulk.status,
    "export-cancel": bulk.cancel,
    "export-file": bulk.export_file,
}


def _entry_of(reply: Reply) -> dict[str, Any]:
    """The answer to one entry of a batch."""
    value = reply.json()
    response: dict[str, Any] = {"status": str(reply.status)}
    for name in (b"etag", b"location"):
        if reply.header(name):
            response[name.decode()] = reply.header(name).decode("latin-1")
    if reply.status >= 400:  # noqa: PLR2004  HTTP refusals
        return {"response": {**response, "outcome": value}}
    return {"resource": value, "response": response} if value is not None else {"response": response}


def _not_found() -> Reply:
    return refusal(NOT_FOUND.at(), 404)
