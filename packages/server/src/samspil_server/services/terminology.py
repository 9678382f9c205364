"""The terminology server, R4 and R5, at `/terminology`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from samspil_server.service import Path, Query, Service
from samspil_server.settings import Settings, Terminology
from samspil_terminology.opening import open_catalog
from samspil_terminology.server.app import Settings as Bounds
from samspil_terminology.server.app import application

_FHIR = "application/fhir+json"
_TYPES = ("CodeSystem", "ValueSet", "ConceptMap")
_URL = Query("url", "Canonical URL.")
_SYSTEM, _CODE = Query("system", "URL of the code system."), Query("code", "The code.")
_OPERATIONS = {
    "CodeSystem/$lookup": (_SYSTEM, _CODE),
    "CodeSystem/$validate-code": (_URL, _CODE),
    "CodeSystem/$subsumes": (_SYSTEM, Query("codeA", "One code."), Query("codeB", "Another code.")),
    "ValueSet/$expand": (
        _URL,
        Query("filter", "Beginnings of words."),
        Query("count", "Codes a page.", {"type": "integer", "minimum": 0}),
        Query("offset", "Codes to pass over.", {"type": "integer", "minimum": 0}),
    ),
    "ValueSet/$validate-code": (_URL, _SYSTEM, _CODE),
    "ConceptMap/$translate": (_URL, _SYSTEM, _CODE),
}
_ERRORS = (200, 400, 404, 415, 422)


def service(part: Terminology, settings: Settings, clock: Callable[[], datetime]) -> Service:
    """Make the service."""
    catalog, _ = open_catalog(part.sources)
    bounds = Bounds(largest=settings.limits.max_bytes, seconds=settings.limits.seconds, clock=clock)
    return Service("terminology", "/terminology", PATHS, application(catalog, bounds), apart=True)


def _release(name: str) -> Iterable[Path]:
    """Give the addresses of a release of FHIR."""
    for operation, query in _OPERATIONS.items():
        kind, _, verb = operation.partition("/")
        for path in (f"/{name}/{operation}", f"/{name}/{kind}/{{id}}/{verb}"):
            yield Path("GET", path, (), _FHIR, f"{verb} of {kind}, its parameters in the URL.", _ERRORS, query=query)
            about = f"{verb} of {kind}, its parameters in the body."
            yield Path("POST", path, (_FHIR,), _FHIR, about, _ERRORS, body="Question")
    batch = f"/{name}/ValueSet/$batch-validate-code"
    yield Path("POST", batch, (_FHIR,), _FHIR, "Many codes at once.", _ERRORS, body="Question")
    yield Path("POST", f"/{name}/$closure", (_FHIR,), _FHIR, "A closure table.", _ERRORS, body="Question")
    yield Path("GET", f"/{name}/$versions", (), _FHIR, "The versions of FHIR.", _ERRORS)
    mode = Query("mode", "With terminology, the TerminologyCapabilities.")
    yield Path("GET", f"/{name}/metadata", (), _FHIR, "What the terminology server can do.", query=(mode,))
    for kind in _TYPES:
        fields = (_URL, Query("version", "Version."), Query("name", "Beginning of the name."))
        about = f"Search for a {kind}."
        yield Path("GET", f"/{name}/{kind}", (), _FHIR, about, (200, 400, 404), answer="Bundle", query=fields)
        yield Path("GET", f"/{name}/{kind}/{{id}}", (), _FHIR, f"Read a {kind}.", (200, 400, 404))


PATHS = (
    Path("GET", "/", (), "text/html", "A page for people.", (200,), answer="Text"),
    *_release("r4"),
    *_release("r5"),
)
