"""What a listener counts, as Prometheus text, and whether it is well; both over plain HTTP."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from .database import InboxFault
from .inbox import Inbox

_TEXT = "text/plain; charset=utf-8"

_HELP = {
    "received": "Messages received, new or known already.",
    "acknowledged": "Answers by what they say.",
    "delivery": "Attempts to deliver by what became of them.",
}
_LABEL = {"received": "kind", "acknowledged": "outcome", "delivery": "result"}


@dataclass
class Metrics:
    """Counters by name and label. They begin at 0 when the process does."""

    counters: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    delivering: bool = True
    """Whether delivery goes on."""

    def count(self, name: str, label: str, number: int = 1) -> None:
        """Add to a counter."""
        self.counters[name, label] += number

    def text(self, inbox: Inbox, now: datetime) -> str:
        """Give the text exposition format (https://prometheus.io/docs/instrumenting/exposition_formats/)."""
        lines: list[str] = []
        for name, told in _HELP.items():
            full = f"samspil_hl7v2_{name}_total"
            lines += [f"# HELP {full} {told}", f"# TYPE {full} counter"]
            found = sorted((label, number) for (which, label), number in [*self.counters.items()] if which == name)
            lines += [f'{full}{{{_LABEL[name]}="{label}"}} {number}' for label, number in found]
        lines += ["# HELP samspil_hl7v2_inbox Messages in the inbox by state.", "# TYPE samspil_hl7v2_inbox gauge"]
        lines += [f'samspil_hl7v2_inbox{{state="{state}"}} {number}' for state, number in inbox.counts().items()]
        oldest = inbox.oldest()
        age = (now - oldest).total_seconds() if oldest else 0
        lines += [
            "# HELP samspil_hl7v2_oldest_seconds Age of the oldest message that waits.",
            "# TYPE samspil_hl7v2_oldest_seconds gauge",
            f"samspil_hl7v2_oldest_seconds {age:.3f}",
        ]
        return "\n".join(lines) + "\n"


def serve_metrics(
    metrics: Metrics, inbox: Inbox, host: str, port: int, now: Callable[[], datetime]
) -> ThreadingHTTPServer:
    """Serve `/metrics` and `/health` from a thread; give the server. Raises OSError where the port is taken."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/metrics":
                self._metrics()
            elif self.path == "/health" and not metrics.delivering:
                self._send(HTTPStatus.SERVICE_UNAVAILABLE, "delivery starts\n", _TEXT)
            elif self.path == "/health":
                self._send(HTTPStatus.OK, "ok\n", _TEXT)
            else:
                self._send(HTTPStatus.NOT_FOUND, "there are /metrics and /health\n", _TEXT)

        def _metrics(self) -> None:
            try:
                text = metrics.text(inbox, now())
            except InboxFault:
                self._send(HTTPStatus.SERVICE_UNAVAILABLE, "the inbox cannot be read\n", _TEXT)
            else:
                self._send(HTTPStatus.OK, text, "text/plain; version=0.0.4; charset=utf-8")

        def _send(self, status: HTTPStatus, text: str, media: str) -> None:
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", media)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the library's name
            """Say nothing."""

    server = ThreadingHTTPServer((host, port), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    return server
