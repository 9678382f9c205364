"""The body of an ASGI request, read whole and within a limit. https://asgi.readthedocs.io/en/stable/specs/www.html#request-receive-event."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

__all__ = ["Disconnected", "read_body"]

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


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
