"""What every ASGI application does: read a body within a limit, know an absolute address, answer the server's start and end.

https://asgi.readthedocs.io/en/stable/specs/www.html#request-receive-event,
https://asgi.readthedocs.io/en/stable/specs/lifespan.html
"""

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import unquote

__all__ = ["Disconnected", "live", "origin_form", "read_body"]

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]

_ABSOLUTE = re.compile(rb"https?://(?:[^/@]*@)?([^/@]+)(/.*)?", re.IGNORECASE | re.DOTALL)


class Disconnected(ConnectionError):
    """The client went away before its body was there: what came of it is no request."""


def _unseen(_size: int) -> None:
    """Nobody counts."""


async def read_body(receive: Receive, limit: int, seen: Callable[[int], None] = _unseen) -> bytes | None:
    """The whole body of a request, or None where it is longer than `limit` bytes: then it is not read to its end.

    `seen` is told the bytes of each piece as it comes, for who bounds the bodies of all requests together; what it raises
    ends the reading. Raises `Disconnected`.
    """
    made = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        piece: bytes = message.get("body", b"")
        if len(made) + len(piece) > limit:
            return None
        seen(len(piece))
        made += piece
        if not message.get("more_body"):
            return bytes(made)


async def live(receive: Receive, send: Send) -> None:
    """Answer the lifespan of an application that has nothing to start and nothing to end."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def origin_form(app: App) -> App:
    """An application that is asked for `GET http://host/path` as for `GET /path` on that host, which every server must take.

    Not every server takes the host out of the path for its application. The host of the address goes before the header.
    https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2
    """

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        raw: bytes = scope.get("raw_path") or b""
        if scope["type"] == "http" and (
            found := _ABSOLUTE.fullmatch(raw.removeprefix(scope.get("root_path", "").encode()))
        ):
            scope = _moved(scope, found[1], found[2] or b"/")
        await app(scope, receive, send)

    return served


def _moved(scope: Scope, host: bytes, path: bytes) -> Scope:
    root: str = scope.get("root_path", "")
    headers = [(b"host", host), *(each for each in scope["headers"] if each[0] != b"host")]
    return {
        **scope,
        "raw_path": root.encode() + path,
        "path": root + unquote(path.decode("latin-1")),
        "headers": headers,
    }
