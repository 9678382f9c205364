"""`samspil testserver`."""

from pathlib import Path

import click

from samspil_core import NotJson, loads
from samspil_core.asgi import origin_form
from samspil_core.serving import CannotListen, serve_at

from .app import TestServer

__all__ = ["group"]


class CouldNotRun(click.ClickException):
    """Something stops the run; one sentence says what."""

    exit_code = 2


@click.group("testserver")
def group() -> None:
    """A small FHIR R4 server in memory, for tests and demonstrations."""


@group.command()
@click.argument("inputs", nargs=-1, metavar="[FILE]...")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="Port; 0: a free one.")
def serve(inputs: tuple[str, ...], host: str, port: int) -> None:
    """Serve the resources of JSON files, Bundles among them; what is changed lives as long as the server.

    Example: samspil testserver serve patients.json
    """
    try:
        import uvicorn
    except ImportError as fault:
        raise CouldNotRun(f"{fault}: pip install 'samspil-testserver[cli]'") from None
    server = TestServer()
    for name in inputs:
        try:
            server.load([loads(Path(name).read_bytes())])
        except (OSError, NotJson, KeyError, TypeError):
            raise CouldNotRun(f"{name} is no file of FHIR JSON") from None
    running = uvicorn.Server(uvicorn.Config(origin_form(server), log_level="error", ws="none", access_log=False))
    try:
        serve_at(running.run, host, port, lambda url: click.echo(f"{url}/metadata", err=True))
    except CannotListen as fault:
        raise CouldNotRun(str(fault)) from None
