"""`samspil hl7v2 send`: messages to a listener."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from . import CouldNotRun, machine_told, pem_option, readable

if TYPE_CHECKING:
    import ssl


@click.command()
@click.argument("inputs", nargs=-1, metavar="[FILE|DIR|-]...")
@click.option("--to", required=True, metavar="HOST:PORT", help="The listener.")
@click.option("--tls", is_flag=True, help="Use TLS.")
@pem_option("--tls-ca", "Authorities (PEM) instead of the machine's.")
@pem_option("--tls-cert", "Certificate and key (PEM) to show.")
@click.option("--seconds", default=30.0, show_default=True, metavar="N", help="Longest wait for an answer.")
def send(  # noqa: PLR0913, PLR0917  the command's options
    inputs: tuple[str, ...],
    to: str,
    tls: bool,  # noqa: FBT001  click hands flags over by position
    tls_ca: str | None,
    tls_cert: str | None,
    seconds: float,
) -> int:
    """Send messages over MLLP; a line for each answer. The status is 1 where one was not accepted.

    Example: samspil hl7v2 send message.hl7 --to localhost:2575
    """
    import asyncio

    host, _, port = to.rpartition(":")
    if not host or not port.isdigit():
        raise CouldNotRun(f"{to!r} is no address, such as localhost:2575")
    context = _client_tls(tls_ca, tls_cert) if tls or tls_ca or tls_cert else None
    with machine_told():
        return asyncio.run(_send(inputs, host, int(port), seconds, context))


async def _send(inputs: tuple[str, ...], host: str, port: int, seconds: float, tls: ssl.SSLContext | None) -> int:
    from samspil_hl7v2.mllp import send as send_messages

    messages = [raw.data for raw in readable(inputs)]
    done, refused = 0, 0
    async for sent in send_messages(messages, host=host, port=port, seconds=seconds, tls=tls):
        done += 1
        refused += not sent.accepted
        click.echo(f"{sent.control_id} {sent.code or 'no answer'}")
    if done < len(messages):
        click.echo(f"{len(messages) - done} messages were not sent", err=True)
    return int(bool(refused) or done < len(messages))


def _client_tls(authorities: str | None, cert: str | None) -> ssl.SSLContext:
    import ssl

    try:
        context = ssl.create_default_context(cafile=authorities)
        if cert:
            context.load_cert_chain(cert)
    except (OSError, ssl.SSLError) as error:
        raise CouldNotRun(f"the certificates cannot be used: {error.strerror or error}") from None
    return context
