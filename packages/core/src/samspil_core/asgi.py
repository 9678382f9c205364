"""What every ASGI application does: read a request's body within a limit, and answer the server's start and end.

https://asgi.readthedocs.io/en/stable/specs/www.html#request-receive-event,
https://asgi.readthedocs.io/en/stable/specs/lifespan.html
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

__all__ = ["Disconnected", "live", "read_body"]

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


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
