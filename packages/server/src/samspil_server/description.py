"""What the service says of itself: OpenAPI and a CapabilityStatement, out of the same table that it is served by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from .answers import FHIR_JSON
from .guard import OPEN
from .schemas import SCHEMAS, ref
from .service import Path, Service
from .settings import Settings
from .table import PARAMETERS

_EVERY = {
    400: "the request cannot be read",
    404: "nothing there",
    405: "not this method",
    408: "the body did not come in time",
    413: "too long",
    415: "not this type or encoding of content",
    500: "a fault of ours",
    503: "too many requests at once; come again",
    504: "too slow",
}
_TOLD = {
    200: "done",
    201: "created",
    403: "refused",
    406: "no such format",
    422: "what was sent breaks a rule",
}


def openapi(services: Sequence[Service], settings: Settings, version: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document. https://spec.openapis.org/oas/v3.1.0."""
    paths: dict[str, dict[str, Any]] = {}
    for service in services:
        for path in service.paths:
            paths.setdefault(f"{service.mount}{path.path}", {})[path.method.lower()] = _operation(
                service, path, settings
            )
    components: dict[str, Any] = {"schemas": SCHEMAS}
    made: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {
            "title": "Samspil",
            "version": version,
            "description": "FHIR services of the modules that are mounted.",
        },
        "paths": paths,
        "components": components,
    }
    if settings.token:
        components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        made["security"] = [{"token": []}]
    elif settings.closed:
        components["securitySchemes"] = {"certificate": {"type": "mutualTLS"}}
        made["security"] = [{"certificate": []}]
    return made


def _operation(service: Service, path: Path, settings: Settings) -> dict[str, Any]:
    told = {str(status): _error(text) for status, text in _EVERY.items()}
    if settings.token and path.path not in OPEN:
        told["401"] = {**_error("no token"), "headers": _header("WWW-Authenticate", "how to say who asks")}
    told["405"]["headers"] = _header("Allow", "the methods there are")
    told |= {str(status): _error(_TOLD[status]) for status in path.statuses if status in _TOLD}
    if 201 in path.statuses:  # noqa: PLR2004  created
        told["201"] = {"description": _TOLD[201], "headers": _header("Location", "where it is")}
    if 200 in path.statuses:  # noqa: PLR2004  done
        told["200"] = {"description": _TOLD[200], "content": {path.gives: {"schema": ref(path.answer)}}}
    made: dict[str, Any] = {
        "summary": path.about,
        "tags": [service.name],
        "responses": dict(sorted(told.items())),
        "parameters": [*_in_path(path), *_in_query(path)],
    }
    if path.path in OPEN:
        made["security"] = []
    if path.takes:
        bodies = {kind: {"schema": ref(path.body) if "json" in kind else ref("Text")} for kind in path.takes}
        made["requestBody"] = {"required": True, "content": bodies}
    return made


def _error(text: str) -> dict[str, Any]:
    return {"description": text, "content": {FHIR_JSON: {"schema": ref("OperationOutcome")}}}


def _header(name: str, about: str) -> dict[str, Any]:
    return {name: {"description": about, "required": True, "schema": {"type": "string"}}}


def _in_path(path: Path) -> Iterable[dict[str, Any]]:
    for name in re.findall(r"\{(\w+)\}", path.path):
        schema = {"type": "string", "pattern": f"^{PARAMETERS[name]}$"}
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _in_query(path: Path) -> Iterable[dict[str, Any]]:
    for each in path.query:
        yield {"name": each.name, "in": "query", "description": each.about, "schema": each.schema}


def capability_statement(services: Sequence[Service], base: str, date: str, version: str) -> dict[str, Any]:
    """The operations at the root. https://hl7.org/fhir/R4/capabilitystatement.html."""
    operations = [
        {"name": name.lstrip("$"), "definition": f"{base}{url}" if url.startswith("/") else url}
        for each in services
        for name, url in map(str.split, each.operations)
    ]
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": date,
        "kind": "instance",
        "software": {"name": "Samspil", "version": version},
        "implementation": {"description": "Services of the modules that are mounted", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "rest": [{"mode": "server", **({"operation": operations} if operations else {})}],
    }
