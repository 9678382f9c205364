"""What holds for every request: who may ask, how much, how long; and no error without an OperationOutcome."""

from __future__ import annotations

import asyncio
import hmac
from typing import Any

from starlette.responses import Response

from .answers import Refused, broken, refusal
from .findings import TOO_LARGE, TOO_SLOW, UNAUTHORISED
from .service import App, Scope
from .settings import Settings

OPEN = frozenset({"/health"})
"""Addresses that need no token."""


def guarded(app: App, settings: Settings) -> App:
    """Put the guard in front of an application. The body is read whole first, within its limits of length and time."""

    async def guard(scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        begun = False

        async def tell(message: Any) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            refused = await _served(app, settings, scope, receive, tell)
        except TimeoutError:
            refused = refusal(TOO_SLOW.at(seconds=f"{settings.limits.seconds:g}"), 504)
        except Refused as error:
            refused = error.response
        except Exception as error:  # noqa: BLE001  whatever breaks, the client gets an answer without content
            refused = broken(error)
        if refused is not None and not begun:
            await refused(scope, receive, send)

    return guard


async def _served(app: App, settings: Settings, scope: Scope, receive: Any, send: Any) -> Response | None:
    if settings.token and scope["path"] not in OPEN and not _knows(scope, settings.token):
        return refusal(UNAUTHORISED.at(), 401, {"WWW-Authenticate": "Bearer"})
    limit = settings.limits.max_bytes
    async with asyncio.timeout(settings.limits.seconds):
        body = await _body(receive, limit)
        if body is None:
            return refusal(TOO_LARGE.at(limit=limit), 413, {"Connection": "close"})
        await app(scope, _once(body, receive), send)
    return None


def _knows(scope: Scope, token: str) -> bool:
    headers = dict(scope["headers"])
    scheme, _, given = headers.get(b"authorization", b"").partition(b" ")
    return scheme.lower() == b"bearer" and hmac.compare_digest(given.strip(), token.encode())


async def _body(receive: Any, limit: int) -> bytes | None:
    """Read the body; None where it is too long."""
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        piece = message.get("body", b"")
        size += len(piece)
        if size > limit:
            return None
        pieces.append(piece)
        if not message.get("more_body"):
            return b"".join(pieces)


def _once(body: bytes, receive: Any) -> Any:
    """Give the body that was read, once; then what comes after it."""
    given = False

    async def again() -> Any:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
