"""A decision on access, by consents or by roles alone: IHE BALP AuthZconsent.

https://profiles.ihe.net/ITI/BALP/StructureDefinition-IHE.BasicAudit.AuthZconsent.html
"""

from collections.abc import Sequence
from typing import Any

from .codes import BALP, BALP_CODES, DCM, PARTICIPATION, RESOURCE_TYPES, ROLE_CLASS, SECURITY_ROLE, coding, concept
from .parties import Reference, Server, Who, agent, network, source
from .rest import patient_entity

__all__ = ["authorization_event"]


def authorization_event(  # noqa: PLR0913  the parts of the event
    *,
    event_id: str,
    recorded: str,
    who: Who,
    authorizer: Server,
    patient: Reference,
    consents: Sequence[Reference],
    permitted: bool,
    text: str = "",
    token: str = "",
) -> dict[str, Any]:
    """The event of one decision. `consents` are those it rests on, at least one; `token` the jti of a token given.

    Raises ValueError without a consent.
    """
    if not consents:
        raise ValueError("a decision is recorded with the consents it rests on")
    purposes = [concept(each.system, each.code, each.display) for each in who.purposes]
    user = agent(concept(PARTICIPATION, "IRCP"), who.user, requestor=True, purposeOfUse=purposes)
    named = who.client or {"display": who.address or "unknown"}
    made: dict[str, Any] = {
        "resourceType": "AuditEvent",
        "id": event_id,
        "meta": {"profile": [f"{BALP}AuthZconsent"]},
        "type": coding(DCM, "110113", "Security Alert"),
        "subtype": [coding(f"{BALP_CODES}AuthZsubType", "AuthZ-Consent")],
        "action": "E",
        "recorded": recorded,
        "outcome": "0" if permitted else "4",
        "agent": [
            agent(concept(DCM, "110150", "Application"), named, network=network(who.address)),
            user,
            agent(concept(ROLE_CLASS, "PROV"), who.organization),
            agent(concept(SECURITY_ROLE, "authserver"), authorizer.device),
        ],
        "source": source(authorizer, "6"),
        "entity": [patient_entity(patient), *map(_consent, consents)],
    }
    if token:
        kind = coding(f"{BALP_CODES}UserAgentTypes", "UserOauthAgent")
        made["entity"].append({"what": {"identifier": {"value": token}}, "type": kind})
    return {**made, "outcomeDesc": text} if text else made


def _consent(reference: Reference) -> dict[str, Any]:
    return {"what": dict(reference), "type": coding(RESOURCE_TYPES, "Consent")}
