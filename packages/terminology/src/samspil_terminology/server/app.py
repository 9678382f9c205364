"""The application: operations, metadata, read and search, over R4 and R5, with limits and errors as OperationOutcome.

https://hl7.org/fhir/R5/terminology-service.html, https://hl7.org/fhir/R5/http.html
"""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from samspil_core.jsontext import dumps
from samspil_terminology.catalog import Catalog
from samspil_terminology.issues import OperationFailed, failure, outcome_of
from samspil_terminology.wire.capabilities import capability_statement, terminology_capabilities, versions
from samspil_terminology.wire.operations import OPERATIONS, Answer, Service, operate
from samspil_terminology.wire.r4 import to_r4

from .bodies import TYPE, body_of, tagged
from .page import PAGE
from .quick import Kept, Quick, allowed
from .requests import parameters_of, plain_parameters
from .resources import read_resource, search_resources

__all__ = ["Settings", "application"]

_LOOK = 5.0
"""Seconds after which the server looks for new snapshots again."""

_CLIENTS = 64
"""Of how many clients the resources they sent are kept."""

_OK, _UNAUTHORISED = 200, 401
_READING = frozenset({"GET", "HEAD"})
_METHODS = _READING | {"POST"}
_HEADERS = {_UNAUTHORISED: {"WWW-Authenticate": "Bearer"}, 405: {"Allow": "GET, HEAD, POST"}}
_LASTING = frozenset({"$lookup", "$validate-code", "$subsumes", "$translate"})
"""Operations whose answers depend on nothing but the terminology: no clock, no identifier."""

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
    """The one ASGI endpoint: whose release, which operation, whose answer."""

    def __init__(self, catalog: Catalog, settings: Settings) -> None:
        self.settings = settings
        made = Service(catalog, settings.clock, fhir=settings.fhir, limit=settings.limit, seconds=settings.seconds)
        self.catalog = catalog
        self.services = {
            "": made,
            "r4": replace(made, fhir="4.0.1", closures=made.closures),
            "r5": replace(made, fhir="5.0.0", closures=made.closures),
        }
        self.software = version("samspil-terminology")
        self._look = 0.0
        self._sent: dict[str, list[dict[str, Any]]] = {}
        self.kept = Kept()
        self._state = catalog.state

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request; whatever goes wrong is an OperationOutcome."""
        request = Request(scope, receive)
        try:
            response = await self._respond(request)
        except OperationFailed as failed:
            headers = _HEADERS.get(failed.status, {})
            response = _json(outcome_of(failed.issue), failed.status, headers)
        except TimeoutError:
            late = failure("timeout", "", "TOOK_TOO_LONG", status=504)
            response = _json(outcome_of(late.issue), late.status)
        except ClientDisconnect:
            return
        except Exception:  # noqa: BLE001  a fault of the engine: the client gets an OperationOutcome, the log the place
            _LOG.exception("%s failed", scope["path"])
            fault = failure("exception", "", "INTERNAL", status=500)
            response = _json(outcome_of(fault.issue), fault.status)
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        if not allowed(request.headers.get("authorization", "").encode("latin-1"), self.settings.token):
            raise failure("login", "", "NOT_AUTHORISED", status=_UNAUTHORISED)
        self._refresh()
        if request.method not in _METHODS:
            raise failure("not-supported", "", "NO_SUCH_METHOD", status=405, method=request.method[:20])
        path = request.scope["path"].removeprefix(request.scope.get("root_path", "")).strip("/")
        if not path and request.method in _READING:
            return HTMLResponse(PAGE)
        release, _, rest = path.partition("/")
        service = self.services.get(release)
        if service is None:
            service, rest = self.services[""], path
        if request.method in _READING:
            return self._get(request, service, rest)
        async with asyncio.timeout(self.settings.seconds):
            body = await body_of(request, self.settings.largest)
        if not rest and body is not None and body.get("resourceType") == "Bundle":
            return _json(_batch(service, body, request.headers.get("accept-language", "")))
        answer = self._operation(request, service, rest, body)
        return _json(_spoken(answer, service), answer.status)

    def current(self) -> bool:
        """Whether what is kept still holds, and it is not time to look for new snapshots."""
        return time.monotonic() < self._look and self._state == self.catalog.state

    def _refresh(self) -> None:
        """Take what was imported in the meantime into use, when it is time to look."""
        now = time.monotonic()
        if now >= self._look:
            self._look = now + _LOOK
            self.catalog.refresh()
        if self._state != self.catalog.state:
            self._state = self.catalog.state
            self.kept.clear()

    # ------------------------------------------------------------------------------------------------ GET
    def _get(self, request: Request, service: Service, path: str) -> Response:
        """An answer with its ETag. Those that depend on nothing but the terminology are kept for the next who asks."""
        name = path.rpartition("/")[2]
        answer = self._answer(request, service, path, name)
        if answer.status != _OK:
            return _json(answer.resource, answer.status)
        tag, data = tagged(answer.resource)
        if name in _LASTING and "x-cache-id" not in request.headers:
            language = request.headers.get("accept-language", "")
            self.kept.keep(request.scope, language.encode("latin-1"), tag.encode(), data)
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers={"ETag": tag})
        return Response(data, 200, {"ETag": tag}, media_type=TYPE)

    def _answer(self, request: Request, service: Service, path: str, name: str) -> Answer:
        if path == "metadata":
            terms = request.query_params.get("mode") == "terminology"
            describe = terminology_capabilities if terms else capability_statement
            base = str(request.url).partition("/metadata")[0]
            return Answer(describe(service, base, software=self.software, released=RELEASED))
        if name.startswith("$") and path != "$versions":
            answer = self._operation(request, service, path, None)
            return replace(answer, resource=_spoken(answer, service))
        if path == "$versions":
            return Answer(versions(service))
        kind, _, identifier = path.partition("/")
        if identifier:
            return Answer(read_resource(self.catalog, kind, identifier))
        found = search_resources(self.catalog, kind, dict(request.query_params), str(request.url))
        if found is None:
            raise failure("not-found", "", "UNKNOWN_OPERATION", status=404, name=path)
        return Answer(found)

    # ------------------------------------------------------------------------------------------------ operations
    def _operation(self, request: Request, service: Service, path: str, body: dict[str, Any] | None) -> Answer:
        """An operation of a type or an instance. Raises `OperationFailed` for one that there is not."""
        if path == "$versions":
            return Answer(versions(service))
        name, instance = _named(path)
        if name not in OPERATIONS:
            raise failure("not-found", "", "UNKNOWN_OPERATION", status=404, name=path)
        asked = parameters_of(request, body, instance, service.catalog)
        return operate(service, name, self._with_sent(request, asked), request.headers.get("accept-language", ""))

    def _with_sent(self, request: Request, asked: dict[str, Any]) -> dict[str, Any]:
        """The resources that a client sent before under the same X-Cache-Id."""
        identifier = request.headers.get("x-cache-id", "")
        if not identifier:
            return asked
        held = self._sent.setdefault(identifier, [])
        held += [each for each in asked["parameter"] if each.get("name") == "tx-resource" and each not in held]
        if len(self._sent) > _CLIENTS:
            self._sent.pop(next(iter(self._sent)))
        rest = [each for each in asked["parameter"] if each.get("name") != "tx-resource"]
        return {**asked, "parameter": [*rest, *held]}


def _spoken(answer: Answer, service: Service) -> dict[str, Any]:
    return to_r4(answer.resource) if service.fhir.startswith("4") else answer.resource


def _batch(service: Service, bundle: dict[str, Any], language: str) -> dict[str, Any]:
    """Every entry of a batch answered on its own."""
    entries: list[dict[str, Any]] = []
    for each in bundle.get("entry", ()):
        path, _, query = str(each.get("request", {}).get("url", "")).partition("?")
        asked = each.get("resource") or {"resourceType": "Parameters", "parameter": list(plain_parameters(query))}
        answer = operate(service, path, asked, language)
        entries.append({"resource": _spoken(answer, service), "response": {"status": str(answer.status)}})
    return {"resourceType": "Bundle", "type": "batch-response", "entry": entries}


def _json(resource: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(dumps(resource, sure=True), status, headers or {}, media_type=TYPE)


RELEASED = "2026-01-01"
"""The date of the release, for the capability statement."""


def _named(path: str) -> tuple[str, tuple[str, str] | None]:
    """The operation of a path, and the instance it is asked of: `ValueSet/x/$expand`."""
    parts = path.split("/")
    if len(parts) == 3 and parts[2].startswith("$"):  # noqa: PLR2004  type, id, operation
        return f"{parts[0]}/{parts[2]}", (parts[0], parts[1])
    return path, None


def application(catalog: Catalog, settings: Settings | None = None) -> Quick:
    """The server over a catalogue, an ASGI application."""
    server = _Server(catalog, settings or Settings())
    routed = Starlette(routes=[Route("/{path:path}", server)])
    return Quick(routed, catalog, server.kept, server.settings.token, server.current)
