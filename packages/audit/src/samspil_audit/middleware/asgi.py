"""The middleware: it holds an answer back until its records are durable.

https://asgi.readthedocs.io/en/stable/specs/www.html
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import replace
from inspect import isawaitable
from typing import Any, Literal

from samspil_audit.classify import Tables, load_tables, touched
from samspil_audit.findings import ANSWERED_UNRECORDED
from samspil_audit.ids import uuid7_maker
from samspil_audit.keys import Entropy
from samspil_audit.log import AuditLog, Clock, NotRecorded, now
from samspil_audit.record import Access, Server, Who, rest_events
from samspil_core import Issue, Outcome, dumps, http_status, to_operation_outcome

from .accesses import Exchange, accesses, issues_of
from .lines import Lines

__all__ = ["AuditMiddleware"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]
AskWho = Callable[[Scope], Who | Awaitable[Who]]

_MOST_WAITING = 100_000
_BROKEN = 500


class AuditMiddleware:
    """Wraps an ASGI application that serves FHIR at its root (or `base`, such as `/fhir`).

    `who` tells from a request's scope who makes it; it may be a coroutine. `on_failure` says what happens when the
    log cannot write: `closed` answers 503 in place of the answer, `open` lets the answer leave, keeps the records in
    memory and writes them with the next. `told` receives the findings. `origin` is the origin of data that names
    none; `grouped` lists resources of one category and origin together.
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
        headers = _headers(scope["headers"])
        told = self._who(scope)
        who = await told if isawaitable(told) else told
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
        """Record an exchange, durably; the finding that stands against its answer, or None."""
        found, issues = accesses(exchange, self._tables, self._origin)
        self._say(issues + issues_of(found))
        return await self._keep([event for access in found for event in rest_events(access, self._ids)])

    async def record_resources(self, base: Access, resources: Iterable[Mapping[str, Any]]) -> Issue | None:
        """Record resources that leave as part of a stream."""
        found = [each for resource in resources for each in touched(resource, self._tables, self._origin)]
        access = replace(base, interaction="operation", touched=found)
        self._say(issues_of([access]))
        return await self._keep(rest_events(access, self._ids)) if found else None

    async def _keep(self, events: Sequence[dict[str, Any]]) -> Issue | None:
        waiting = [self._waiting.popleft() for _ in range(len(self._waiting))]
        try:
            await self._log.append_async([*waiting, *events])
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

    async def serve(self) -> None:
        """Run the application, and record even where it fails."""
        self._access = await self._middleware.access(self._scope)
        try:
            await self._middleware.app(self._scope, self._read, self._write)
        except Exception:
            if not self._done:
                await self._middleware.record(self._exchange(_BROKEN, b"", {}))
            raise
        if not self._done:
            await self._middleware.record(self._exchange(_BROKEN, b"", {}))

    async def _read(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._sent += message.get("body", b"")
        return message

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
            self._lines = Lines()

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
        whole, resources = lines.take(part, ends=ends)
        issue = await self._middleware.record_resources(self._access, resources)
        if issue is not None:
            raise NotRecorded(dict(issue.detail)["why"])
        if ends and not lines.count and self._start is not None:
            await self._middleware.record(self._exchange(self._start["status"], b"", {}))
        if self._start is not None and not self._done:
            await self._send(self._start)
            self._done = True
        await self._send({"type": "http.response.body", "body": whole, "more_body": not ends})

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
        )


def _headers(pairs: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in pairs}


def _url(scope: Scope, path: str) -> str:
    query = scope.get("query_string", b"").decode("latin-1")
    return f"{scope['method']} {path.lstrip('/')}" + (f"?{query}" if query else "")
