"""`samspil audit serve`, `forward` and `notify`."""

from __future__ import annotations

import hmac
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from samspil_audit.log import AuditLog
from samspil_audit.record import Server, log_event
from samspil_audit.report import Notices, load_rules, load_subscribers
from samspil_audit.sinks import NdjsonSink, Sink, SyslogSink
from samspil_audit.sinks import forward as forward_log
from samspil_audit.sinks.forward import skip
from samspil_audit.sinks.syslog import connect_tls
from samspil_core.asgi import origin_form
from samspil_core.serving import CannotListen, serve_at
from samspil_core.textfile import read_text

from .common import CouldNotRun, ids, log_options, opened, readable, show

if TYPE_CHECKING:
    from starlette.requests import Request

_TIMEOUT = 30.0


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8090, show_default=True, help="Port; 0: a free one.")
@click.option("--token-file", required=True, metavar="FILE", help="File with the bearer token of who may search.")
@log_options
def serve(host: str, port: int, token_file: str, place: str, keys: str | None) -> None:
    """Serve IHE ITI-81: search the log over HTTP, read-only; each search is recorded.

    Example: samspil audit serve --token-file token.txt
    """
    try:
        import uvicorn

        from samspil_audit.server import audit_app
    except ImportError as fault:
        raise CouldNotRun(f"{fault}: pip install 'samspil-audit[server]'") from None
    token = read_text(token_file).strip()
    if len(token) < 16:  # noqa: PLR2004  short tokens are guessed
        raise CouldNotRun(f"{token_file}: a token has at least 16 characters")

    def authorize(request: Request) -> dict[str, str] | None:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        return (
            {"display": "bearer of the search token"} if hmac.compare_digest(given.encode(), token.encode()) else None
        )

    with opened(place, keys) as log:

        def answer(sockets: list[socket.socket]) -> None:
            bound = sockets[0].getsockname()[1]
            app = origin_form(audit_app(log, authorize, server=Server(address=f"http://{host}:{bound}")))
            uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False, ws="none")).run(sockets)

        try:
            serve_at(answer, host, port, lambda url: click.echo(f"{url}/AuditEvent", err=True))
        except CannotListen as fault:
            raise CouldNotRun(str(fault)) from None


@click.command()
@click.argument("target", metavar="URL|FILE|-")
@click.option("--batch", is_flag=True, help="FHIR: many events in one Bundle.")
@click.option("--skip", "skipped", type=click.IntRange(0), metavar="INDEX", help="Pass over a record that is refused.")
@log_options
def forward(target: str, batch: bool, skipped: int | None, place: str, keys: str | None) -> int:  # noqa: FBT001  a flag
    """Send what TARGET has not had yet: a FHIR base URL, syslog+tls://HOST:PORT, a file, or - for standard output.

    Run it again after a failure: it goes on where it stopped, and nothing is lost meanwhile.

    Example: samspil audit forward syslog+tls://arr.example.org:6514
    """
    with opened(place, keys) as log:
        sink = _sink(target, batch=batch)
        if skipped is not None:
            _skip(log, sink.name, skipped)
        done = forward_log(log, sink)
    click.echo(f"{done.sent} records sent, next is {done.next}", err=True)
    show(done.outcome)
    return 1 if done.outcome.issues else 0


@click.command()
@click.argument("target", metavar="URL|FILE|-")
@click.option("--subscribers", required=True, metavar="FILE", help="Who wants notices, JSON.")
@click.option("--withhold", metavar="FILE", help="Rules of Art. 9(3), JSON.")
@click.option("--batch", is_flag=True, help="FHIR: many notices in one Bundle.")
@log_options
@readable
def notify(target: str, subscribers: str, withhold: str | None, batch: bool, place: str, keys: str | None) -> int:  # noqa: FBT001, PLR0913, PLR0917  the command's options
    """Send a FHIR Communication for each access to the data of who asked for it (EHDS Art. 9(1)).

    Run it again, every minute for instance: it goes on where it stopped.

    Example: samspil audit notify https://messages.example.org/fhir --subscribers subscribers.json
    """
    wanted, rules = load_subscribers(subscribers), load_rules(withhold) if withhold else ()
    with opened(place, keys) as log:
        done = forward_log(log, Notices(_sink(target, batch=batch), log, wanted, ids=ids(), rules=rules))
    click.echo(f"{done.sent} records looked at, next is {done.next}", err=True)
    show(done.outcome)
    return 1 if done.outcome.issues else 0


def _sink(target: str, *, batch: bool) -> Sink:
    if target == "-":
        return NdjsonSink(sys.stdout.buffer)
    parts = urlsplit(target)
    if parts.scheme == "syslog+tls":
        host, port = parts.hostname or "localhost", parts.port or 6514
        return SyslogSink(target, lambda: connect_tls(host, port), socket.gethostname())
    if parts.scheme in {"http", "https"}:
        try:
            import httpx

            from samspil_audit.sinks.fhir_feed import FhirFeed
        except ImportError as fault:
            raise CouldNotRun(f"{fault}: pip install 'samspil-audit[http]'") from None
        return FhirFeed(target, httpx.Client(timeout=_TIMEOUT), batch=batch)
    return NdjsonSink(Path(target))


def _skip(log: AuditLog, name: str, index: int) -> None:
    details = {"sink": name, "index": str(index)}
    recorded = log.clock().isoformat(timespec="milliseconds")
    log.append(log_event(event_id=ids()(), recorded=recorded, deed="skip", server=Server(), by=None, details=details))
    skip(log, name, index)
