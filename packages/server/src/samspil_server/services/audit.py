"""The audit record repository (IHE ITI-81), read-only, at `/audit`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from samspil_audit import AuditLog
from samspil_audit.server import audit_app
from samspil_server.service import Path, Service
from samspil_server.settings import Audit, Settings

_FHIR = "application/fhir+json"


def service(part: Audit, settings: Settings, _clock: Callable[[], datetime]) -> Service:
    """Make the service; without a token nobody may search. Raises what `AuditLog.open` raises."""

    def authorize(_request: object) -> dict[str, str] | None:
        return {"display": "bearer of the service's token"} if settings.token else None

    paths = (
        Path(
            "GET",
            "/AuditEvent",
            (),
            _FHIR,
            "Search the records (ITI-81); each search is itself recorded.",
            (200, 400, 403, 406),
        ),
        Path("GET", "/AuditEvent/{id}", (), _FHIR, "Read a record.", (200, 403, 404, 406)),
        Path("GET", "/metadata", (), _FHIR, "What the repository can do.", (200,)),
    )
    return Service("audit", "/audit", paths, audit_app(AuditLog.open(part.log), authorize))
