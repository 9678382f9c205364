"""Consent in the demonstration: restrictions that the patient registers as Consent resources, read anew for each request."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from samspil_consent import Context, Directory, Engine, Request, decide_with, load_profile, read_consents
from samspil_consent.breakglass import with_emergency
from samspil_consent.enforcement import Enforcer, patients_of
from samspil_core import Coding
from samspil_testserver import Store

from .personas import Persona, persona_of

__all__ = ["OBLIGATIONS", "Door", "enforcers"]

Json = dict[str, Any]
_REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
OBLIGATIONS = ("LOG", "NOTIFY")
_HIDDEN = frozenset({"Consent", "AuditEvent"})


class Door:
    """What decides; the faults of the demonstration change it."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self.store = store
        self.clock = clock
        self.profile = load_profile("ehds")
        self.directory = Directory([*store.current("PractitionerRole"), *store.current("Organization")])
        self.hidden = _HIDDEN
        self.owns: Callable[[Persona, Any], bool] = self._is_own
        self.emergency: Callable[[Persona, Request], bool] = self._emergency_holds

    def consents(self, patient: str) -> list[Json]:
        """The active consents of a patient."""
        found = [each for each in self.store.current("Consent") if each.get("status") == "active"]
        return [each for each in found if each.get("patient", {}).get("reference") == patient]

    def engine(self, patient: str) -> Engine:
        """The engine with the consents of a patient."""
        consents = read_consents(self.consents(patient) if patient else [])
        return Engine(consents, self.profile, Context(directory=self.directory))

    def request(self, persona: Persona) -> Request:
        """What a persona asks."""
        return Request(
            at=self.clock(),
            actors=(persona.person,) if persona.person else (persona.organization,),
            roles=("role demo",),
            purposes=(Coding(_REASON, persona.purpose),),
        )

    def enforcer(self, persona: Persona) -> Enforcer:
        """What a persona may see."""
        request = self.request(persona)
        if persona.patient:
            own = replace(self.profile, default_purposes=("PATRQT",))
            engine = Engine([], own, Context())
            return Enforcer(lambda _: engine, request, within=lambda found: self.owns(persona, found))
        if persona.purpose == "BTG":
            opened = Engine([], replace(self.profile, default_purposes=("TREAT", "BTG")), Context())

            def engine_of(patient: str) -> Engine:
                return opened if self.emergency(persona, replace(request, patient=patient)) else self.engine(patient)

            return Enforcer(engine_of, request, within=self.is_clinical)
        return Enforcer(self.engine, request, within=self.is_clinical)

    def is_clinical(self, found: Any) -> bool:
        """Whether a professional may know of a resource at all: that a consent exists is nobody's business."""
        return found.get("resourceType") not in self.hidden

    @staticmethod
    def _is_own(persona: Persona, found: Any) -> bool:
        """Whether a resource speaks of the patient, and of no other."""
        return set(patients_of(found)) <= {persona.patient}

    def _emergency_holds(self, persona: Persona, request: Request) -> bool:
        told = {"because": "vital-interest-of-subject", "declared": self.clock().isoformat(), "reason": persona.reason}
        asked = replace(request, emergency=told, at=self.clock())
        denied = Engine([], replace(self.profile, default="deny"), Context())
        return with_emergency(decide_with(denied, asked)).effect == "permit"


def enforcers(door: Door) -> Callable[[Any], Enforcer]:
    """The enforcer of each request, by its token; a request without one gets nothing."""

    def enforcer_of(scope: Any) -> Enforcer:
        persona = persona_of(scope)
        if persona is None:
            raise PermissionError("who asks is not known")
        return door.enforcer(persona)

    return enforcer_of
