"""The log over HTTP: IHE ITI-81 search, each search itself recorded, and ITI-20 for who may write. Needs the extra `server`.

https://profiles.ihe.net/ITI/BALP/ITI-81.html, https://profiles.ihe.net/ITI/TF/Volume2/ITI-20.html
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from samspil_core import (
    Issue,
    NotJson,
    Outcome,
    ResourceValidator,
    dumps,
    http_status,
    loads,
    to_operation_outcome,
)

from .feed import Feed
from .findings import BAD_SEARCH, KEPT, NO_RECORD, NOT_A_FEED, NOT_THEIRS, READ_ONLY
from .ids import uuid7_maker
from .keys import Entropy
from .log import AuditLog, NotRecorded
from .preparing import NotAnEvent
from .record import Server, log_event
from .record.parties import Reference
from .report import NotTheirs, Reader, access_report, as_bundle, as_html
from .search import BadSearch, search

__all__ = ["audit_app"]

Authorize = Callable[[Request], Reference | None]
AsReader = Callable[[Request], Reader | None]

_FHIR = "application/fhir+json"
_STATEMENT = {
    "resourceType": "CapabilityStatement",
    "status": "active",
    "kind": "instance",
    "fhirVersion": "4.0.1",
    "format": ["json"],
    "instantiates": ["https://profiles.ihe.net/ITI/BALP/CapabilityStatement/IHE.BALP.ATNA.AuditRecordRepository"],
}
_JSON = frozenset({"application/fhir+json", "application/json"})


def audit_app(  # noqa: PLR0913  who may do what, each by its name
    log: AuditLog,
    authorize: Authorize,
    *,
    reader: AsReader | None = None,
    writer: Authorize | None = None,
    validator: ResourceValidator | None = None,
    server: Server | None = None,
    entropy: Entropy = os.urandom,
) -> Starlette:
    """The application. `authorize` names who may search (None refuses); `reader` whose access report a request may read.

    `writer` names who may send events (ITI-20); without it nothing is written. `validator` checks them beyond their form.

    Routes: /metadata, /AuditEvent, /AuditEvent/_search, /AuditEvent/ID, /access-report?subject=..., and / for Bundles.
    """
    desk = _Desk(log, authorize, reader, server or Server(), entropy)
    desk.take(writer, validator)
    every = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
    return Starlette(
        routes=[
            Route("/metadata", desk.metadata),
            Route("/access-report", desk.report),
            Route("/AuditEvent", desk.events, methods=every),
            Route("/AuditEvent/_search", desk.events, methods=["POST"]),
            Route("/AuditEvent/{id}", desk.event, methods=every),
            Route("/", desk.bundle, methods=every),
        ]
    )


class _Desk:
    def __init__(
        self, log: AuditLog, authorize: Authorize, reader: AsReader | None, server: Server, entropy: Entropy
    ) -> None:
        self._log = log
        self._authorize = authorize
        self._reader = reader
        self._server = server
        self._ids = uuid7_maker(log.clock, entropy)
        self._writer: Authorize | None = None
        self._feed = Feed(log, self._ids)

    def take(self, writer: Authorize | None, validator: ResourceValidator | None) -> None:
        """Take events from whom `writer` names."""
        self._writer = writer
        self._feed = Feed(self._log, self._ids, validator)

    async def metadata(self, request: Request) -> Response:
        """The CapabilityStatement."""
        if not _takes_json(request.headers.get("accept", ""), request.query_params.get("_format", "")):
            return _not_in_json()
        reads = [{"code": "read"}, {"code": "search-type"}]
        rest: dict[str, Any] = {"mode": "server", "resource": [{"type": "AuditEvent", "interaction": reads}]}
        if self._writer:
            reads.append({"code": "create"})
            rest["interaction"] = [{"code": "transaction"}, {"code": "batch"}]
        here = {"description": "Audit record repository", "url": _base(request)}
        date = self._log.clock().date().isoformat()
        return _answer({**_STATEMENT, "date": date, "implementation": here, "rest": [rest]})

    async def refuse(self, _request: Request) -> Response:
        """Audit records are not changed here."""
        if self._writer:
            return _refusal(KEPT.at(), 405, {"Allow": "GET, HEAD, POST"})
        return _refusal(READ_ONLY.at(), 405, {"Allow": "GET, HEAD"})

    async def bundle(self, request: Request) -> Response:
        """ITI-20: many events in a Bundle."""
        return await self._written(request, "Bundle") if request.method == "POST" else await self.refuse(request)

    async def _written(self, request: Request, kind: str) -> Response:
        """Take what a request brings, and answer when it is durable."""
        if self._writer is None:
            return await self.refuse(request)
        if self._writer(request) is None:
            return _refusal(NOT_THEIRS.at(), 403)
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in _JSON:
            return _refusal(NOT_A_FEED.at(why="its media type is not FHIR JSON"), 415)
        try:
            sent: Any = loads(await request.body())
            return await self._kept(request, kind, sent if isinstance(sent, dict) else {})  # pyright: ignore[reportUnknownArgumentType]  JSON
        except NotJson as fault:
            return _refusal(NOT_A_FEED.at(why=str(fault)))
        except (NotAnEvent, NotRecorded) as fault:
            return _refusal(fault.issue)

    async def _kept(self, request: Request, kind: str, sent: dict[str, Any]) -> Response:
        if kind == "Bundle":
            return _answer(await self._feed.bundle(sent))
        identifier = await self._feed.create(sent)
        return Response(status_code=201, headers={"Location": f"{_base(request)}/AuditEvent/{identifier}"})

    async def events(self, request: Request) -> Response:
        """ITI-81: search by GET, or by POST to _search. ITI-20: one event by POST."""
        if request.method not in {"GET", "HEAD"} and not request.url.path.endswith("_search"):
            return await (self._written(request, "AuditEvent") if request.method == "POST" else self.refuse(request))
        who = self._authorize(request)
        if who is None:
            return _refusal(NOT_THEIRS.at(), 403)
        pairs = parse_qsl(request.url.query)
        if request.method == "POST":
            pairs += parse_qsl((await request.body()).decode("latin-1"))
        if not _takes_json(request.headers.get("accept", ""), dict(pairs).get("_format", "")):
            return _not_in_json()
        return await run_in_threadpool(self._search, who, pairs, _base(request))

    async def event(self, request: Request) -> Response:
        """Read one record by its id."""
        if request.method not in {"GET", "HEAD"}:
            return await self.refuse(request)
        who = self._authorize(request)
        if who is None:
            return _refusal(NOT_THEIRS.at(), 403)
        if not _takes_json(request.headers.get("accept", ""), request.query_params.get("_format", "")):
            return _not_in_json()
        return await run_in_threadpool(self._search, who, [("_id", request.path_params["id"])], "", one=True)

    async def report(self, request: Request) -> Response:
        """The access report, for the person or who acts for them: HTML for a browser, else FHIR."""
        reader = self._reader(request) if self._reader else None
        subject = request.query_params.get("subject", "")
        if reader is None or not subject:
            return _refusal(NOT_THEIRS.at(), 403)
        language: Any = request.query_params.get("language", "en")
        try:
            made = await run_in_threadpool(
                access_report, self._log, subject, reader, ids=self._ids, server=self._server
            )
        except NotTheirs as fault:
            return _refusal(fault.issue, 403)
        except NotRecorded as fault:
            return _refusal(fault.issue)
        if "text/html" in request.headers.get("accept", ""):
            return Response(as_html(made, language if language in {"en", "da", "sv"} else "en"), media_type="text/html")
        return _answer(as_bundle(made, self._log))

    def _search(self, who: Reference, pairs: list[tuple[str, str]], base: str, *, one: bool = False) -> Response:
        try:
            found = search(self._log, pairs, base)
            self._log.append(self._event(who, pairs, len(found["entry"])))
        except BadSearch as fault:
            return _refusal(fault.issue, 400)
        except NotRecorded as fault:
            return _refusal(fault.issue)
        if not one:
            return _answer(found)
        return _answer(found["entry"][0]["resource"]) if found["entry"] else _refusal(NO_RECORD.at(), 404)

    def _event(self, who: Reference, pairs: list[tuple[str, str]], count: int) -> dict[str, Any]:
        asked = "&".join(f"{name}={value}" for name, value in pairs)
        return log_event(
            event_id=self._ids(),
            recorded=self._log.clock().isoformat(timespec="milliseconds"),
            deed="search",
            server=self._server,
            by=who,
            details={"search": asked or "all", "found": str(count)},
        )


def _takes_json(accept: str, wanted: str) -> bool:
    """Whether a reader takes JSON, by `_format` or else by its Accept header; one that does not say takes anything."""
    asked = wanted or accept
    return not asked or "json" in asked or "*/*" in asked


def _not_in_json() -> Response:
    return _refusal(BAD_SEARCH.at(why="answers are in FHIR JSON"), 406)


def _answer(resource: dict[str, Any]) -> Response:
    return Response(dumps(resource), media_type=_FHIR)


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _refusal(issue: Issue, status: int | None = None, headers: dict[str, str] | None = None) -> Response:
    outcome = Outcome((issue,))
    return Response(dumps(to_operation_outcome(outcome)), status or http_status(outcome), headers, media_type=_FHIR)
