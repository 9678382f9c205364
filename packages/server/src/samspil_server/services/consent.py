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
_HOOK = "patient-consent-consult"


def service(part: Consent, _settings: Settings, clock: Callable[[], datetime]) -> Service:
    """Make the service. Raises OSError and ValueError for files that cannot be used."""
    consents = [each for path in part.consents for each in read_consents(loads(path.read_bytes()))]
    engine = Engine(consents, load_profile(part.profile))
    answers = (200, 400, 403)
    paths = (
        Path("GET", "/cds-services", (), _JSON, "The CDS Hooks services.", (200,)),
        Path(
            "POST",
            "/cds-services/patient-consent-consult",
            (_JSON,),
            _JSON,
            "The hook: may this be disclosed?",
            (200, 400, 403),
        ),
        Path("POST", "/decide", (_JSON,), _JSON, "One decision, with its explanation.", answers),
    )
    return Service("consent", "/consent", paths, decisions(engine, clock))
