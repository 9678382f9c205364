"""ASGI middleware: consent in front of any FHIR server. What may not be seen is answered as what is not there.

Every answer that bears data is read whole, filtered and written anew. An interaction that cannot be filtered is refused,
and so is everything when something breaks: nothing goes past. https://hl7.org/fhir/R4/http.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlsplit

from samspil_core.jsontext import NotJson, dumps, loads
from samspil_core.values import Coding

from . import search
from .enforcement import Enforcer
from .exchange import App, Receive, Reply, Scope, Send, ask, read_body, refusal, reply_json, resource_of, send_reply
from .findings import ANNOUNCED, BROKEN_ENFORCEMENT, NOT_ENFORCEABLE, NOT_FOUND, REFUSED
from .parts import is_object, objects
from .request import CONSENT_ACTION
from .search import Refused

__all__ = ["ConsentMiddleware"]

_TYPE: Final = re.compile(r"[A-Z][A-Za-z]+")
_ID: Final = re.compile(r"[A-Za-z0-9.\-]{1,64}")
_INTERACTION: Final = "http://hl7.org/fhir/restful-interaction"
_ACTIONS: Final = {
    "GET": (Coding(CONSENT_ACTION, "access"), Coding(_INTERACTION, "read")),
    "POST": (Coding(CONSENT_ACTION, "collect"), Coding(_INTERACTION, "create")),
    "PUT": (Coding(CONSENT_ACTION, "correct"), Coding(_INTERACTION, "update")),
    "PATCH": (Coding(CONSENT_ACTION, "correct"), Coding(_INTERACTION, "patch")),
    "DELETE": (Coding(CONSENT_ACTION, "correct"), Coding(_INTERACTION, "delete")),
}
_MOST_BYTES: Final = 20_000_000
_OK, _CREATED = 200, 201


@dataclass(frozen=True, slots=True)
class ConsentMiddleware:
    """Wraps an ASGI application. `enforcer_of` makes the enforcer of a request from its ASGI scope.

    The identity in the scope is the business of the authentication before this. When `enforcer_of` raises, the request
    is refused. `root` is the path the server is mounted at, without a trailing slash.
    """

    app: App
    enforcer_of: Callable[[Scope], Enforcer]
    root: str = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; lifespan goes through, anything but HTTP is closed."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        try:
            body = await read_body(receive, _MOST_BYTES)
            if body is None:
                reply = refusal(NOT_ENFORCEABLE.at())
            else:
                reply = await self._answer(scope, scope["method"], scope["path"], scope["query_string"].decode(), body)
        except Refused:
            reply = refusal(NOT_ENFORCEABLE.at(), 403)
        except Exception as error:  # noqa: BLE001  whatever breaks, nothing goes past
            reply = refusal(BROKEN_ENFORCEMENT.at(why=type(error).__name__), 403)
        await send_reply(reply, send, head=scope["method"] == "HEAD")

    async def _answer(self, scope: Scope, method: str, path: str, query: str, body: bytes) -> Reply:
        """Choose by method and path what to do; what is not listed is refused."""
        steps = [each for each in path.removeprefix(self.root).split("/") if each]
        if {".", ".."} & set(steps):
            return refusal(NOT_ENFORCEABLE.at(), 403)
        if steps and (steps == ["metadata"] or steps[0] == ".well-known") and method in {"GET", "HEAD"}:
            reply = await ask(self.app, scope, "GET", path, query)
            return Reply(reply.status, [(b"content-type", reply.header(b"content-type"))], reply.body)
        if method == "HEAD":
            method = "GET"
        if method == "POST" and not steps:
            return await self._batch(scope, path, body)
        if method == "POST" and steps[-1] == "_search":
            form = body.decode("utf-8", "replace")
            return await self._search(scope, path.rpartition("/")[0], "&".join(filter(None, (query, form))))
        if method == "GET":
            return await self._get(scope, path, query, steps)
        return await self._write(scope, method, path, query, body, steps)

    def _asking(self, scope: Scope, method: str) -> Enforcer:
        enforcer = self.enforcer_of(scope)
        return replace(enforcer, request=replace(enforcer.request, actions=_ACTIONS[method]))

    async def _get(self, scope: Scope, path: str, query: str, steps: list[str]) -> Reply:  # noqa: PLR0911  one return a route
        match steps:
            case [kind] if _TYPE.fullmatch(kind):
                return await self._search(scope, path, query)
            case [kind, name] if _TYPE.fullmatch(kind) and _ID.fullmatch(name):
                return await self._read(scope, path, query, f"{kind}/{name}")
            case [kind, name, "_history", version] if _TYPE.fullmatch(kind) and _ID.fullmatch(version):
                current = await self._visible(scope, f"{kind}/{name}")
                return await self._read(scope, path, query, f"{kind}/{name}") if current else _not_found()
            case [kind, name, "_history"] if _TYPE.fullmatch(kind):
                return await self._history(scope, path, f"{kind}/{name}")
            case [kind, name, "$everything"] if _TYPE.fullmatch(kind):
                return await self._everything(scope, path, query, f"{kind}/{name}")
            case [kind, name, inner] if _TYPE.fullmatch(kind) and _TYPE.fullmatch(inner):
                visible = await self._visible(scope, f"{kind}/{name}")
                return await self._search(scope, path, query) if visible else _not_found()
            case [*_, last] if last.endswith(".ndjson"):
                return await self._ndjson(scope, path, query)
            case _:
                return refusal(NOT_ENFORCEABLE.at(), 403)

    async def _visible(self, scope: Scope, name: str) -> bool:
        """Whether the current version of a resource may be seen."""
        found = resource_of(await ask(self.app, scope, "GET", f"{self.root}/{name}"))
        return found is not None and self._asking(scope, "GET").resource(found) is not None

    async def _read(self, scope: Scope, path: str, query: str, name: str) -> Reply:
        """A read, or one version. Absent, deleted and withheld are one answer."""
        _, ours = search.upstream_query(query)
        reply = await ask(self.app, scope, "GET", path)
        found = resource_of(reply)
        if found is None or f"{found['resourceType']}/{found.get('id')}" != name:
            return _not_found()
        enforcer = self._asking(scope, "GET")
        seen = enforcer.resource(found)
        if seen is None:
            return refusal(ANNOUNCED.at(), 403) if enforcer.announces else _not_found()
        small = search.narrowed({"resource": seen}, dict(ours))["resource"]
        kept = [(each, reply.header(each)) for each in (b"etag", b"last-modified") if reply.header(each)]
        return reply_json(_OK, small, kept if seen is found else ())

    async def _search(self, scope: Scope, path: str, query: str) -> Reply:
        upstream, ours = search.upstream_query(query)
        asked = [*upstream, ("_count", "200")]
        found = await search.gather(lambda p, q: ask(self.app, scope, "GET", p, q), path, asked, self.root)
        if found is None:
            return refusal(REFUSED.at(), 400)
        seen = self._asking(scope, "GET").bundle(found)
        return reply_json(_OK, search.page(_anonymous(seen), path, upstream, ours))

    async def _everything(self, scope: Scope, path: str, query: str, name: str) -> Reply:
        if not await self._visible(scope, name):
            return _not_found()
        return await self._search(scope, path, query)

    async def _history(self, scope: Scope, path: str, name: str) -> Reply:
        """The versions of one resource, if its current version may be seen, and each that may."""
        if not await self._visible(scope, name):
            return _not_found()
        found = await search.gather(lambda p, q: ask(self.app, scope, "GET", p, q), path, [], self.root)
        if found is None:
            return _not_found()
        return reply_json(_OK, _anonymous(self._asking(scope, "GET").bundle({**found, "type": "history"})))

    async def _ndjson(self, scope: Scope, path: str, query: str) -> Reply:
        """A file of bulk data, line by line; a line that cannot be read is not let through."""
        reply = await ask(self.app, scope, "GET", path, query)
        if reply.status != _OK:
            return _not_found()
        enforcer = self._asking(scope, "GET")
        made: list[bytes] = []
        for line in reply.body.splitlines():
            try:
                found = loads(line) if line.strip() else None
            except NotJson:
                continue
            seen = enforcer.resource(found) if is_object(found) else None
            if seen is not None:
                made.append(dumps(dict(seen)) + b"\n")
        return Reply(_OK, [(b"content-type", b"application/fhir+ndjson")], b"".join(made))

    async def _batch(self, scope: Scope, path: str, body: bytes) -> Reply:
        """A batch, each entry on its own way through here. A transaction is refused: it cannot be taken apart."""
        try:
            found = loads(body)
        except NotJson:
            found = None
        if not is_object(found) or found.get("type") != "batch":
            return refusal(NOT_ENFORCEABLE.at(), 403)
        entries = [await self._batched(scope, path, each) for each in objects(found.get("entry"))]
        return reply_json(_OK, {"resourceType": "Bundle", "type": "batch-response", "entry": entries})

    async def _batched(self, scope: Scope, path: str, entry: Mapping[str, Any]) -> dict[str, Any]:
        asked = entry.get("request")
        url = str(asked.get("url", "")) if is_object(asked) else ""
        if not is_object(asked) or any(name.startswith("if") for name in asked) or not url.strip("/"):
            reply = refusal(NOT_ENFORCEABLE.at(), 403)
        else:
            split = urlsplit(url)
            own = f"{path.rstrip('/')}/{split.path.lstrip('/')}"
            body = dumps(entry["resource"]) if "resource" in entry else b""
            try:
                reply = await self._answer(scope, str(asked.get("method", "")), own, split.query, body)
            except Refused:
                reply = refusal(NOT_ENFORCEABLE.at(), 403)
            except Exception as error:  # noqa: BLE001  one broken entry must not lose its neighbours, nor open anything
                reply = refusal(BROKEN_ENFORCEMENT.at(why=type(error).__name__), 403)
        value = reply.json()
        response: dict[str, Any] = {"status": str(reply.status)}
        for name, member in ((b"etag", "etag"), (b"last-modified", "lastModified"), (b"location", "location")):
            if member != "lastModified" and reply.header(name):
                response[member] = reply.header(name).decode("latin-1")
        if reply.status >= 400:  # noqa: PLR2004  HTTP refusals
            return {"response": {**response, "outcome": value}}
        return {"resource": value, "response": response} if value is not None else {"response": response}

    async def _write(  # noqa: PLR0913, PLR0917  the parts of an HTTP request
        self, scope: Scope, method: str, path: str, query: str, body: bytes, steps: list[str]
    ) -> Reply:
        """Create, update, patch, delete: of what is permitted, and of what may be seen. Conditional ones are refused."""
        conditional = any(name.lower().startswith(b"if-none") for name, _ in scope.get("headers", ()))
        wanted = 1 if method == "POST" else 2
        if method not in _ACTIONS or query or conditional or len(steps) != wanted or not _TYPE.fullmatch(steps[0]):
            return refusal(NOT_ENFORCEABLE.at(), 403)
        enforcer = self._asking(scope, method)
        if method != "POST":
            current = resource_of(await ask(self.app, scope, "GET", path))
            readable = current is not None and self._asking(scope, "GET").resource(current) is not None
            if current is None or not readable:
                return _not_found()
            if enforcer.resource(current) is None:
                return refusal(REFUSED.at(), 403)
        if method in {"POST", "PUT"}:
            try:
                new = loads(body)
            except NotJson:
                new = None
            if not is_object(new) or enforcer.resource(new) is None:
                return refusal(REFUSED.at(), 403)
        reply = await ask(self.app, scope, method, path, "", body)
        return self._written(scope, reply)

    def _written(self, scope: Scope, reply: Reply) -> Reply:
        """The answer to a write: the resource where it may be seen, never the server's own words."""
        kept = [(each, reply.header(each)) for each in (b"etag", b"location", b"last-modified") if reply.header(each)]
        found = resource_of(reply)
        if found is not None and found["resourceType"] != "OperationOutcome":
            seen = self._asking(scope, "GET").resource(found)
            return reply_json(reply.status, seen, kept) if seen is not None else Reply(reply.status, kept, b"")
        if reply.status < 300:  # noqa: PLR2004  HTTP success
            return Reply(reply.status, kept, b"")
        return refusal(REFUSED.at(), reply.status)


def _not_found() -> Reply:
    return refusal(NOT_FOUND.at(), 404)


def _anonymous(found: dict[str, Any]) -> dict[str, Any]:
    """A bundle without what the server behind may have made of the whole: its id, signature, time and words."""
    return {
        name: value for name, value in found.items() if name not in {"id", "meta", "signature", "timestamp", "text"}
    }
