"""Answers in FHIR's JSON; every error is an OperationOutcome."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from samspil_core.jsontext import NotJson, dumps, loads
from samspil_core.outcome import Issue, Outcome, to_operation_outcome

from .findings import BROKEN, NOT_ALLOWED, NOT_READABLE

FHIR_JSON = "application/fhir+json"


def answer(resource: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Give a resource."""
    return Response(dumps(resource), status, headers, media_type=FHIR_JSON)


def refusal(issue: Issue, status: int, headers: dict[str, str] | None = None) -> Response:
    """Give a finding."""
    return answer(to_operation_outcome(Outcome((issue,))), status, headers)


def broken(error: Exception) -> Response:
    """Give the finding of a fault of ours: its type and its place in the code, and nothing of the request."""
    place = error.__traceback__
    while place and place.tb_next:
        place = place.tb_next
    where = f", {place.tb_frame.f_code.co_name} line {place.tb_lineno}" if place else ""
    return refusal(BROKEN.at(where=f"{type(error).__name__}{where}"), 500)


class Refused(Exception):
    """A request is answered with a finding."""

    def __init__(self, issue: Issue, status: int, headers: dict[str, str] | None = None) -> None:
        super().__init__(issue.code)
        self.response = refusal(issue, status, headers)


def refused_method(methods: Collection[str]) -> Refused:
    """Make the refusal of a method that is not listed: 405, with those that are."""
    allowed = {*methods, *(["HEAD"] if "GET" in methods else [])}
    return Refused(NOT_ALLOWED.at(), 405, {"Allow": ", ".join(sorted(allowed))})


async def json_body(request: Request) -> dict[str, Any]:
    """Read a JSON object. Raises Refused."""
    try:
        value = loads(await request.body())
    except NotJson as error:
        raise Refused(NOT_READABLE.at(why=str(error)), 400) from None
    if not isinstance(value, dict):
        raise Refused(NOT_READABLE.at(why="it is no JSON object"), 400)
    return value  # pyright: ignore[reportUnknownVariableType]  JSON


def parts_of(parameters: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the parameters of a Parameters resource that have a form; none where it has none."""
    listed: Any = parameters.get("parameter")
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []  # pyright: ignore[reportUnknownVariableType]  JSON


def media_type(request: Request) -> str:
    """Give the media type of the body, without parameters, in small letters."""
    return request.headers.get("content-type", "").split(";")[0].strip().lower()
