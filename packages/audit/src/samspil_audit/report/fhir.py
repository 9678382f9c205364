"""The report as a FHIR R4 Bundle of AuditEvents, with what is kept back left out and said to be masked."""

from collections.abc import Mapping
from typing import Any

from samspil_audit.log import AuditLog
from samspil_audit.record.codes import ABSENT, CATEGORY, ROLE_CLASS

from .making import Report
from .rows import Row

__all__ = ["as_bundle"]

_MASKED = [{"url": ABSENT, "valueCode": "masked"}]


def as_bundle(report: Report, log: AuditLog) -> dict[str, Any]:
    """A Bundle of type collection, in the order of the rows."""
    entries = [{"resource": _event(row, log)} for row in report.rows]
    made = report.made.isoformat(timespec="milliseconds")
    return {"resourceType": "Bundle", "type": "collection", "timestamp": made, "entry": entries}


def _event(row: Row, log: AuditLog) -> dict[str, Any]:
    event = next(log.read(row.index, row.index + 1)).event or {}
    if not row.withheld:
        return event
    event.pop("meta", None)
    if "person" in row.withheld:
        event["agent"] = [_masked(agent) if agent.get("requestor") else agent for agent in event["agent"]]
    if "organization" in row.withheld:
        event["agent"] = [_masked(agent) if _is_provider(agent) else agent for agent in event["agent"]]
    if "data" in row.withheld:
        event["entity"] = [entity for entity in event["entity"] if not _is_data(entity)]
    if "purposes" in row.withheld:
        event.pop("purposeOfEvent", None)
        event["agent"] = [{k: v for k, v in agent.items() if k != "purposeOfUse"} for agent in event["agent"]]
    return event


def _masked(agent: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: agent[name] for name in ("type", "requestor", "purposeOfUse") if name in agent}
    return {**kept, "who": {"extension": _MASKED}}


def _is_provider(agent: Mapping[str, Any]) -> bool:
    return any(coding.get("system") == ROLE_CLASS for coding in agent.get("type", {}).get("coding", ()))


def _is_data(entity: Mapping[str, Any]) -> bool:
    labels = entity.get("securityLabel", ())
    return "query" in entity or any(label.get("system") == CATEGORY for label in labels)
