"""What the service says of itself: OpenAPI and a CapabilityStatement, out of the same table that it is served by."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from .answers import FHIR_JSON
from .service import Path, Service
from .settings import Settings

_EVERY = {
    401: "no token",
    404: "nothing there",
    405: "not this method",
    413: "too long",
    500: "a fault of ours",
    504: "too slow",
}
_TOLD = {
    200: "done",
    400: "the body cannot be read",
    403: "refused",
    406: "no such format",
    415: "not this type of content",
    422: "what was sent breaks a rule",
}


def openapi(services: Sequence[Service], settings: Settings, version: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document. https://spec.openapis.org/oas/v3.1.0."""
    paths: dict[str, dict[str, Any]] = {}
    for service in services:
        for path in service.paths:
            paths.setdefault(f"{service.mount}{path.path}", {})[path.method.lower()] = _operation(service, path)
    made: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {
            "title": "Samspil",
            "version": version,
            "description": "FHIR services of the modules that are mounted.",
        },
        "paths": paths,
    }
    if settings.token:
        made["components"] = {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}}
        made["security"] = [{"token": []}]
    return made


def _operation(service: Service, path: Path) -> dict[str, Any]:
    outcome = {"content": {FHIR_JSON: {"schema": {"type": "object"}}}}
    told: dict[str, Any] = {
        str(status): {"description": _TOLD.get(status, "done")} | outcome for status in path.statuses
    }
    told |= {str(status): {"description": text} | outcome for status, text in _EVERY.items()}
    told["200"] = {
        "description": _TOLD[200],
        "content": {path.gives: {"schema": {"type": "object"} if "json" in path.gives else {}}},
    }
    made: dict[str, Any] = {"summary": path.about, "tags": [service.name], "responses": told}
    made["parameters"] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[A-Za-z0-9.-]+$"}}
        for name in re.findall(r"\{(\w+)\}", path.path)
    ]
    if path.takes:
        bodies = {kind: {"schema": {"type": "object"} if "json" in kind else {"type": "string"}} for kind in path.takes}
        made["requestBody"] = {"required": True, "content": bodies}
    return made


def capability_statement(services: Sequence[Service], base: str, date: str, version: str) -> dict[str, Any]:
    """The operations at the root. https://hl7.org/fhir/R4/capabilitystatement.html."""
    operations = [
        {"name": name.lstrip("$"), "definition": url}
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
