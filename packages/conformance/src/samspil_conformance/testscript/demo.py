"""The demonstration server in this process, in JSON and XML: what `--sut demo` runs a script against."""

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import Any

import httpx

from samspil_conformance.sut.asgi import Application, AsgiTransport
from samspil_testserver import TestServer

from .run import Target
from .transport import sender
from .xmlface import XmlFace

__all__ = ["BASE", "application", "target_of"]

BASE = "http://demo.invalid/fhir"


def application(resources: Iterable[dict[str, Any]] = ()) -> Application:
    """A conformant server that holds these resources."""
    server = TestServer(base=BASE)
    server.load(resources)
    return XmlFace(server)


@contextmanager
def target_of(app: Application, base: str = BASE) -> Generator[Target]:
    """An application of this process as a destination."""
    with httpx.Client(transport=AsgiTransport(_mounted(app, base)), timeout=None) as client:  # noqa: S113  no network
        yield Target(base, sender(client))


def _mounted(app: Application, base: str) -> Application:
    """The application under the path of its base."""
    root = httpx.URL(base).path.rstrip("/")

    async def serve(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            scope = {**scope, "path": scope["path"].removeprefix(root) or "/"}
        await app(scope, receive, send)

    return serve
