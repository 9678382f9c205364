"""What is done to the log itself is a record of the log: reading a report, erasing, purging, checking, exporting."""

from collections.abc import Mapping
from typing import Any, Literal

from .codes import DCM, OBJECT_ROLE, OWN_EVENTS, PARTICIPATION, coding, concept
from .parties import Reference, Server, agent, network, source
from .rest import patient_entity

__all__ = ["Deed", "deed_of", "log_event"]

Deed = Literal["report", "withhold", "erase", "purge", "hold", "sample-check", "export", "search", "skip"]

_ACTIONS: dict[Deed, str] = {"erase": "D", "purge": "D", "hold": "U", "skip": "U"}


def log_event(  # noqa: PLR0913  the parts of the event
    *,
    event_id: str,
    recorded: str,
    deed: Deed,
    server: Server,
    by: Reference | None,
    patient: Reference | None = None,
    details: Mapping[str, str] | None = None,
    outcome: str = "0",
) -> dict[str, Any]:
    """The event "Audit Log Used" (DICOM 110101) for one thing done to the log."""
    used: dict[str, Any] = {
        "type": coding("http://terminology.hl7.org/CodeSystem/audit-entity-type", "2"),
        "role": coding(OBJECT_ROLE, "13", "Security Resource"),
        "name": "audit log",
    }
    if details:
        used["detail"] = [{"type": name, "valueString": value} for name, value in details.items()]
    reader = agent(concept(PARTICIPATION, "IRCP", "information recipient"), by, requestor=True)
    return {
        "resourceType": "AuditEvent",
        "id": event_id,
        "type": coding(DCM, "110101", "Audit Log Used"),
        "subtype": [coding(OWN_EVENTS, deed)],
        "action": _ACTIONS.get(deed, "R"),
        "recorded": recorded,
        "outcome": outcome,
        "agent": [reader, agent(concept(DCM, "110150", "Application"), server.device, network=network(server.address))],
        "source": source(server),
        "entity": [used, *([patient_entity(patient)] if patient else [])],
    }


def deed_of(event: Mapping[str, Any]) -> str:
    """What was done to the log, of an event that `log_event` made; empty for any other."""
    codes = [code["code"] for code in event.get("subtype", ()) if code.get("system") == OWN_EVENTS and "code" in code]
    return codes[0] if codes else ""
