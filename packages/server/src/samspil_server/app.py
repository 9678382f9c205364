"""The application: the services of the settings under one guard, and what it says of itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from importlib.metadata import version
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from .answers import Refused, answer, broken, refusal
from .description import capability_statement, openapi
from .findings import NOT_ALLOWED, NOT_FOUND
from .guard import guarded
from .service import App, Path, Scope, Service
from .services import services_of
from .settings import Settings

_NOT_ALLOWED = 405
OWN = (
    Path("GET", "/health", (), "text/plain", "Whether the service is up.", (200,)),
    Path("GET", "/metadata", (), "application/fhir+json", "The CapabilityStatement.", (200,)),
    Path("GET", "/openapi.json", (), "application/json", "This document.", (200,)),
)


def application(settings: Settings, clock: Callable[[], datetime]) -> App:
    """Make the ASGI application. Raises `services.NotInstalled`, and what a module raises for its part of the settings."""
    made = services_of(settings, clock)
    own = Service("service", "", OWN, _own(made, settings, clock))
    every = [own, *made]
    root = [route for each in every if not each.mount for route in _routes(each)]
    mounted = [Mount(each.mount, app=_under(each.mount, each.app)) for each in made if each.mount]
    served = Starlette(routes=[*root, *mounted], exception_handlers=_HANDLERS)
    return guarded(served, settings)


def _routes(service: Service) -> Sequence[BaseRoute]:
    return service.app.routes if isinstance(service.app, Starlette) else ()


def _under(mount: str, app: App) -> App:
    """Give an application the paths below its mount, as if it stood alone."""

    async def served(scope: Scope, receive: Any, send: Any) -> None:
        path = scope["path"].removeprefix(mount) or "/"
        await app({**scope, "path": path, "raw_path": path.encode(), "root_path": ""}, receive, send)

    return served


def _own(made: Sequence[Service], settings: Settings, clock: Callable[[], datetime]) -> Starlette:
    told = version("samspil-server")

    async def health(_request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def metadata(request: Request) -> Response:
        base = str(request.base_url).rstrip("/")
        return answer(capability_statement(made, base, clock().date().isoformat(), told))

    async def document(_request: Request) -> Response:
        return JSONResponse(openapi([Service("service", "", OWN, _nothing), *made], settings, told))

    return Starlette(routes=[Route("/health", health), Route("/metadata", metadata), Route("/openapi.json", document)])


async def _nothing(_scope: Any, _receive: Any, _send: Any) -> None:
    """Stand for an application where only the addresses are asked."""


async def _no_address(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else _NOT_ALLOWED
    return refusal((NOT_ALLOWED if status == _NOT_ALLOWED else NOT_FOUND).at(), status)


async def _refused(_request: Request, error: Exception) -> Response:
    return error.response if isinstance(error, Refused) else broken(error)


async def _broken(_request: Request, error: Exception) -> Response:
    return broken(error)


_HANDLERS: dict[Any, Any] = {HTTPException: _no_address, Refused: _refused, Exception: _broken}
