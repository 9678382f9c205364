"""`samspil hl7v2 listen`: receive, keep, acknowledge, convert, deliver."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from samspil_hl7v2.batch import Options, mapping_of
from samspil_hl7v2.limits import Limits

from . import CouldNotRun, charset_option, layers_option, machine_told, pem_option, tables_told, timezone_option

if TYPE_CHECKING:
    import ssl


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=2575, show_default=True, metavar="PORT", help="Port to listen on."
)
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Address to listen on.")
@click.option(
    "--inbox",
    required=True,
    envvar="SAMSPIL_HL7V2_INBOX",
    show_envvar=True,
    metavar="FILE|URL",
    help="The durable inbox: an SQLite file, or postgresql://USER@HOST/DATABASE; made where it is not there.",
)
@click.option("--to", required=True, metavar="URL|DIR", help="A FHIR server's base, or a folder for the bundles.")
@layers_option
@timezone_option
@charset_option
@click.option("--report", metavar="FILE", help="Loss report, NDJSON, one object a message; appended to.")
@click.option(
    "--metrics-port",
    type=click.IntRange(0, 65535),
    metavar="PORT",
    help="Serve /metrics (Prometheus) and /health on this port.",
)
@pem_option("--tls-cert", "Certificate chain (PEM): only TLS is answered then.")
@pem_option("--tls-key", "Private key of the certificate (PEM).")
@pem_option("--tls-clients", "Authorities (PEM): clients must show a certificate of one of them.")
@click.option(
    "--max-bytes",
    type=click.IntRange(min=1),
    default=Limits().message_bytes,
    show_default=True,
    metavar="N",
    help="Longest message.",
)
@click.option(
    "--frame-seconds",
    type=click.FloatRange(min=0, min_open=True),
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
    import asyncio

    from samspil_hl7v2.mllp.running import Choices, run

    try:
        with tables_told():
            mapping_of(layers)
    except OSError as error:
        raise CouldNotRun(str(error)) from None
    tls = _server_tls(tls_cert, tls_key, tls_clients)

    def begun(host: str, port: int) -> None:
        click.echo(f"listening on {host} port {port}", err=True)

    with machine_told():
        asyncio.run(run(Choices(**choices), Options(layers, timezone, charset), tls, begun))
    return 0


def _server_tls(cert: str | None, key: str | None, clients: str | None) -> ssl.SSLContext | None:
    if cert is None:
        if key or clients:
            raise CouldNotRun("--tls-key and --tls-clients need --tls-cert")
        return None
    import ssl

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
