"""What holds for every request: who may ask, how much, how long; and no error without an OperationOutcome."""

from __future__ import annotations

import asyncio
import hmac
import re
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from typing import Any

from starlette.responses import Response

from samspil_core.asgi import Disconnected, live, read_body

from .answers import Refused, broken, refusal
from .findings import AMBIGUOUS, ENCODED, TOO_BUSY, TOO_LARGE, TOO_MANY, TOO_SLOW, UNAUTHORISED
from .service import App, Scope
from .settings import Limits, Settings

OPEN = frozenset({"/health"})
"""Addresses that need no token."""

_CLOSE = {"Connection": "close"}
_AGAIN = {"Retry-After": "1", **_CLOSE}
_MOST_PARAMETERS = 1000
_HOST = re.compile(rb"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~!$&'()*+,;=%-]*)(?::[0-9]{0,5})?")
_SHARES = 8
"""The bodies of all requests together may be this many times as long as the longest one."""

_LINGER = 1.0
"""Seconds in which a body that is refused is still taken off the line, so that its sender reads the answer."""


def guarded(app: App, settings: Settings) -> App:
    """Put the guard in front of an application. The body is read whole first, within its limits of length and time."""
    room = _Room(settings.limits)

    async def guard(scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await live(receive, send)
        if scope["type"] != "http":
            return
        begun = False

        async def tell(message: Any) -> None:
            nonlocal begun
            begun = True
            await send(message)

        refused = await _answered(app, settings, room, scope, receive, tell)
        if refused is not None and not begun:
            await _refuse(refused, scope, receive, send)

    return guard


async def _answered(  # noqa: PLR0913, PLR0917  the three of ASGI, and what the guard goes by
    app: App, settings: Settings, room: _Room, scope: Scope, receive: Any, send: Any
) -> Response | None:
    """Let a request through; give the refusal of one that may not, or that breaks."""
    limits = settings.limits
    try:
        _admit(settings, scope)
        with room.share() as take:
            body = await _read(limits, receive, take)
            try:
                async with asyncio.timeout(limits.seconds):
                    await app(scope, _once(body, receive), send)
            except TimeoutError:
                return refusal(TOO_SLOW.at(seconds=f"{limits.seconds:g}"), 504)
    except Disconnected:
        return None
    except Refused as error:
        return error.response
    except Exception as error:  # noqa: BLE001  whatever breaks, the client gets an answer without content
        return broken(error)
    return None


def _admit(settings: Settings, scope: Scope) -> None:
    """Look at the head of a request. Raises `Refused`."""
    headers: dict[bytes, bytes] = dict(scope["headers"])
    if _ambiguous(scope, headers):
        raise Refused(AMBIGUOUS.at(), 400, _CLOSE)
    if settings.token and scope["path"] not in OPEN and not _knows(headers, settings.token):
        raise Refused(UNAUTHORISED.at(), 401, {"WWW-Authenticate": 'Bearer realm="samspil"'})
    if scope["query_string"].count(b"&") >= _MOST_PARAMETERS:
        raise Refused(TOO_MANY.at(limit=_MOST_PARAMETERS), 400, _CLOSE)
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise Refused(ENCODED.at(), 415, {"Accept-Encoding": "identity", **_CLOSE})
    length = headers.get(b"content-length", b"0")
    if length.isdigit() and int(length) > settings.limits.max_bytes:
        raise Refused(TOO_LARGE.at(limit=settings.limits.max_bytes), 413, _CLOSE)


def _ambiguous(scope: Scope, headers: dict[bytes, bytes]) -> bool:
    """Tell whether a proxy in front may have read another request, or sent it elsewhere: two lengths, or a host that is none.

    https://www.rfc-editor.org/rfc/rfc9112#section-6.1, https://www.rfc-editor.org/rfc/rfc9112#section-3.2
    """
    framed = b"transfer-encoding" in headers and (b"content-length" in headers or scope.get("http_version") == "1.0")
    return framed or not _HOST.fullmatch(headers.get(b"host", b""))


def _knows(headers: dict[bytes, bytes], token: str) -> bool:
    scheme, _, given = headers.get(b"authorization", b"").partition(b" ")
    return scheme.lower() == b"bearer" and hmac.compare_digest(given.strip(), token.encode())


class _Room:
    """How many requests are at work, and how many bytes of bodies they hold together."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._requests = 0
        self._held = 0

    @contextmanager
    def share(self) -> Generator[Callable[[int], None]]:
        """Make room for a request, and give what it takes bytes with. Raises `Refused` when there is no room, as that does."""
        if self._requests >= self._limits.requests:
            raise Refused(TOO_BUSY.at(), 503, _AGAIN)
        self._requests += 1
        taken = 0

        def take(size: int) -> None:
            nonlocal taken
            if self._held + size > _SHARES * self._limits.max_bytes:
                raise Refused(TOO_BUSY.at(), 503, _AGAIN)
            self._held += size
            taken += size

        try:
            yield take
        finally:
            self._requests -= 1
            self._held -= taken


async def _read(limits: Limits, receive: Any, take: Callable[[int], None]) -> bytes:
    """Read the body. Raises `Refused` where it is too long, too slow, or where others take all the room."""
    try:
        async with asyncio.timeout(limits.seconds):
            body = await read_body(receive, limits.max_bytes, take)
    except TimeoutError:
        raise Refused(TOO_SLOW.at(seconds=f"{limits.seconds:g}"), 408, _CLOSE) from None
    if body is None:
        raise Refused(TOO_LARGE.at(limit=limits.max_bytes), 413, _CLOSE)
    return body


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


async def _refuse(refused: Response, scope: Scope, receive: Any, send: Any) -> None:
    """Send a refusal; where the connection ends with it, take what still comes for a moment, and throw it away."""
    if refused.headers.get("connection") != "close":
        await refused(scope, receive, send)
        return

    async def open_end(message: Any) -> None:
        await send({**message, "more_body": True} if message["type"] == "http.response.body" else message)

    await refused(scope, receive, open_end)
    with suppress(TimeoutError):
        async with asyncio.timeout(_LINGER):
            while (await receive()).get("more_body"):
                pass
    await send({"type": "http.response.body", "body": b""})
