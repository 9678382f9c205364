"""`POST /$convert`: an HL7 v2 message in, a Bundle and an OperationOutcome out."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from collections.abc import Callable
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router

from samspil_core.outcome import to_operation_outcome
from samspil_hl7v2 import Conversion, convert, load_mapping
from samspil_server.answers import Refused, answer, json_body, media_type, parts_of
from samspil_server.findings import MEDIA_TYPE, NOT_READABLE
from samspil_server.service import Path, Service
from samspil_server.settings import Convert, Settings

V2 = ("application/hl7-v2", "x-application/hl7-v2+er7", "text/plain", "application/octet-stream")
FHIR = ("application/fhir+json", "application/json")


def _parameter(name: str, use: str, kind: str, least: int, about: str) -> dict[str, Any]:
    return {"name": name, "use": use, "min": least, "max": "1", "type": kind, "documentation": about}


_DEFINITION: dict[str, Any] = {
    "resourceType": "OperationDefinition",
    "id": "convert",
    "name": "Convert",
    "status": "active",
    "kind": "operation",
    "description": "Convert an HL7 v2 message to FHIR R4.",
    "affectsState": False,
    "code": "convert",
    "system": True,
    "type": False,
    "instance": False,
    "parameter": [
        _parameter("message", "in", "string", 1, "The message; as base64Binary too, and as the body itself."),
        _parameter("bundle", "out", "Bundle", 1, "What it became."),
        _parameter("outcome", "out", "OperationOutcome", 1, "What there is to say of it."),
        _parameter("populated", "out", "unsignedInt", 1, "Positions of the message that hold something."),
        _parameter("mapped", "out", "unsignedInt", 1, "Those that were carried over."),
        _parameter("reported", "out", "unsignedInt", 1, "Those that were not, each with a reason."),
    ],
}
PATHS = (
    Path(
        "POST",
        "/$convert",
        (*V2, *FHIR),
        FHIR[0],
        _DEFINITION["description"],
        (200, 400, 415, 422),
        body="Message",
        answer="Parameters",
    ),
    Path(
        "GET",
        "/OperationDefinition/convert",
        (),
        FHIR[0],
        "What $convert takes and gives.",
        (200,),
        answer="OperationDefinition",
    ),
)


def service(part: Convert, _settings: Settings, _clock: Callable[[], datetime]) -> Service:
    """Make the service. Raises `samspil_hl7v2.TableError` and OSError for layers that cannot be used."""
    mapping = load_mapping(*part.layers)

    async def run(request: Request) -> Response:
        data = await _message(request)
        options: dict[str, Any] = {"timezone": part.timezone, "charset": part.charset, "bundle_type": part.bundle}
        made = await asyncio.to_thread(convert, data, mapping=mapping, **options)
        return answer(parameters(made)) if made.bundle is not None else answer(to_operation_outcome(made.outcome), 422)

    async def defined(request: Request) -> Response:
        base = str(request.base_url).rstrip("/")
        return answer({**_DEFINITION, "url": f"{base}/OperationDefinition/convert"})

    routes = [Route("/$convert", run, methods=["POST"]), Route("/OperationDefinition/convert", defined)]
    return Service("convert", "", PATHS, Router(routes), ("$convert /OperationDefinition/convert",))


async def _message(request: Request) -> bytes:
    kind = media_type(request)
    if kind in V2:
        return await request.body()
    if kind not in FHIR:
        raise Refused(MEDIA_TYPE.at(), 415)
    for each in parts_of(await json_body(request)):
        if each.get("name") == "message":
            return _value(each)
    raise Refused(NOT_READABLE.at(why="Parameters has no parameter message"), 400)


def _value(parameter: dict[str, Any]) -> bytes:
    if isinstance(text := parameter.get("valueString"), str):
        return text.encode()
    try:
        return b64decode(parameter["valueBase64Binary"], validate=True)
    except (KeyError, ValueError, TypeError):
        raise Refused(NOT_READABLE.at(why="message has neither valueString nor valueBase64Binary"), 400) from None


def parameters(made: Conversion) -> dict[str, Any]:
    """Give a conversion as Parameters: `bundle`, `outcome`, and the sums of the loss report."""
    outcome = to_operation_outcome(made.outcome)
    found: list[dict[str, Any]] = [
        {"name": "bundle", "resource": made.bundle},
        {"name": "outcome", "resource": outcome},
    ]
    sums = {"populated": made.report.populated, "mapped": made.report.mapped, "reported": made.report.reported}
    found += [{"name": name, "valueUnsignedInt": number} for name, number in sums.items()]
    return {"resourceType": "Parameters", "parameter": found}
