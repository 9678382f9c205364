"""`POST /$validate` and `POST /TYPE/$validate`. https://hl7.org/fhir/R4/resource-operation-validate.html."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router

from samspil_definitions import load_packages
from samspil_server.answers import Refused, answer, json_body, media_type, parts_of
from samspil_server.findings import MEDIA_TYPE, NOT_READABLE
from samspil_server.service import Path, Query, Service
from samspil_server.settings import Settings, Validate
from samspil_validation import Validator, operation_outcome

FHIR = ("application/fhir+json", "application/json")
_PROFILE = Query("profile", "A profile to check against; may come again.")
DEFINITION = "http://hl7.org/fhir/OperationDefinition/Resource-validate"

_ABOUT = "Validate a resource; findings of the content are in the OperationOutcome of the answer."
PATHS = tuple(
    Path("POST", path, FHIR, FHIR[0], _ABOUT, (200, 400, 415), answer="OperationOutcome", query=(_PROFILE,))
    for path in ("/$validate", "/{type}/$validate")
)


@lru_cache(maxsize=4)
def validator_of(packages: tuple[str, ...]) -> Validator:
    """Make the validator of some packages, once. Raises what `load_packages` raises for a package that is not installed."""
    return Validator(load_packages([*packages]))


def service(part: Validate, _settings: Settings, _clock: Callable[[], datetime]) -> Service:
    """Make the service. Raises what `load_packages` raises for a package that is not installed."""
    validator = validator_of(part.packages)

    async def run(request: Request) -> Response:
        if media_type(request) not in FHIR:
            raise Refused(MEDIA_TYPE.at(), 415)
        resource, profiles = _asked(await json_body(request), request)
        wanted = request.path_params.get("type")
        if wanted and resource.get("resourceType") != wanted:
            raise Refused(NOT_READABLE.at(why=f"it is no {wanted}"), 400)
        outcome = await asyncio.to_thread(validator.validate, resource, profiles)
        return answer(operation_outcome(outcome))

    routes = [Route(path.path, run, methods=["POST"]) for path in PATHS]
    return Service("validate", "", PATHS, Router(routes), (f"$validate {DEFINITION}",))


def _asked(body: dict[str, Any], request: Request) -> tuple[dict[str, Any], list[str]]:
    """Give the resource and the profiles asked for: of Parameters, or the body itself with `?profile=`."""
    profiles = request.query_params.getlist("profile")
    if body.get("resourceType") != "Parameters":
        return body, profiles
    resource = body
    for one in (each for each in parts_of(body) if each.get("name") in {"resource", "profile"}):
        if isinstance(one.get("resource"), dict):
            resource = one["resource"]
        profiles += [value for name, value in one.items() if name.startswith("value") and isinstance(value, str)]
    return resource, profiles
