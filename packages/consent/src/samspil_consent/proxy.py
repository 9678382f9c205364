"""A FHIR server in another process as an ASGI application, so that the middleware can stand in front of it."""

from __future__ import annotations

import asyncio
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import urlsplit

from samspil_core.asgi import Disconnected, read_body

from .exchange import App, Headers, Receive, Reply, Scope, Send, send_reply

__all__ = ["server_at"]

_MOST_BYTES: Final = 20_000_000
_HOP_BY_HOP: Final = frozenset(
    [b"connection", b"keep-alive", b"transfer-encoding", b"te", b"trailer", b"upgrade", b"content-length"]
)
_TOO_LONG: Final = Reply(413, [(b"content-type", b"text/plain")], b"")
_UNREACHABLE: Final = Reply(502, [(b"content-type", b"text/plain")], b"")


def server_at(url: str, timeout: float = 30.0) -> App:
    """The server at the origin of a URL (`https://ehr.example.org`); paths and the host asked for are passed on as they are.

    One connection a request, in a thread; a server that cannot be reached within `timeout` seconds answers 502. Raises
    ValueError for a URL that is no http or https origin.
    """
    origin = urlsplit(url)
    if origin.scheme not in {"http", "https"} or not origin.hostname:
        raise ValueError(f"{url!r} is no http or https URL")
    connect = HTTPSConnection if origin.scheme == "https" else HTTPConnection
    host, port = origin.hostname, origin.port

    def exchange(method: str, path: str, headers: Headers, body: bytes) -> Reply:
        connection = connect(host, port, timeout=timeout)
        try:
            named = {name.decode("latin-1"): value.decode("latin-1") for name, value in headers}
            connection.request(method, path, body or None, named)
            answer = connection.getresponse()
            given = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.getheaders()]
            kept = [(name, value) for name, value in given if name not in _HOP_BY_HOP]
            return Reply(answer.status, kept, answer.read())
        except (OSError, HTTPException):
            return _UNREACHABLE
        finally:
            connection.close()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        try:
            body = await read_body(receive, _MOST_BYTES)
        except Disconnected:
            return
        if body is None:
            await send_reply(_TOO_LONG, send)
            return
        path = scope["raw_path"].decode("latin-1")
        query = scope["query_string"].decode("latin-1")
        headers: Headers = [(name, value) for name, value in scope["headers"] if name.lower() not in _HOP_BY_HOP]
        url = f"{path}?{query}" if query else path
        await send_reply(await asyncio.to_thread(exchange, scope["method"], url, headers, body), send)

    return app
