"""`samspil serve`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from samspil_core.serving import CannotListen, serve_at

from .app import application
from .services import NotInstalled
from .settings import BadSettings, made, read_settings

FILE = click.Path(exists=True, dir_okay=False)


class CouldNotRun(click.ClickException):
    """Something outside the requests stops the service; one sentence says what and what to do."""

    exit_code = 2


@click.command()
@click.option("--config", metavar="FILE", help="Settings (TOML). Without, messages are converted at /$convert.")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, metavar="PORT", help="Port.")
@click.option("--token", default="", envvar="SAMSPIL_TOKEN", help="A bearer token to ask for. [env: SAMSPIL_TOKEN]")
@click.option("--tls-cert", metavar="FILE", type=FILE, help="Certificate chain (PEM).")
@click.option("--tls-key", metavar="FILE", type=FILE, help="Private key of the certificate (PEM).")
@click.option(
    "--tls-clients",
    metavar="FILE",
    type=FILE,
    help="Authorities (PEM): clients must show a certificate of one of them.",
)
def serve(  # noqa: PLR0913, PLR0917  the command's options
    config: str | None,
    host: str,
    port: int,
    token: str,
    tls_cert: str | None,
    tls_key: str | None,
    tls_clients: str | None,
) -> int:
    """Serve the modules over HTTP: conversion, validation, terminology, consent, audit, as the settings say.

    Example: samspil serve --config samspil.toml --port 8080
    """
    try:
        from .protocol import server_of
    except ModuleNotFoundError:
        raise CouldNotRun("this needs uvicorn: pip install 'samspil-server[cli]'") from None
    given = {"cert": tls_cert, "key": tls_key, "clients": tls_clients}
    try:
        settings = read_settings(Path(config)) if config else made({"convert": {}})
        told = {"token": token} if token else {}
        tls = {"tls": {name: file for name, file in given.items() if file}} if any(given.values()) else {}
        settings = made(settings.model_dump(by_alias=True) | told | tls)
        server = server_of(application(settings, lambda: datetime.now(UTC)), settings)
    except BadSettings as error:
        raise CouldNotRun(f"the settings are wrong:\n  {str(error).replace(chr(10), chr(10) + '  ')}") from None
    except (NotInstalled, LookupError, ValueError, OSError) as error:
        raise CouldNotRun(str(error)) from None
    try:
        serve_at(server.run, host, port, _told, "https" if settings.tls else "http")
    except CannotListen as error:
        raise CouldNotRun(str(error)) from None
    return 0


def _told(url: str) -> None:
    click.echo(f"{url}/metadata", err=True)
