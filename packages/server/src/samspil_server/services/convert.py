"""`POST /$convert`: an HL7 v2 message in, a Bundle and an OperationOutcome out."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from collections.abc import Callable
from datetime import datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from samspil_core.outcome import to_operation_outcome
from samspil_hl7v2 import Conversion, convert, load_mapping
from samspil_server.answers import Refused, answer, json_body, media_type, parts_of
from samspil_server.findings import MEDIA_TYPE, NOT_READABLE
from samspil_server.service import Path, Service
from samspil_server.settings import Convert, Settings

V2 = ("application/hl7-v2", "x-application/hl7-v2+er7", "text/plain", "application/octet-stream")
FHIR = ("application/fhir+json", "application/json")


def service(part: Convert, _settings: Settings, _clock: Callable[[], datetime]) -> Service:
    """Make the service. Raises `samspil_hl7v2.TableError` and OSError for layers that cannot be used."""
    mapping = load_mapping(*part.layers)

    async def run(request: Request) -> Response:
        data = await _message(request)
        options: dict[str, Any] = {"timezone": part.timezone, "charset": part.charset, "bundle_type": part.bundle}
        made = await asyncio.to_thread(convert, data, mapping=mapping, **options)
        return answer(parameters(made), 200 if made.bundle is not None else 422)

    path = Path(
        "POST", "/$convert", (*V2, *FHIR), FHIR[0], "Convert an HL7 v2 message to FHIR R4.", (200, 400, 415, 422)
    )
    return Service("convert", "", (path,), Starlette(routes=[Route("/$convert", run, methods=["POST"])]))


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
    """Give a conversion as Parameters: `bundle` (where there is one), `outcome`, and the sums of the loss report."""
    found: list[dict[str, Any]] = []
    if made.bundle is not None:
        found.append({"name": "bundle", "resource": made.bundle})
    found.append({"name": "outcome", "resource": to_operation_outcome(made.outcome)})
    sums = {"populated": made.report.populated, "mapped": made.report.mapped, "reported": made.report.reported}
    found += [{"name": name, "valueUnsignedInt": number} for name, number in sums.items()]
    return {"resourceType": "Parameters", "parameter": found}
