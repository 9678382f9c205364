"""The audit record of a decision, IHE BALP AuthZconsent, kept through the port `Recorder` before the decision is used.

https://profiles.ihe.net/ITI/BALP/StructureDefinition-IHE.BasicAudit.AuthZconsent.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from samspil_core.outcome import Outcome
from samspil_core.ports import Decider, Recorder
from samspil_core.values import Access, Coding, Decision

from .findings import NOT_RECORDED

__all__ = ["Parties", "RecordedDecider", "authorization_event"]

_BALP: Final = "https://profiles.ihe.net/ITI/BALP"
_DCM: Final = "http://dicom.nema.org/resources/ontology/DCM"
_TERMINOLOGY: Final = "http://terminology.hl7.org/CodeSystem"
_EXTRA_ROLES: Final = f"{_TERMINOLOGY}/extra-security-role-type"
_KINDS: Final = {
    "client": (_DCM, "110150"),
    "user": (f"{_TERMINOLOGY}/v3-ParticipationType", "IRCP"),
    "organization": (f"{_TERMINOLOGY}/v3-RoleClass", "PROV"),
    "authorizer": (_EXTRA_ROLES, "authserver"),
}
"""The agents the profile asks for, by what they are here."""


@dataclass(frozen=True, slots=True)
class Parties:
    """Who asks and who decides, as FHIR References. `client` is the software, `organization` the user's provider.

    `address` is the network address of the client, a URL, a host name or an IP address.
    """

    client: Mapping[str, Any]
    organization: Mapping[str, Any]
    authorizer: Mapping[str, Any] = field(default_factory=lambda: {"display": "samspil"})
    address: str = ""


def authorization_event(access: Access, decision: Decision, parties: Parties, event_id: str) -> dict[str, Any]:
    """The AuditEvent (R4) of one decision, with the consents it rests on; outcome 0 where access is permitted, else 4.

    Raises ValueError where no consent was used: the profile asks for one, and such a decision rests on the law alone.
    """
    consents = _consents(decision)
    if not consents:
        raise ValueError("the decision rests on no consent")
    who = {
        "client": parties.client,
        "user": {"reference": access.actor},
        "organization": parties.organization,
        "authorizer": parties.authorizer,
    }
    agents = [_agent(kind, who[kind], access, parties) for kind in _KINDS]
    patient = {
        "what": {"reference": access.patient},
        "type": _coding(f"{_TERMINOLOGY}/audit-entity-type", "1"),
        "role": _coding(f"{_TERMINOLOGY}/object-role", "1"),
    }
    return {
        "resourceType": "AuditEvent",
        "id": event_id,
        "meta": {"profile": [f"{_BALP}/StructureDefinition/IHE.BasicAudit.AuthZconsent"]},
        "type": _coding(_DCM, "110113"),
        "subtype": [_coding(f"{_BALP}/CodeSystem/AuthZsubType", "AuthZ-Consent")],
        "action": "E",
        "recorded": access.at.isoformat(timespec="milliseconds"),
        "outcome": "0" if decision.permitted else "4",
        "agent": agents,
        "source": {
            "observer": dict(parties.authorizer),
            "type": [_coding(f"{_TERMINOLOGY}/security-source-type", "6")],
        },
        "entity": [patient, *({"what": {"reference": one}, "type": _type_of(one)} for one in consents)],
    }


def _consents(decision: Decision) -> tuple[str, ...]:
    """The consents a decision rests on, as references."""
    found = (one.partition("#")[0] for one in decision.because if one.startswith(("Consent/", "Permission/")))
    return tuple(dict.fromkeys(found))


def _agent(kind: str, who: Mapping[str, Any], access: Access, parties: Parties) -> dict[str, Any]:
    made: dict[str, Any] = {"type": {"coding": [_coding(*_KINDS[kind])]}, "who": dict(who), "requestor": kind == "user"}
    if kind == "client" and parties.address:
        made["network"] = {"address": parties.address, "type": "5" if "://" in parties.address else "1"}
    if kind == "user" and access.purpose.code:
        made["purposeOfUse"] = [{"coding": [_coding(access.purpose.system, access.purpose.code)]}]
    return made


def _coding(system: str, code: str) -> dict[str, str]:
    return {"system": system, "code": code}


def _type_of(reference: str) -> dict[str, str]:
    return _coding("http://hl7.org/fhir/resource-types", reference.partition("/")[0])


@dataclass(frozen=True, slots=True)
class RecordedDecider:
    """A Decider whose every decision by consents is recorded before it is given; what cannot be recorded is refused.

    `ids` makes the id of each record.
    """

    decider: Decider
    recorder: Recorder
    parties: Parties
    ids: Callable[[], str]

    def decide(self, access: Access, /) -> Decision:
        """As the port says. A permission bound to be recorded (`AUDIT`) no longer is: it was."""
        decision = self.decider.decide(access)
        if not _consents(decision):
            return decision
        try:
            self.recorder.record(authorization_event(access, decision, self.parties, self.ids()))
        except (OSError, ValueError):
            return Decision("deny", (), decision.because, Outcome((*decision.outcome.issues, NOT_RECORDED.at())))
        rest = tuple(one for one in decision.obligations if not _is_audit(one))
        return replace(decision, obligations=rest)


def _is_audit(one: Coding) -> bool:
    return (one.system, one.code) == (f"{_TERMINOLOGY}/v3-ActCode", "AUDIT")
