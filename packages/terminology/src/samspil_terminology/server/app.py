"""The application: operations, metadata, read and search, over R4 and R5, with limits and errors as OperationOutcome.

https://hl7.org/fhir/R5/terminology-service.html, https://hl7.org/fhir/R5/http.html
"""

import asyncio
import hmac
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from samspil_core.jsontext import NotJson, dumps, loads
from samspil_terminology.catalog import Catalog
from samspil_terminology.issues import OperationFailed, failure, outcome_of
from samspil_terminology.wire.capabilities import capability_statement, terminology_capabilities, versions
from samspil_terminology.wire.operations import OPERATIONS, Answer, Service, operate
from samspil_terminology.wire.r4 import to_r4

from .page import PAGE
from .requests import parameters_of
from .resources import read_resource, search_resources

__all__ = ["Settings", "application"]

_TYPE = "application/fhir+json"
_LOOK = 5.0
"""Seconds after which the server looks for new snapshots again."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Settings:
    """How the server behaves.

    `fhir` is the release it speaks at its root (`4.0.1` or `5.0.0`; `/r4` and `/r5` are always there); `largest` the most
    bytes a request may have, `seconds` how long an answer may take; `token` a bearer token that every request must carry,
    when there is one. `clock` gives the time of an answer.
    """

    fhir: str = "4.0.1"
    largest: int = 10_000_000
    seconds: float = 30.0
    limit: int = 1000
    token: str = field(default="", repr=False)
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))


class _Server:
    """What the routes share."""

    def __init__(self, catalog: Catalog, settings: Settings) -> None:
        self.settings = settings
        self.service = Service(
            catalog, settings.clock, fhir=settings.fhir, limit=settings.limit, seconds=settings.seconds
        )
        self.software = version("samspil-terminology")
        self._look = 0.0
        self._cached: dict[str, list[dict[str, Any]]] = {}

    def speaking(self, fhir: str) -> Service:
        """The service in one release."""
        return self.service if fhir == self.service.fhir else replace(self.service, fhir=fhir)

    # ------------------------------------------------------------------------------------------------ routes
    def refresh(self) -> None:
        """Take what was imported in the meantime into use, when it is time to look."""
        now = time.monotonic()
        if now >= self._look:
            self._look = now + _LOOK
            self.service.catalog.refresh()

    def routes(self) -> list[Route]:
        """Every route, at the root and below /r4 and /r5."""
        made = [Route("/", self.page, methods=["GET"])]
        for prefix, fhir in (("", self.settings.fhir), ("/r4", "4.0.1"), ("/r5", "5.0.0")):
            made += [
                Route(f"{prefix}/metadata", self.guarded(self.metadata, fhir), methods=["GET"]),
                Route(f"{prefix}/$versions", self.guarded(self.versions, fhir), methods=["GET", "POST"]),
                Route(f"{prefix}/{{operation:path}}", self.guarded(self.operation, fhir), methods=["GET", "POST"]),
            ]
            if prefix:
                continue
        return [made[0], *made[4:], *made[1:4]]

    def guarded(
        self, run: Callable[[Request, str], Awaitable[Response]], fhir: str
    ) -> Callable[[Request], Awaitable[Response]]:
        """A route behind the token, with errors as OperationOutcome."""

        async def answer(request: Request) -> Response:
            if not self._allowed(request):
                return self._refused(failure("login", "", "NOT_AUTHORISED", status=401))
            self.refresh()
            try:
                return await asyncio.wait_for(run(request, fhir), self.settings.seconds)
            except OperationFailed as failed:
                return self._refused(failed)
            except TimeoutError:
                return self._refused(failure("timeout", "", "TOOK_TOO_LONG", status=504))
            except Exception:  # a fault of the engine: the client gets an OperationOutcome, the log the place  # noqa: BLE001  a fault of the engine is told, not thrown
                _LOG.exception("%s failed", request.url.path)
                return self._refused(failure("exception", "", "INTERNAL", status=500))

        return answer

    def _allowed(self, request: Request) -> bool:
        if not self.settings.token:
            return True
        given = request.headers.get("authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {self.settings.token}".encode())

    def _refused(self, failed: OperationFailed) -> Response:
        headers = {"WWW-Authenticate": "Bearer"} if failed.status == 401 else {}  # noqa: PLR2004  HTTP
        return self._json(outcome_of(failed.issue), failed.status, headers)

    @staticmethod
    def _json(resource: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Response:
        return Response(dumps(resource, sure=True), status, headers or {}, media_type=_TYPE)

    async def page(self, request: Request) -> Response:
        """A small page to search and look up codes."""
        if not self._allowed(request):
            return self._refused(failure("login", "", "NOT_AUTHORISED", status=401))
        return HTMLResponse(PAGE)

    async def metadata(self, request: Request, fhir: str) -> Response:
        """CapabilityStatement, or TerminologyCapabilities with `mode=terminology`."""
        base = str(request.url).partition("/metadata")[0]
        describe = (
            terminology_capabilities if request.query_params.get("mode") == "terminology" else capability_statement
        )
        made = describe(self.speaking(fhir), base, software=self.software, released=RELEASED)
        return self._tagged(request, made)

    async def versions(self, _request: Request, fhir: str) -> Response:
        """The releases of FHIR that are spoken."""
        return self._json(versions(self.speaking(fhir)))

    async def operation(self, request: Request, fhir: str) -> Response:
        """Operations on types and instances, batches, read and search."""
        path = request.path_params["operation"].strip("/")
        service = self.speaking(fhir)
        language = request.headers.get("accept-language", "")
        body = await self._body(request)
        if not path and body is not None and body.get("resourceType") == "Bundle":
            return self._json(self._batch(service, body, language))
        name, instance = _named(path)
        if name in OPERATIONS:
            asked = parameters_of(request, body, instance, service.catalog)
            asked = self._with_cache(request, asked)
            answer = operate(service, name, asked, language)
            return self._answered(request, answer, fhir)
        if request.method == "GET":
            found = self._resource(request, service, path)
            if found is not None:
                return self._tagged(request, found)
        raise failure("not-found", "", "UNKNOWN_OPERATION", status=404, name=path)

    def _resource(self, request: Request, service: Service, path: str) -> dict[str, Any] | None:
        kind, _, identifier = path.partition("/")
        if identifier:
            return read_resource(service.catalog, kind, identifier)
        return search_resources(service.catalog, kind, dict(request.query_params), str(request.url))

    async def _body(self, request: Request) -> dict[str, Any] | None:
        """The resource in the body. Raises `OperationFailed` when it is too large, or no JSON resource."""
        if request.method != "POST":
            return None
        chunks: list[bytes] = []
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
            if size > self.settings.largest:
                raise failure("too-long", "", "REQUEST_TOO_LARGE", status=413, limit=str(self.settings.largest))
            chunks.append(chunk)
        data = b"".join(chunks)
        if not data or "x-www-form-urlencoded" in request.headers.get("content-type", ""):
            return {"resourceType": " form", "data": data.decode("utf-8", "replace")} if data else None
        try:
            value = loads(data)
        except NotJson as fault:
            where = f"line {fault.line}, column {fault.column}: {fault.why}"
            raise failure("structure", "", "NOT_JSON", status=400, why=where) from None
        if not isinstance(value, dict) or "resourceType" not in value:
            raise failure("structure", "", "NOT_JSON", status=400, why="it is no FHIR resource")
        return value  # pyright: ignore[reportUnknownVariableType]

    def _with_cache(self, request: Request, asked: dict[str, Any]) -> dict[str, Any]:
        """The resources that a client sent before under the same X-Cache-Id."""
        identifier = request.headers.get("x-cache-id", "")
        if not identifier:
            return asked
        held = self._cached.setdefault(identifier, [])
        held += [each for each in asked["parameter"] if each.get("name") == "tx-resource" and each not in held]
        if len(self._cached) > 64:  # noqa: PLR2004  clients at a time
            self._cached.pop(next(iter(self._cached)))
        rest = [each for each in asked["parameter"] if each.get("name") != "tx-resource"]
        return {**asked, "parameter": [*rest, *held]}

    def _batch(self, service: Service, bundle: dict[str, Any], language: str) -> dict[str, Any]:
        entries: list[dict[str, Any]] = []
        for each in bundle.get("entry", ()):
            url = str(each.get("request", {}).get("url", "")).partition("?")[0]
            answer = operate(service, url, each.get("resource", {}), language)
            resource = to_r4(answer.resource) if service.fhir.startswith("4") else answer.resource
            entries.append({"resource": resource, "response": {"status": str(answer.status)}})
        return {"resourceType": "Bundle", "type": "batch-response", "entry": entries}

    def _answered(self, request: Request, answer: Answer, fhir: str) -> Response:
        resource = to_r4(answer.resource) if fhir.startswith("4") else answer.resource
        if answer.status == 200 and request.method == "GET":  # noqa: PLR2004  HTTP
            return self._tagged(request, resource)
        return self._json(resource, answer.status)

    def _tagged(self, request: Request, resource: dict[str, Any]) -> Response:
        """With an ETag of what does not change from answer to answer; 304 when the client has it."""
        data = dumps(resource, sure=True)
        stable = dumps(_stable(resource), sure=True)
        tag = f'W/"{sha256(stable).hexdigest()[:20]}"'
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers={"ETag": tag})
        return Response(data, 200, {"ETag": tag}, media_type=_TYPE)


RELEASED = "2026-01-01"
"""The date of the release, for the capability statement."""


def _stable(resource: dict[str, Any]) -> dict[str, Any]:
    if "expansion" not in resource:
        return resource
    kept = {name: value for name, value in resource["expansion"].items() if name not in {"identifier", "timestamp"}}
    return {**resource, "expansion": kept}


def _named(path: str) -> tuple[str, tuple[str, str] | None]:
    """The operation of a path, and the instance it is asked of: `ValueSet/x/$expand`."""
    parts = path.split("/")
    if len(parts) == 3 and parts[2].startswith("$"):  # noqa: PLR2004  type, id, operation
        return f"{parts[0]}/{parts[2]}", (parts[0], parts[1])
    return path, None


def application(catalog: Catalog, settings: Settings | None = None) -> Starlette:
    """The server over a catalogue, an ASGI application."""
    return Starlette(routes=_Server(catalog, settings or Settings()).routes())
