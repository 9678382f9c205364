"""`serve`: the page."""

from pathlib import Path

import click

from samspil_conformance.chance import Clock
from samspil_conformance.sut import Sut
from samspil_core.asgi import origin_form
from samspil_core.serving import CannotListen, serve_at

from .common import CouldNotRun, clock_of, key_of, readable, say, sut_of

__all__ = ["serve"]


@click.command()
@click.option("--sut", "systems", multiple=True, metavar="FILE", help="A sut.yaml that the page offers beside `demo`.")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8090, show_default=True, help="Port; 0: a free one.")
@click.option("--key", metavar="FILE", help="Ed25519 private key (PEM) that signs the bundles.")
@readable
def serve(systems: tuple[str, ...], host: str, port: int, key: str | None) -> None:
    """Serve a page on this machine: choose a suite, watch it run, answer its questions, take the evidence.

    Example: samspil conformance serve --port 8090
    """
    try:
        import uvicorn

        from samspil_conformance.serve import application
    except ImportError as fault:
        raise CouldNotRun(f"{fault}: pip install 'samspil-conformance[server]'") from None
    for told in systems:
        if not told.startswith(("demo", "http://", "https://")) and not Path(told).is_file():
            raise CouldNotRun(f"{told} is no file: a system is a sut.yaml, a URL or `demo`")
    app = application(make, clock, (*systems, "demo"), key_of(key))
    running = uvicorn.Server(uvicorn.Config(origin_form(app), log_level="error", ws="none", access_log=False))
    try:
        serve_at(running.run, host, port, lambda url: say(f"{url}/"))
    except CannotListen as fault:
        raise CouldNotRun(str(fault)) from None


def make(name: str, suite: str, time: Clock, seed: str) -> Sut:
    """The system of a name."""
    return sut_of(name, suite, time, seed)


def clock(name: str) -> Clock:
    """The clock of a system: fixed for the demonstration."""
    return clock_of(None, demo=name.startswith("demo"))
