"""HTTP as uvicorn reads it, with an end to heads that do not come, and refusals in FHIR. Needs the extra `cli`."""

from __future__ import annotations

import asyncio
import ssl
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from samspil_core.asgi import origin_form
from samspil_core.jsontext import dumps
from samspil_core.outcome import Issue, Outcome, to_operation_outcome

from .answers import FHIR_JSON
from .findings import BAD_HTTP, TOO_SLOW
from .service import App
from .settings import Settings

_MOST_HEAD = 65536


def server_of(app: App, settings: Settings) -> uvicorn.Server:
    """Make the server, ready to run on sockets: its limits, TLS and client certificates are those of the settings.

    Raises OSError, ssl.SSLError among them, for certificates that cannot be used.
    """
    tls, seconds = settings.tls, settings.limits.head_seconds

    class Protocol(_Protocol):
        head_seconds = seconds

    config = uvicorn.Config(
        origin_form(app),  # pyright: ignore[reportArgumentType]  an ASGI application
        http=Protocol,
        ws="none",
        log_level="error",
        access_log=False,
        server_header=False,
        h11_max_incomplete_event_size=_MOST_HEAD,
        ssl_certfile=tls.cert if tls else None,
        ssl_keyfile=tls.key if tls else None,
        ssl_ca_certs=str(tls.clients) if tls and tls.clients else None,
        ssl_cert_reqs=ssl.CERT_REQUIRED if tls and tls.clients else ssl.CERT_NONE,
    )
    config.load()
    return uvicorn.Server(config)


class _Protocol(H11Protocol):
    """A connection that is at work on no request is closed after `head_seconds`, however much it drips meanwhile."""

    head_seconds: float = 10.0
    _end: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._wait()

    def on_response_complete(self) -> None:
        self._wait()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._end:
            self._end.cancel()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  uvicorn's words are not ours
        """Answer what is no HTTP."""
        self._refuse(400, BAD_HTTP.at(limit=_MOST_HEAD))

    def _wait(self) -> None:
        if self._end:
            self._end.cancel()
        self._end = self.loop.call_later(self.head_seconds, self._close)

    def _close(self) -> None:
        cycle: Any = self.cycle
        if self.transport.is_closing() or (cycle is not None and not cycle.response_complete):
            return
        self._refuse(408, TOO_SLOW.at(seconds=f"{self.head_seconds:g}"))

    def _refuse(self, status: int, issue: Issue) -> None:
        """Answer outside of the application, where HTTP still allows an answer, and close."""
        body = dumps(to_operation_outcome(Outcome((issue,))))
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            headers = [
                (b"content-type", FHIR_JSON.encode()),
                (b"content-length", str(len(body)).encode()),
                (b"connection", b"close"),
            ]
            for event in (h11.Response(status_code=status, headers=headers), h11.Data(data=body), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()
