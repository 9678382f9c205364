"""A consent and audit gateway in front of a FHIR server that exists: what may not be seen is not there, and all is on record.

    uvicorn --factory gateway:main

The order is the point: the audit record is of what left, after consent has taken out what may not.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import httpx

from samspil_audit import AuditLog
from samspil_audit.middleware import AuditMiddleware
from samspil_audit.record import Server, Who
from samspil_consent import load_profile, read_request
from samspil_consent.enforcement import Enforcer
from samspil_consent.middleware import ConsentMiddleware
from samspil_consent.proxy import server_at
from samspil_consent.store import Engines

Consents = Callable[[str], Sequence[Mapping[str, Any]]]


def user(scope: Any) -> str:
    """Who asks. Here the login in front has checked the token and names the user in a header."""
    return dict(scope["headers"]).get(b"x-user", b"").decode("latin-1") or "Practitioner/unknown"


def gateway(server: Any, consents_of: Consents, log: AuditLog) -> Any:
    """Put consent in front of an ASGI application that serves FHIR, and the audit log in front of both."""
    engines = Engines(consents_of, load_profile("ehds"))

    def enforcer_of(scope: Any) -> Enforcer:
        return Enforcer(engines, read_request({"actor": user(scope), "purpose": "TREAT"}, datetime.now(UTC)))

    def who(scope: Any) -> Who:
        return Who(user={"reference": user(scope)}, organization={"reference": "Organization/nord"})

    return AuditMiddleware(
        ConsentMiddleware(server, enforcer_of), log=log, who=who, server=Server(site="nord.example.org")
    )


def stored_at(base: str) -> Consents:
    """Ask the server behind for the consents of a patient, at each request: a revocation counts at once."""

    def consents_of(patient: str) -> Sequence[Mapping[str, Any]]:
        found = httpx.get(f"{base}/Consent", params={"patient": patient, "_count": "1000"}).raise_for_status().json()
        return [each["resource"] for each in found.get("entry", ())]

    return consents_of


def main() -> Any:
    base = os.environ.get("FHIR_SERVER", "http://localhost:8080")
    return gateway(server_at(base), stored_at(base), AuditLog.open("audit.db"))
