"""One HTTP exchange with the server behind: asked in full, answered in full, so that nothing leaves unseen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from samspil_core.jsontext import NotJson, dumps, loads
from samspil_core.outcome import Issue, Outcome, http_status, to_operation_outcome

from .parts import is_object

__all__ = ["App", "Behind", "Headers", "Reply", "ask", "refusal", "reply_json", "send_reply"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

FHIR_JSON = b"application/fhir+json; charset=utf-8"
_FORWARDED = frozenset({b"authorization", b"x-request-id", b"traceparent", b"host", b"cookie"})
_WITH_A_BODY = frozenset({b"content-type", b"if-match"})
_JSON = b"application/fhir+json, application/json;q=0.9"


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole HTTP answer."""

    status: int
    headers: Headers
    body: bytes

    def json(self) -> Any:
        """The body as JSON, or None where it is none."""
        try:
            return loads(self.body)
        except NotJson:
            return None

    def header(self, name: bytes) -> bytes:
        """The first header of a name in lower case, or nothing."""
        return next((value for key, value in self.headers if key.lower() == name), b"")


@dataclass(frozen=True, slots=True)
class Behind:
    """The server behind, on behalf of one request."""

    app: App
    scope: Scope
    root: str = ""

    async def get(self, path: str, query: str = "", headers: Headers | None = None) -> Reply:
        """What a GET answers."""
        return await ask(self.app, self.scope, "GET", path, query, headers=headers)

    async def resource(self, name: str) -> dict[str, Any] | None:
        """The current version of `Type/id`, or None."""
        found = resource_of(await self.get(f"{self.root}/{name}"))
        return found if found is not None and f"{found['resourceType']}/{found.get('id')}" == name else None


async def ask(  # noqa: PLR0913, PLR0917  the parts of an HTTP request
    app: App,
    scope: Scope,
    method: str,
    path: str,
    query: str = "",
    body: bytes = b"",
    *,
    headers: Headers | None = None,
) -> Reply:
    """Ask the server behind, for JSON, never conditionally: 304 would tell that something is there.

    Only headers that carry identity or a trace go on, and of a write its content type and If-Match; neither a preference
    nor another method for it does. `headers` are further ones, and another `accept`.
    """
    wanted = _FORWARDED | _WITH_A_BODY if method in {"POST", "PUT", "DELETE"} else _FORWARDED
    sent_on: Headers = [(name, value) for name, value in scope.get("headers", ()) if name.lower() in wanted]
    sent_on += headers or []
    if not any(name == b"accept" for name, _ in sent_on):
        sent_on.append((b"accept", _JSON))
    raw = quote(path, safe="/$.-_~").encode()
    inner = {
        **scope,
        "method": method,
        "path": path,
        "raw_path": raw,
        "query_string": query.encode(),
        "headers": sent_on,
    }
    if body:
        sent_on.append((b"content-length", str(len(body)).encode()))
    sent: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
    status, answered, parts_ = 0, Headers(), bytearray()

    async def receive() -> Message:
        return sent.pop() if sent else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        nonlocal status, answered
        if message["type"] == "http.response.start":
            status, answered = message["status"], list(message.get("headers", ()))
        elif message["type"] == "http.response.body":
            parts_.extend(message.get("body", b""))

    await app(inner, receive, send)
    return Reply(status, answered, bytes(parts_))


def reply_json(status: int, value: object, more: Iterable[tuple[bytes, bytes]] = ()) -> Reply:
    """An answer in FHIR JSON."""
    return Reply(status, [(b"content-type", FHIR_JSON), *more], dumps(value))


def refusal(issue: Issue, status: int = 0) -> Reply:
    """An OperationOutcome for a finding, with the HTTP status it asks for."""
    outcome = Outcome((issue,))
    return reply_json(status or http_status(outcome), to_operation_outcome(outcome))


async def send_reply(reply: Reply, send: Send, *, head: bool = False) -> None:
    """Send an answer; of a HEAD request only the headers."""
    length = [(b"content-length", str(len(reply.body)).encode())]
    headers = [each for each in reply.headers if each[0].lower() != b"content-length"] + length
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head else reply.body})


def resource_of(reply: Reply) -> dict[str, Any] | None:
    """The resource of an answer that bears one."""
    found = reply.json() if reply.status in {200, 201} else None
    return dict(found) if is_object(found) and isinstance(found.get("resourceType"), str) else None
