"""The middleware: it holds an answer back until its records are durable.

https://asgi.readthedocs.io/en/stable/specs/www.html
"""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping, Sequence
from contextlib import suppress
from dataclasses import replace
from inspect import isawaitable
from typing import Any, Literal

from samspil_audit.classify import Tables, load_tables, touched
from samspil_audit.findings import ANSWER_NOT_READ, ANSWERED_UNRECORDED
from samspil_audit.ids import uuid7_maker
from samspil_audit.keys import Entropy
from samspil_audit.log import AuditLog, Clock, NotRecorded, now
from samspil_audit.preparing import NotAnEvent
from samspil_audit.record import Access, Server, Who, rest_events
from samspil_core import Issue, Outcome, dumps, http_status, to_operation_outcome

from .accesses import Exchange, accesses, issues_of, removed_by, unread, without_content
from .lines import Lines

__all__ = ["AuditMiddleware"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]
AskWho = Callable[[Scope], Who | Awaitable[Who]]
LookUp = Callable[[str], Mapping[str, Any] | Awaitable[Mapping[str, Any] | None] | None]
"""Gives the resource of a reference, such as `Condition/1`, as it is now, or None."""

_MOST_WAITING = 100_000
_BROKEN = 500
_OWN_WAYS = frozenset({"http.response.pathsend", "http.response.zerocopysend"})
"""Ways to answer with a file that would pass the records by; an application that is not offered them sends a body."""


class AuditMiddleware:
    """Wraps an ASGI application that serves FHIR at its root (or `base`, such as `/fhir`).

    `who` tells from a request's scope who makes it; it may be a coroutine. `on_failure` says what happens when the
    log cannot write: `closed` answers 503 in place of the answer, `open` lets the answer leave, keeps the records in
    memory and writes them with the next. `told` receives the findings. `origin` is the origin of data that names
    none; `grouped` lists resources of one category and origin together. `look_up` is asked for each resource that is
    about to be deleted or patched, since an answer without content does not tell whose it was.
    """

    def __init__(  # noqa: PLR0913  what an application may want to set
        self,
        app: Asgi,
        *,
        log: AuditLog,
        who: AskWho,
        server: Server | None = None,
        clock: Clock = now,
        entropy: Entropy = os.urandom,
        base: str = "",
        tables: Tables | None = None,
        origin: str = "",
        grouped: bool = False,
        look_up: LookUp | None = None,
        on_failure: Literal["closed", "open"] = "closed",
        told: Callable[[Outcome], None] | None = None,
    ) -> None:
        self.app = app
        self._log = log
        self._who = who
        self._server = server or Server()
        self._clock = clock
        self._ids = uuid7_maker(clock, entropy)
        self._base = base.rstrip("/")
        self._tables = tables or load_tables()
        self._origin = origin
        self._grouped = grouped
        self._look_up = look_up
        self._on_failure = on_failure
        self._told = told
        self._waiting: deque[dict[str, Any]] = deque(maxlen=_MOST_WAITING)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, and record it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        await _Request(self, scope, receive, send).serve()

    async def access(self, scope: Scope) -> Access:
        """What is known of an access before the answer: who, when, and the ids to follow it by."""
        told = self._who(scope)
        return self.access_by(await told if isawaitable(told) else told, scope)

    def access_by(self, who: Who, scope: Scope) -> Access:
        """The same, by someone who is known already."""
        headers = _headers(scope["headers"])
        if not who.address:
            who = replace(who, address=str((scope.get("client") or ("",))[0]))
        return Access(
            interaction="",
            recorded=self._clock().isoformat(timespec="milliseconds"),
            who=who,
            server=self._server,
            url=_url(scope, self.path(scope)),
            request_id=headers.get("x-request-id", "") or self._ids(),
            trace=headers.get("traceparent", ""),
            grouped=self._grouped,
        )

    def path(self, scope: Scope) -> str:
        """The path of a request under the base of the FHIR server."""
        path = str(scope["path"]).removeprefix(scope.get("root_path", ""))
        return path.removeprefix(self._base)

    async def record(self, exchange: Exchange) -> Issue | None:
        """Record an exchange, durably; the finding that stands against its answer, or None.

        What cannot be told apart, whatever it holds, is recorded as an access without content: none is left out.
        """
        try:
            found, issues = accesses(exchange, self._tables, self._origin)
            events = [event for access in found for event in rest_events(access, self._ids)]
            self._say(issues + issues_of(found))
            return await self._keep(events)
        except (NotRecorded, asyncio.CancelledError):
            raise
        except Exception as fault:  # noqa: BLE001  a request is recorded whatever came with it
            why = f"it is not of the shape of FHIR ({type(fault).__name__})"
            self._say([ANSWER_NOT_READ.at(why=why)])
            return await self._keep(rest_events(without_content(exchange, why), self._ids))

    async def before(self, method: str, path: str, sent: bytes, sent_type: str) -> dict[str, Mapping[str, Any]]:
        """The resources that a request is about to delete or patch, as far as `look_up` knows them."""
        if self._look_up is None:
            return {}
        found: dict[str, Mapping[str, Any]] = {}
        for reference in removed_by(method, path, sent, sent_type):
            with suppress(Exception):  # what cannot be looked up is recorded by its reference
                told = self._look_up(reference)
                resource = await told if isawaitable(told) else told
                if resource is not None:
                    found[reference] = resource
        return found

    async def record_resources(self, base: Access, resources: Iterable[Mapping[str, Any]]) -> Issue | None:
        """Record resources that leave as part of a stream."""
        stream = replace(base, interaction="operation")
        try:
            found = [each for resource in resources for each in touched(resource, self._tables, self._origin)]
            access = replace(stream, touched=found)
            self._say(issues_of([access]))
            return await self._keep(rest_events(access, self._ids)) if found else None
        except (NotRecorded, asyncio.CancelledError):
            raise
        except Exception as fault:  # noqa: BLE001  as in `record`
            why = f"it is not of the shape of FHIR ({type(fault).__name__})"
            self._say([ANSWER_NOT_READ.at(why=why)])
            return await self._keep(rest_events(replace(stream, touched=[unread(why)]), self._ids))

    async def _keep(self, events: Sequence[dict[str, Any]]) -> Issue | None:
        waiting = [self._waiting.popleft() for _ in range(len(self._waiting))]
        try:
            await self._log.append_async([*waiting, *events])
        except NotAnEvent:
            self._waiting.extend(waiting)
            raise
        except NotRecorded as fault:
            self._waiting.extend(waiting)
            if self._on_failure == "closed":
                self._say([fault.issue])
                return fault.issue
            self._waiting.extend(events)
            why = dict(fault.issue.detail)["why"]
            self._say([ANSWERED_UNRECORDED.at(why=why, waiting=len(self._waiting))])
        return None

    def _say(self, issues: Sequence[Issue]) -> None:
        if issues and self._told:
            self._told(Outcome(tuple(issues)))


class _Request:
    """One request on its way through: what came, what goes, and the records between."""

    def __init__(self, middleware: AuditMiddleware, scope: Scope, receive: Receive, send: Send) -> None:
        self._middleware = middleware
        self._scope = scope
        self._receive = receive
        self._send = send
        self._sent = bytearray()
        self._start: Message | None = None
        self._answer = bytearray()
        self._lines: Lines | None = None
        self._done = False
        self._refused = False
        self._before: dict[str, Mapping[str, Any]] = {}

    async def serve(self) -> None:
        """Run the application, and record even where it fails or is cancelled."""
        middleware, scope = self._middleware, self._scope
        self._access = middleware.access_by(Who(), scope)
        try:
            self._access = await middleware.access(scope)
            if scope["method"] != "POST":
                self._before = await middleware.before(scope["method"], middleware.path(scope), b"", "")
            await middleware.app(_without_own_ways(scope), self._read, self._write)
        finally:
            if not self._done:
                self._done = True
                await asyncio.shield(middleware.record(self._exchange(_BROKEN, b"", {})))

    async def _read(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._sent += message.get("body", b"")
            if self._scope["method"] == "POST" and not message.get("more_body", False):
                await self._look_before()
        return message

    async def _look_before(self) -> None:
        """A batch has come whole, and the application is about to see it: look up what it deletes."""
        kind = _headers(self._scope["headers"]).get("content-type", "")
        path = self._middleware.path(self._scope)
        self._before = await self._middleware.before("POST", path, bytes(self._sent), kind)

    async def _write(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._begin(message)
        elif message["type"] == "http.response.body":
            await self._body(message)
        else:
            await self._send(message)

    def _begin(self, message: Message) -> None:
        headers = _headers(message.get("headers", ()))
        if "x-request-id" not in headers:
            kept = (b"x-request-id", self._access.request_id.encode("latin-1"))
            message = {**message, "headers": [*message.get("headers", ()), kept]}
        self._start = message
        if "ndjson" in headers.get("content-type", "") and message["status"] < 400:  # noqa: PLR2004  a success
            self._lines = Lines(headers.get("content-encoding", ""))

    async def _body(self, message: Message) -> None:
        ends = not message.get("more_body", False)
        if self._lines is not None:
            await self._stream(self._lines, message.get("body", b""), ends=ends)
            return
        self._answer += message.get("body", b"")
        if ends and self._start is not None:
            headers = _headers(self._start.get("headers", ()))
            self._done = True
            issue = await self._middleware.record(self._exchange(self._start["status"], bytes(self._answer), headers))
            await self._leave(issue)

    async def _leave(self, issue: Issue | None) -> None:
        if issue is not None:
            await self._refuse(issue)
        elif self._start is not None:
            await self._send(self._start)
            await self._send({"type": "http.response.body", "body": bytes(self._answer)})

    async def _stream(self, lines: Lines, part: bytes, *, ends: bool) -> None:
        """Records what a part of a stream holds, then lets it leave."""
        if self._start is None or self._refused:
            return
        ready, resources = lines.take(part, ends=ends)
        issue = await self._middleware.record_resources(self._access, resources)
        if issue is None and ends and not lines.count:
            issue = await self._middleware.record(self._exchange(self._start["status"], b"", {}))
        if issue is not None:
            await self._break_off(issue)
            return
        if ready or ends:
            if not self._done:
                self._done = True
                await self._send(self._start)
            await self._send({"type": "http.response.body", "body": ready, "more_body": not ends})

    async def _break_off(self, issue: Issue) -> None:
        """Refuse a stream of which nothing has left, or end one in the middle, so that its reader sees that it is cut."""
        if self._done:
            raise NotRecorded(dict(issue.detail)["why"])
        self._refused = self._done = True
        await self._refuse(issue)

    async def _refuse(self, issue: Issue) -> None:
        outcome = Outcome((issue,))
        body = dumps(to_operation_outcome(outcome))
        headers = [(b"content-type", b"application/fhir+json"), (b"content-length", str(len(body)).encode())]
        await self._send({"type": "http.response.start", "status": http_status(outcome), "headers": headers})
        await self._send({"type": "http.response.body", "body": body})

    def _exchange(self, status: int, answer: bytes, headers: Mapping[str, str]) -> Exchange:
        asked = _headers(self._scope["headers"])
        return Exchange(
            method=self._scope["method"],
            path=self._middleware.path(self._scope),
            query=self._scope.get("query_string", b"").decode("latin-1"),
            sent=bytes(self._sent),
            sent_type=asked.get("content-type", ""),
            status=status,
            answer=answer,
            answer_type=headers.get("content-type", ""),
            encoding=headers.get("content-encoding", ""),
            location=headers.get("location", ""),
            base=self._access,
            before=self._before,
        )


def _without_own_ways(scope: Scope) -> Scope:
    offered: Mapping[str, Any] = scope.get("extensions") or {}
    return {**scope, "extensions": {name: offered[name] for name in offered if name not in _OWN_WAYS}}


def _headers(pairs: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in pairs}


def _url(scope: Scope, path: str) -> str:
    query = scope.get("query_string", b"").decode("latin-1")
    return f"{scope['method']} {path.lstrip('/')}" + (f"?{query}" if query else "")
