"""An access token asked for and given: IHE IUA ITI-71, as BALP records it.

https://profiles.ihe.net/ITI/BALP/StructureDefinition-IHE.IUA.71.html
"""

from base64 import b64encode
from typing import Any

from .codes import BALP_CODES, DCM, ENTITY_TYPE, IUA_PROFILE, OBJECT_ROLE, PARTICIPATION, coding, concept
from .parties import Server, Who, agent, network, source

__all__ = ["token_event"]


def token_event(*, event_id: str, recorded: str, who: Who, authorizer: Server, request: str) -> dict[str, Any]:
    """The event of one token given; `request` is the token request, without the secrets in it."""
    named = who.client or {"display": who.address or "unknown"}
    oauth = concept(f"{BALP_CODES}UserAgentTypes", "AuthzOauthService")
    agents = [
        agent(concept(DCM, "110150", "Application"), named, network=network(who.address)),
        agent(oauth, authorizer.device, network=network(authorizer.address)),
    ]
    if who.user:
        agents.append(agent(concept(PARTICIPATION, "IRCP"), who.user, requestor=True))
    asked = {"type": coding(ENTITY_TYPE, "2"), "role": coding(OBJECT_ROLE, "24")}
    return {
        "resourceType": "AuditEvent",
        "id": event_id,
        "meta": {"profile": [IUA_PROFILE]},
        "type": coding(DCM, "110114", "User Authentication"),
        "subtype": [coding("urn:ihe:event-type-code", "ITI-71")],
        "action": "E",
        "recorded": recorded,
        "outcome": "0",
        "agent": agents,
        "source": source(authorizer, "6"),
        "entity": [{**asked, "query": b64encode(request.encode()).decode()}],
    }
