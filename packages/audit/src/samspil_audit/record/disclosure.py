"""Data given to another organisation, seen by who gave or who got them: IHE BALP PrivacyDisclosure.

https://profiles.ihe.net/ITI/BALP/StructureDefinition-IHE.BasicAudit.PrivacyDisclosure.Source.html
"""

from collections.abc import Sequence
from typing import Any, Literal

from samspil_core import Coding

from .codes import BALP, DCM, ENTITY_TYPE, LIFECYCLE, OBJECT_ROLE, SNOMED, coding, concept
from .parties import Reference, Server, agent, network, source
from .rest import patient_entity

__all__ = ["disclosure_event"]

_SEEN = {"source": ("110106", "Export", "R", "Source"), "recipient": ("110107", "Import", "C", "Recipient")}


def disclosure_event(  # noqa: PLR0913  the parts of the event
    *,
    event_id: str,
    recorded: str,
    seen_by: Literal["source", "recipient"],
    giver: Server,
    receiver: Server,
    patient: Reference,
    data: Sequence[Reference],
    purposes: Sequence[Coding] = (),
    custodian: Reference | None = None,
    authorizer: Reference | None = None,
) -> dict[str, Any]:
    """The event of one disclosure, at least one resource of `data`. Raises ValueError without."""
    if not data:
        raise ValueError("a disclosure names what was disclosed")
    code, display, action, profile = _SEEN[seen_by]
    agents = [
        agent(concept(DCM, "110153", "Source Role ID"), giver.device, network=network(giver.address)),
        agent(concept(DCM, "110152", "Destination Role ID"), receiver.device, network=network(receiver.address)),
    ]
    if custodian:
        agents.append(agent(concept(SNOMED, "159541003"), custodian))
    if authorizer:
        agents.append(agent(concept(SNOMED, "429577009"), authorizer))
    made: dict[str, Any] = {
        "resourceType": "AuditEvent",
        "id": event_id,
        "meta": {"profile": [f"{BALP}PrivacyDisclosure.{profile}"]},
        "type": coding(DCM, code, display),
        "subtype": [coding(LIFECYCLE, "disclose")],
        "action": action,
        "recorded": recorded,
        "outcome": "0",
        "agent": agents,
        "source": source(giver if seen_by == "source" else receiver),
        "entity": [patient_entity(patient), *map(_data, data)],
    }
    if purposes:
        made["purposeOfEvent"] = [concept(each.system, each.code, each.display) for each in purposes]
    return made


def _data(reference: Reference) -> dict[str, Any]:
    return {"what": dict(reference), "type": coding(ENTITY_TYPE, "2"), "role": coding(OBJECT_ROLE, "4")}
