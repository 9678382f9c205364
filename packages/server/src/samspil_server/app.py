"""The application: the services of the settings under one guard, and what it says of itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from importlib.metadata import version

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, Router

from .answers import answer
from .description import capability_statement, openapi
from .guard import guarded
from .service import App, Path, Service
from .services import services_of
from .settings import Settings
from .table import dispatcher

OWN = (
    Path("GET", "/health", (), "text/plain", "Whether the service is up.", (200,), answer="Text"),
    Path(
        "GET",
        "/metadata",
        (),
        "application/fhir+json",
        "The CapabilityStatement.",
        (200,),
        answer="CapabilityStatement",
    ),
    Path("GET", "/openapi.json", (), "application/json", "This document.", (200,), answer="OpenAPI"),
)


def application(settings: Settings, clock: Callable[[], datetime]) -> App:
    """Make the ASGI application. Raises `services.NotInstalled`, and what a module raises for its part of the settings."""
    made = services_of(settings, clock)
    return guarded(dispatcher([_own(made, settings, clock), *made]), settings)


def _own(made: Sequence[Service], settings: Settings, clock: Callable[[], datetime]) -> Service:
    told = version("samspil-server")

    async def health(_request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def metadata(request: Request) -> Response:
        base = str(request.base_url).rstrip("/")
        return answer(capability_statement(made, base, clock().date().isoformat(), told))

    async def document(_request: Request) -> Response:
        return JSONResponse(openapi([service, *made], settings, told))

    routes = [Route("/health", health), Route("/metadata", metadata), Route("/openapi.json", document)]
    service = Service("service", "", OWN, Router(routes))
    return service
