"""The record of a decision is valid under IHE's profile of it, and is kept by the audit log through the port."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from samspil_audit.log import AuditLog
from samspil_consent.decider import ConsentDecider
from samspil_consent.recording import Parties, RecordedDecider, authorization_event
from samspil_core.values import Access, Coding
from samspil_definitions import PackageError, load_packages
from samspil_validation import Validator
from tools.projects import ROOT

PROFILES = Path(os.environ.get("SAMSPIL_CORPORA") or ROOT.parent / "shared" / "corpora") / "audit" / "balp" / "profiles"
CONSENT = {
    "resourceType": "Consent",
    "id": "7",
    "status": "active",
    "patient": {"reference": "Patient/1"},
    "provision": {"type": "permit"},
}
ACCESS = Access(
    "Practitioner/7",
    "Patient/1",
    Coding("", "access"),
    Coding("http://terminology.hl7.org/CodeSystem/v3-ActReason", "TREAT"),
    datetime(2026, 1, 31, 12, tzinfo=UTC),
)
PARTIES = Parties({"reference": "Device/app"}, {"reference": "Organization/1"}, address="https://app.example.org")


@pytest.mark.parametrize("effect", ["permit", "deny"])
def test_the_record_of_a_decision_is_valid(effect: str) -> None:
    if not PROFILES.is_dir():
        pytest.skip("corpora: IHE's audit profiles are not at hand")
    try:
        base = load_packages(["hl7.fhir.r4.core#4.0.1", "hl7.terminology.r4"])
    except PackageError:
        pytest.skip("corpora: FHIR's core package is not in the package cache; run `make packages`")
    resources = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(PROFILES.glob("*.json"))]
    decision = ConsentDecider([{**CONSENT, "provision": {"type": effect}}], "typed").decide(ACCESS)
    found = Validator(base.with_resources(resources)).validate(authorization_event(ACCESS, decision, PARTIES, "e"))
    assert decision.effect == effect
    assert [(each.code, each.where, each.text) for each in found if each.severity == "error"] == []


def test_the_audit_log_keeps_it(tmp_path: Path) -> None:
    with AuditLog.open(tmp_path / "audit.db") as log:
        assert RecordedDecider(ConsentDecider([CONSENT], "typed"), log, PARTIES, lambda: "e").decide(ACCESS).permitted
        assert log.prove(0).holds(log.keys.verifier)
