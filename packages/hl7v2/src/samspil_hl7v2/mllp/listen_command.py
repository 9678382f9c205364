"""`samspil hl7v2 listen`: receive, keep, acknowledge, convert, deliver."""

from __future__ import annotations

import asyncio
import signal
import ssl
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import click

from samspil_hl7v2.batch import Options, mapping_of
from samspil_hl7v2.commands import CouldNotRun, layers_option
from samspil_hl7v2.mapping.reading import TableError

from .delivery import Deliverer, Folder, Receiver, Server
from .inbox import Inbox
from .listener import Limits, listening
from .metrics import Metrics, serve_metrics
from .telling import told


class _Choices(NamedTuple):
    port: int
    host: str
    inbox: str
    to: str
    report: str | None
    metrics_port: int | None
    max_bytes: int
    frame_seconds: float


def _now() -> datetime:
    return datetime.now(UTC)


@click.command()
@click.option("--port", type=int, default=2575, show_default=True, metavar="PORT", help="Port to listen on.")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Address to listen on.")
@click.option("--inbox", required=True, metavar="FILE", help="The durable inbox; made where it is not there.")
@click.option("--to", required=True, metavar="URL|DIR", help="A FHIR server's base, or a folder for the bundles.")
@layers_option
@click.option("--timezone", metavar="ZONE", help="Zone of times without offset, e.g. Europe/Copenhagen.")
@click.option("--charset", metavar="NAME", help="Character set of messages that declare none, e.g. 8859/1.")
@click.option("--report", metavar="FILE", help="Loss report, NDJSON, one object a message; appended to.")
@click.option("--metrics-port", type=int, metavar="PORT", help="Serve /metrics (Prometheus) and /health on this port.")
@click.option("--tls-cert", metavar="FILE", help="Certificate chain (PEM): only TLS is answered then.")
@click.option("--tls-key", metavar="FILE", help="Private key of the certificate (PEM).")
@click.option(
    "--tls-clients", metavar="FILE", help="Authorities (PEM): clients must show a certificate of one of them."
)
@click.option("--max-bytes", default=Limits().message_bytes, show_default=True, metavar="N", help="Longest message.")
@click.option(
    "--frame-seconds",
    default=Limits().frame_seconds,
    show_default=True,
    metavar="N",
    help="Longest time for one message.",
)
def listen(  # noqa: PLR0913, PLR0917  the command's options
    layers: tuple[str, ...],
    timezone: str | None,
    charset: str | None,
    tls_cert: str | None,
    tls_key: str | None,
    tls_clients: str | None,
    **choices: Any,
) -> int:
    """Receive messages over MLLP, acknowledge each when it is on disk, convert and deliver them.

    Runs until it is interrupted; what was not delivered then is delivered by the next run.

    Example: samspil hl7v2 listen --port 2575 --inbox inbox.db --to https://fhir.example.org/r4
    """
    options = Options(layers, timezone, charset)
    try:
        mapping_of(layers)
    except TableError as error:
        raise CouldNotRun("the mapping tables are wrong:\n  " + "\n  ".join(error.faults[:20])) from None
    except OSError as error:
        raise CouldNotRun(str(error)) from None
    tls = _server_tls(tls_cert, tls_key, tls_clients)
    made = _Choices(**choices)
    with told():
        receiver = _receiver(made.to)
        report = Path(made.report).open("ab") if made.report else None  # noqa: SIM115  open for as long as the listener runs
        asyncio.run(_listen(made, options, tls, receiver, report))
    return 0


async def _listen(
    choices: _Choices, options: Options, tls: ssl.SSLContext | None, to: _Opened, report: BinaryIO | None
) -> None:
    metrics = Metrics()
    async with AsyncExitStack() as stack:
        kept, taken = Inbox(choices.inbox), Inbox(choices.inbox, durable=False)
        receiver = await stack.enter_async_context(to)
        deliverer = Deliverer(taken, receiver, options, _now, metrics, report)
        limits = Limits(choices.max_bytes, choices.frame_seconds)
        server = await stack.enter_async_context(
            listening(
                kept,
                host=choices.host,
                port=choices.port,
                now=_now,
                metrics=metrics,
                limits=limits,
                tls=tls,
                arrived=deliverer.arrived,
            )
        )
        if choices.metrics_port is not None:
            shown = serve_metrics(metrics, Inbox(choices.inbox), choices.host, choices.metrics_port, _now)
            stack.callback(shown.server_close)
            stack.callback(shown.shutdown)
        deliverer.begin()
        forgetting = asyncio.create_task(deliverer.forget())
        stack.callback(forgetting.cancel)
        click.echo(f"listening on {choices.host} port {server.sockets[0].getsockname()[1]}", err=True)
        await _interrupted()


async def _interrupted() -> None:
    loop, done = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, done.set)
    await done.wait()


_Opened = AbstractAsyncContextManager[Receiver]


def _receiver(to: str) -> _Opened:
    if to.startswith(("http://", "https://")):
        return _server(to)
    Path(to).mkdir(parents=True, exist_ok=True)
    return nullcontext(Folder(Path(to)))


@asynccontextmanager
async def _server(base: str) -> AsyncGenerator[Receiver]:
    try:
        import httpx
    except ImportError:
        raise CouldNotRun("delivery to a server needs: pip install 'samspil-hl7v2[mllp]'") from None
    async with httpx.AsyncClient(timeout=30) as client:
        yield Server(client, base)


def _server_tls(cert: str | None, key: str | None, clients: str | None) -> ssl.SSLContext | None:
    if cert is None:
        if key or clients:
            raise CouldNotRun("--tls-key and --tls-clients need --tls-cert")
        return None
    try:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(cert, key)
        if clients:
            context.load_verify_locations(clients)
            context.verify_mode = ssl.CERT_REQUIRED
    except (OSError, ssl.SSLError) as error:
        raise CouldNotRun(f"the certificate, key or authorities cannot be used: {error.strerror or error}") from None
    return context
