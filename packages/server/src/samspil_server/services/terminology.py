"""The terminology server, R4 and R5, at `/terminology`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from samspil_server.service import Path, Service
from samspil_server.settings import Settings, Terminology
from samspil_terminology.opening import open_catalog
from samspil_terminology.server.app import Settings as Bounds
from samspil_terminology.server.app import application

_FHIR = "application/fhir+json"
_OPERATIONS = (
    "CodeSystem/$lookup",
    "CodeSystem/$validate-code",
    "CodeSystem/$subsumes",
    "ValueSet/$expand",
    "ValueSet/$validate-code",
    "ConceptMap/$translate",
)


def service(part: Terminology, settings: Settings, clock: Callable[[], datetime]) -> Service:
    """Make the service."""
    catalog, _ = open_catalog(part.sources)
    bounds = Bounds(largest=settings.limits.max_bytes, seconds=settings.limits.seconds, clock=clock)
    about = "A terminology operation, its parameters in the body; also with GET and parameters in the URL."
    answers = (200, 400, 404, 415, 422)
    paths = [Path("POST", f"/r4/{name}", (_FHIR,), _FHIR, about, answers) for name in _OPERATIONS]
    paths.append(Path("GET", "/r4/metadata", (), _FHIR, "What the terminology server can do."))
    return Service("terminology", "/terminology", tuple(paths), application(catalog, bounds))
