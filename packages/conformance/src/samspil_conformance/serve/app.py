"""The page as a Starlette application. It speaks to this machine alone."""

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from jsonschema import Draft202012Validator
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from samspil_conformance import documents
from samspil_conformance.attestation import Answers
from samspil_conformance.chance import Clock
from samspil_conformance.evidence.page import report_page
from samspil_conformance.evidence.signing import Key
from samspil_conformance.suite import load_suite, suite_names
from samspil_conformance.sut import Sut

from .page import page
from .runs import Running, Runs, brief

__all__ = ["application"]

Make = Callable[[str, str, Clock, str], Sut]
"""Makes the system that a person named, for a suite: name, suite, clock, seed."""

PATIENCE = 20.0
JSON = "application/json"


class _Refused(Exception):
    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


def application(
    make: Make, clock_of: Callable[[str], Clock], systems: tuple[str, ...] = ("demo",), key: Key | None = None
) -> Starlette:
    """The page.

    Args:
        make: makes a system by its name.
        clock_of: the clock that runs against a system of that name go by.
        systems: the names that the page offers.
        key: signs the bundles.
    """
    faces = _Faces(make, clock_of, systems, key)
    return Starlette(
        routes=[
            Route("/", faces.home),
            Route("/runs", faces.start, methods=["POST"]),
            Route("/runs/{number:int}/events", faces.events),
            Route("/runs/{number:int}/answers", faces.answers, methods=["POST"]),
            Route("/runs/{number:int}/report.{language}.html", faces.report),
            Route("/runs/{number:int}/bundle", faces.bundle),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost", "[::1]"])],
        exception_handlers={_Refused: _refusal},
    )


@dataclass
class _Faces:
    """What the page answers, each address by one method."""

    make: Make
    clock_of: Callable[[str], Clock]
    systems: tuple[str, ...]
    key: Key | None
    runs: Runs = field(default_factory=Runs)

    def found(self, request: Request) -> Running:
        running = self.runs.find(request.path_params["number"])
        if running is None:
            raise _Refused(404, "there is no such run")
        return running

    async def home(self, request: Request) -> Response:
        return HTMLResponse(page([load_suite(name) for name in suite_names()], self.systems, _language(request)))

    async def start(self, request: Request) -> Response:
        told = await _body(request)
        suite, sut, seed = (str(told.get(name, "")) for name in ("suite", "sut", "seed"))
        if suite not in suite_names():
            raise _Refused(422, f"there is no suite {suite}")
        if sut not in self.systems and not sut.startswith(("http://", "https://")):
            raise _Refused(422, f"{sut} is none of the systems that this page was started with, and no URL")
        clock = self.clock_of(sut)
        running = self.runs.start(
            load_suite(suite), lambda: self.make(sut, suite, clock, seed or "0"), clock, seed or "0"
        )
        return JSONResponse({"number": running.number, "total": len(running.suite.scenarios)}, 201)

    async def events(self, request: Request) -> Response:
        running, after = self.found(request), int(request.query_params.get("after", "0"))
        news = await run_in_threadpool(running.since, after, PATIENCE)
        told = {"events": [short for event in news if (short := brief(event))], "next": after + len(news)}
        return JSONResponse({**told, "done": running.done, "fault": running.fault, **_verdict(running)})

    async def answers(self, request: Request) -> Response:
        running = self.found(request)
        given = _answers(await _body(request))
        try:
            running.answer(given, Clock())
        except ValueError as fault:
            raise _Refused(409, str(fault)) from None
        return JSONResponse(_verdict(running))

    async def report(self, request: Request) -> Response:
        running = self.found(request)
        if running.run is None:
            raise _Refused(409, "the run is not over")
        return HTMLResponse(report_page(running.run, "da" if request.path_params["language"] == "da" else "en"))

    async def bundle(self, request: Request) -> Response:
        try:
            name, data = await run_in_threadpool(self.found(request).bundle, self.key)
        except ValueError as fault:
            raise _Refused(409, str(fault)) from None
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        return Response(data, media_type="application/zip", headers=headers)


def _refusal(_: Request, fault: Exception) -> Response:
    return JSONResponse({"fault": str(fault)}, getattr(fault, "status", 400))


def _language(request: Request) -> str:
    told = request.query_params.get("lang") or request.headers.get("accept-language", "")
    return "da" if told.lower().startswith("da") else "en"


def _verdict(running: Running) -> dict[str, Any]:
    run = running.run
    return {"approval": run.approval, "counts": run.counts} if run else {}


async def _body(request: Request) -> Mapping[str, Any]:
    """A JSON object; its media type keeps other sites' forms from sending it."""
    if request.headers.get("content-type", "").partition(";")[0] != JSON:
        raise _Refused(415, f"send {JSON}")
    try:
        told = await request.json()
    except ValueError:
        raise _Refused(400, "this is no JSON") from None
    if not isinstance(told, dict):
        raise _Refused(400, "send a JSON object")
    return told  # pyright: ignore[reportUnknownVariableType]


def _answers(told: Mapping[str, Any]) -> Answers:
    """Answers as the page sends them: like a file of answers, with attachments beside it in base64."""
    attachments: Mapping[str, str] = told.get("attachments", {})
    plain = {"answers": told.get("answers")}
    fault = next(Draft202012Validator(documents.schema("answers")).iter_errors(plain), None)  # pyright: ignore[reportUnknownMemberType]
    if fault is not None:
        raise _Refused(422, str(fault.message))
    rows: list[Mapping[str, Any]] = []
    attached: list[Mapping[str, Any]] = []
    for row in told["answers"]:
        name = row.get("attachment")
        if name is None:
            rows.append(row)
            continue
        try:
            data = base64.b64decode(attachments[name], validate=True)
        except (KeyError, ValueError):
            raise _Refused(422, f"the attachment {name} is not there") from None
        digest = hashlib.sha256(data).hexdigest()
        kept = f"{digest[:12]}-{name.replace('/', '_')}"
        rows.append({**row, "attachment": kept, "sha256": digest})
        attached.append({"attachment": kept, "data": data})
    return Answers(tuple(rows), tuple(attached))
