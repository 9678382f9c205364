"""The audit record repository at `/audit`: records are searched (IHE ITI-81) and taken (IHE ITI-20)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from samspil_audit import AuditLog
from samspil_audit.server import audit_app
from samspil_core.ports import ResourceValidator
from samspil_server.service import Path, Query, Service
from samspil_server.settings import Audit, Settings

_FHIR = "application/fhir+json"
_TAKEN = (_FHIR, "application/json")
_QUERY = (
    Query("date", "When it was recorded, with a prefix: ge2026-01-01."),
    Query("patient", "The patient's reference."),
    Query("_count", "Records a page.", {"type": "integer", "minimum": 1, "maximum": 1000}),
)
_SEARCHED = (200, 400, 403, 406, 503)
_WRITTEN = (400, 403, 415, 422, 503)
PATHS = (
    Path(
        "GET",
        "/AuditEvent",
        (),
        _FHIR,
        "Search the records (ITI-81); each search is itself recorded.",
        _SEARCHED,
        answer="Bundle",
        query=_QUERY,
    ),
    Path(
        "POST",
        "/AuditEvent/_search",
        ("application/x-www-form-urlencoded",),
        _FHIR,
        "The same search, its parameters in the body.",
        _SEARCHED,
        answer="Bundle",
    ),
    Path(
        "POST",
        "/AuditEvent",
        _TAKEN,
        _FHIR,
        "Take a record (ITI-20); the answer leaves when it is on the disk.",
        (201, *_WRITTEN),
        body="AuditEvent",
    ),
    Path(
        "POST",
        "/",
        _TAKEN,
        _FHIR,
        "Take many records (ITI-20), in a batch or a transaction.",
        (200, *_WRITTEN),
        body="AuditEvents",
        answer="Bundle",
    ),
    Path("GET", "/AuditEvent/{id}", (), _FHIR, "Read a record.", (200, 403, 404, 406, 503), answer="AuditEvent"),
    Path("GET", "/metadata", (), _FHIR, "What the repository can do.", (200,), answer="CapabilityStatement"),
)


def service(part: Audit, settings: Settings, _clock: Callable[[], datetime]) -> Service:
    """Make the service. Where nobody is known by a token or a certificate, nobody reads and nobody writes.

    Records are validated beyond their form where the settings have a part `validate`. Raises what `AuditLog.open` raises.
    """

    def known(_request: object) -> dict[str, str] | None:
        return {"display": "bearer of the service's token"} if settings.closed else None

    app = audit_app(AuditLog.open(part.log), known, writer=known, validator=_validator(settings))
    return Service("audit", "/audit", PATHS, app.router)


def _validator(settings: Settings) -> ResourceValidator | None:
    if settings.validation is None:
        return None
    from .validate import validator_of

    return validator_of(settings.validation.packages)
