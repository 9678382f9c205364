"""Consent decisions, and the CDS hook patient-consent-consult, at `/consent`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from samspil_consent import Engine, load_profile, read_consents
from samspil_consent.service import service as decisions
from samspil_core.jsontext import loads
from samspil_server.service import Path, Service
from samspil_server.settings import Consent, Settings

_JSON = "application/json"
_ANSWERS = (200, 400, 403)
_HOOK = "patient-consent-consult"
PATHS = (
    Path("GET", "/cds-services", (), _JSON, "The CDS Hooks services.", (200,), answer="HookServices"),
    Path(
        "POST", f"/cds-services/{_HOOK}", (_JSON,), _JSON, "The hook: may this be disclosed?", _ANSWERS, "Hook", "Cards"
    ),
    Path("POST", "/decide", (_JSON,), _JSON, "One decision, with its explanation.", _ANSWERS, "Access", "Decision"),
)


def service(part: Consent, _settings: Settings, clock: Callable[[], datetime]) -> Service:
    """Make the service. Raises OSError and ValueError for files that cannot be used."""
    consents = [each for path in part.consents for each in read_consents(loads(path.read_bytes()))]
    engine = Engine(consents, load_profile(part.profile))
    return Service("consent", "/consent", PATHS, decisions(engine, clock), apart=True)
