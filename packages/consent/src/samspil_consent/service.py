"""The HTTP face of decisions: the CDS hook and `POST /decide`, as a plain ASGI application."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from samspil_core.asgi import Disconnected, live, read_body
from samspil_core.jsontext import NotJson, dumps, loads

from .breakglass import with_emergency
from .decision import decide_with
from .engine import Engine
from .exchange import App, Receive, Reply, Scope, Send, refusal, send_reply
from .explanation import explanation
from .findings import BAD_REQUEST, BROKEN_ENFORCEMENT, NOT_FOUND
from .hooks import DISCOVERY, consult
from .parts import is_object
from .request import BadRequest, read_request

__all__ = ["service"]

_MOST_BYTES = 20_000_000


def service(engine: Engine, clock: Callable[[], datetime]) -> App:
    """An ASGI application that answers by an engine; `clock` says when, as no decision reads a clock itself.

    `GET /cds-services`, `POST /cds-services/patient-consent-consult`, `POST /decide`. A request that cannot be read is
    400, and whatever breaks is a refusal.
    """

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await live(receive, send)
            return
        if scope["type"] != "http":
            return
        try:
            body = await read_body(receive, _MOST_BYTES)
        except Disconnected:
            return
        try:
            if body is None:
                reply = refusal(BAD_REQUEST.at(why=f"it is longer than {_MOST_BYTES} bytes"), 413)
            else:
                path = scope["path"].removeprefix(scope.get("root_path", ""))
                reply = _answer(engine, clock, scope["method"], path, body)
        except (BadRequest, NotJson) as error:
            reply = refusal(BAD_REQUEST.at(why=str(error)), 400)
        except Exception as error:  # noqa: BLE001  whatever breaks, nothing is let through
            reply = refusal(BROKEN_ENFORCEMENT.at(why=type(error).__name__), 403)
        await send_reply(reply, send)

    return app


def _json(value: object) -> Reply:
    """Plain JSON, which is no resource: https://cds-hooks.hl7.org/2.0/#cds-service-response."""
    return Reply(200, [(b"content-type", b"application/json")], dumps(value))


def _answer(engine: Engine, clock: Callable[[], datetime], method: str, path: str, body: bytes) -> Reply:
    if method in {"GET", "HEAD"} and path == "/cds-services":  # to HEAD the server gives no body
        return _json(dict(DISCOVERY))
    if (method, path) == ("POST", "/cds-services/patient-consent-consult"):
        return _json(consult(engine, loads(body), clock()))
    if (method, path) == ("POST", "/decide"):
        found: Any = loads(body)
        stated = clock() if is_object(found) and "at" not in found else None
        return _json(explanation(with_emergency(decide_with(engine, read_request(found, stated)))))
    return refusal(NOT_FOUND.at(), 404)
