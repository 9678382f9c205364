"""An HTTP exchange as values, and an ASGI application made of a function on them."""

import re
import sys
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from typing import Any, cast
from urllib.parse import unquote

from samspil_conformance.sut.asgi import Application
from samspil_core import NotJson, dumps, loads
from samspil_core.asgi import Disconnected, live, read_body

__all__ = ["Ask", "Asked", "Told", "asgi", "call"]

Message = MutableMapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: path with a leading slash, query as it came, headers in lower case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""
    scope: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)

    @property
    def json(self) -> Any:
        """The body as JSON; None where it is none."""
        return _json(self.body)

    @property
    def object(self) -> dict[str, Any]:
        """The body as a JSON object; empty where it is none."""
        return _object(self.body)

    def header(self, name: str) -> str:
        """A header, or an empty text."""
        return self.headers.get(name, "")


@dataclass(frozen=True, slots=True)
class Told:
    """An answer."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""

    @property
    def json(self) -> Any:
        """The body as JSON; None where it is none."""
        return _json(self.body)

    @property
    def object(self) -> dict[str, Any]:
        """The body as a JSON object; empty where it is none."""
        return _object(self.body)

    def with_json(self, value: Any) -> "Told":
        """The answer with another resource in it."""
        return replace(self, body=dumps(value))


Ask = Callable[[Asked], Awaitable[Told]]


def _json(body: bytes) -> Any:
    try:
        return loads(body) if body else None
    except NotJson:
        return None


def _object(body: bytes) -> dict[str, Any]:
    found = _json(body)
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


async def call(app: Application, asked: Asked) -> Told:
    """Ask an ASGI application."""
    sent: list[Message] = []
    headers = [(name.encode(), value.encode("latin-1")) for name, value in asked.headers.items()]
    scope = {
        **asked.scope,
        "method": asked.method,
        "path": unquote(asked.path),
        "raw_path": asked.path.encode(),
        "query_string": asked.query.encode(),
        "headers": [pair for pair in headers if pair[0] != b"content-length"]
        + [(b"content-length", str(len(asked.body)).encode())],
    }

    async def receive() -> Message:
        return {"type": "http.request", "body": asked.body, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    told = {name.decode().lower(): value.decode("latin-1") for name, value in sent[0].get("headers", ())}
    body = b"".join(each.get("body", b"") for each in sent[1:])
    return Told(sent[0]["status"], {k: v for k, v in told.items() if k != "content-length"}, body)


def asgi(ask: Ask) -> Application:
    """An ASGI application that answers each request by a function."""

    async def app(
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        if scope["type"] == "lifespan":
            await live(receive, send)
            return
        try:
            body = await read_body(receive, sys.maxsize) or b""
        except Disconnected:
            return
        headers = {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]}
        path = re.sub("%2[fF]", "/", str(scope["path"]))
        asked = Asked(scope["method"], path, scope.get("query_string", b"").decode("latin-1"), headers, body, scope)
        told = await ask(asked)
        pairs = [(name.encode(), value.encode("latin-1")) for name, value in told.headers.items()]
        length = [(b"content-length", str(len(told.body)).encode())]
        await send({"type": "http.response.start", "status": told.status, "headers": pairs + length})
        await send({"type": "http.response.body", "body": b"" if asked.method == "HEAD" else told.body})

    return app
