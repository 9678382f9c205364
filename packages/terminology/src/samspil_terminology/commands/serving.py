"""`serve`: the terminology server, R4 and R5, and the page for people."""

import gc
from pathlib import Path

import click

from samspil_core.asgi import origin_form
from samspil_core.serving import CannotListen, serve_at

from .shared import CouldNotRun, catalog_of, sources

__all__ = ["serve"]


@click.command()
@sources
@click.option("--host", default="127.0.0.1", help="The address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, help="The port.  [default: 8080]")
@click.option(
    "--fhir", type=click.Choice(["4.0.1", "5.0.0"]), default="4.0.1", help="The release at /.  [default: 4.0.1]"
)
@click.option("--token", default="", envvar="SAMSPIL_TOKEN", help="A bearer token to ask for. [env: SAMSPIL_TOKEN]")
@click.option(
    "--largest", type=click.IntRange(1), default=10_000_000, help="Largest request in bytes.  [default: 10 MB]"
)
@click.option("--seconds", type=click.FloatRange(0, min_open=True), default=30.0, help="Most time an answer may take.")
@click.option("--limit", type=click.IntRange(1), default=1000, help="Most codes of an expansion without a page.")
def serve(  # noqa: PLR0913, PLR0917  the command's options
    paths: tuple[Path, ...], host: str, port: int, fhir: str, token: str, largest: int, seconds: float, limit: int
) -> int:
    """Serve the terminology over HTTP: R4 at /r4, R5 at /r5, a page to search codes at /.

    Example: samspil terminology serve --from terminology
    """
    try:
        import uvicorn

        from samspil_terminology.server.app import Settings, application
    except ModuleNotFoundError as missing:
        raise CouldNotRun(f"{missing.name} is not installed; pip install 'samspil-terminology[server]'") from None
    settings = Settings(fhir=fhir, largest=largest, seconds=seconds, token=token, limit=limit)
    served = application(catalog_of(paths), settings)
    gc.collect()
    gc.freeze()  # what is loaded stays: the collector need not walk it again and again
    running = uvicorn.Server(uvicorn.Config(origin_form(served), log_level="error", ws="none", access_log=False))
    try:
        serve_at(running.run, host, port, lambda url: click.echo(f"{url}/", err=True))
    except CannotListen as fault:
        raise CouldNotRun(str(fault)) from None
    return 0
