"""Every decision by consents is recorded before it is used, and what cannot be recorded is refused."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from samspil_consent.decider import ConsentDecider
from samspil_consent.recording import Parties, RecordedDecider, authorization_event
from samspil_core.values import Access, Coding, Decision, Receipt

REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
AUDIT = Coding("http://terminology.hl7.org/CodeSystem/v3-ActCode", "AUDIT")
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
    Coding(REASON, "TREAT"),
    datetime(2026, 1, 31, 12, tzinfo=UTC),
)
PARTIES = Parties({"reference": "Device/app"}, {"reference": "Organization/1"}, address="https://app.example.org")


class Memory:
    """A recorder that remembers, or breaks."""

    def __init__(self, *, broken=False):
        self.events = []
        self.broken = broken

    def record(self, event, /):
        if self.broken:
            raise OSError("disk full")
        self.events.append(event)
        return Receipt("log", len(self.events) - 1)


@pytest.mark.parametrize(("kind", "outcome"), [("permit", "0"), ("deny", "4")])
def test_a_decision_is_recorded_with_the_consents_it_rests_on(kind, outcome):
    memory = Memory()
    decider = ConsentDecider([{**CONSENT, "provision": {"type": kind}}], "typed")
    assert RecordedDecider(decider, memory, PARTIES, lambda: "e").decide(ACCESS).effect == kind
    (event,) = memory.events
    assert event["outcome"] == outcome
    assert [one["what"]["reference"] for one in event["entity"]] == ["Patient/1", "Consent/7"]
    assert [one["type"]["coding"][0]["code"] for one in event["agent"]] == ["110150", "IRCP", "PROV", "authserver"]
    assert event["recorded"] == "2026-01-31T12:00:00.000+00:00"


def test_what_cannot_be_recorded_is_refused():
    decision = RecordedDecider(ConsentDecider([CONSENT], "typed"), Memory(broken=True), PARTIES, lambda: "e").decide(
        ACCESS
    )
    assert decision.effect == "deny"
    assert "SAM-CON-502" in [issue.code for issue in decision.outcome]


def test_an_obligation_to_record_is_fulfilled_by_it():
    class Bound:
        def decide(self, access, /):
            return Decision("permit", (AUDIT, Coding("urn:x", "other")), (f"Consent/7#{access.patient}",))

    decision = RecordedDecider(Bound(), Memory(), PARTIES, lambda: "e").decide(ACCESS)
    assert decision.obligations == (Coding("urn:x", "other"),)


def test_a_decision_by_the_law_alone_rests_on_no_consent():
    """The profile asks for a consent: such a decision is recorded with the access itself."""
    memory = Memory()
    decision = RecordedDecider(ConsentDecider([], "ehds"), memory, PARTIES, lambda: "e").decide(ACCESS)
    assert (decision.effect, memory.events) == ("permit", [])
    with pytest.raises(ValueError, match="no consent"):
        authorization_event(ACCESS, decision, replace(PARTIES, address="clinic"), "e")
