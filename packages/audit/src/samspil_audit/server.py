"""The log over HTTP: IHE ITI-81 search, read-only, and each search itself recorded. Needs the extra `server`.

https://profiles.ihe.net/ITI/BALP/ITI-81.html
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

from samspil_core import Issue, Outcome, dumps, http_status, to_operation_outcome

from .findings import BAD_SEARCH, NOT_THEIRS, READ_ONLY
from .ids import uuid7_maker
from .keys import Entropy
from .log import AuditLog, NotRecorded
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
    "rest": [
        {
            "mode": "server",
            "resource": [{"type": "AuditEvent", "interaction": [{"code": "read"}, {"code": "search-type"}]}],
        }
    ],
}


def audit_app(
    log: AuditLog,
    authorize: Authorize,
    *,
    reader: AsReader | None = None,
    server: Server | None = None,
    entropy: Entropy = os.urandom,
) -> Starlette:
    """The application. `authorize` names who may search (None refuses); `reader` whose access report a request may read.

    Routes: /metadata, /AuditEvent, /AuditEvent/_search, /AuditEvent/ID, /access-report?subject=...
    """
    desk = _Desk(log, authorize, reader, server or Server(), entropy)
    every = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
    return Starlette(
        routes=[
            Route("/metadata", desk.metadata),
            Route("/access-report", desk.report),
            Route("/AuditEvent", desk.events, methods=every),
            Route("/AuditEvent/_search", desk.events, methods=["POST"]),
            Route("/AuditEvent/{id}", desk.event, methods=every),
            Route("/", desk.refuse, methods=every),
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

    async def metadata(self, request: Request) -> Response:
        """The CapabilityStatement."""
        if not _takes_json(request.headers.get("accept", ""), request.query_params.get("_format", "")):
            return _not_in_json()
        return _answer({**_STATEMENT, "date": self._log.clock().date().isoformat()})

    async def refuse(self, _request: Request) -> Response:
        """Audit records are not written here."""
        return _refusal(READ_ONLY.at(), 405)

    async def events(self, request: Request) -> Response:
        """ITI-81: search by GET, or by POST to _search."""
        if request.method not in {"GET", "HEAD"} and not request.url.path.endswith("_search"):
            return await self.refuse(request)
        who = self._authorize(request)
        if who is None:
            return _refusal(NOT_THEIRS.at(), 403)
        pairs = parse_qsl(request.url.query)
        if request.method == "POST":
            pairs += parse_qsl((await request.body()).decode("latin-1"))
        if not _takes_json(request.headers.get("accept", ""), dict(pairs).get("_format", "")):
            return _not_in_json()
        base = str(request.base_url).rstrip("/")
        return await run_in_threadpool(self._search, who, pairs, base)

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
        return (
            _answer(found["entry"][0]["resource"])
            if found["entry"]
            else _refusal(BAD_SEARCH.at(why="no record has this id"), 404)
        )

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


def _refusal(issue: Issue, status: int | None = None) -> Response:
    outcome = Outcome((issue,))
    return Response(dumps(to_operation_outcome(outcome)), status or http_status(outcome), media_type=_FHIR)
