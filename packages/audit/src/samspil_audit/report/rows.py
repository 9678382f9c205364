"""One access as a row: who, when, which data, from where, what for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from samspil_audit.log import Found
from samspil_audit.record.codes import CATEGORY, ORIGIN, ROLE_CLASS

__all__ = ["Data", "Row", "row_of"]

EMERGENCY = frozenset({"BTG", "ETREAT"})
"""Purposes of an emergency: break the glass, emergency treatment. https://terminology.hl7.org/CodeSystem-v3-ActReason.html."""


@dataclass(frozen=True, slots=True)
class Data:
    """Resources of one category: their references, and where they came from."""

    category: str
    references: tuple[str, ...] = field(repr=False)
    origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One access of the report; `withheld` names the fields that a rule keeps back, and `rule` the rule."""

    index: int
    time: str
    person: str = field(repr=False)
    organization: str
    action: str
    data: tuple[Data, ...]
    purposes: tuple[str, ...]
    emergency: bool
    succeeded: bool
    withheld: tuple[str, ...] = ()
    rule: str = ""


def row_of(found: Found) -> Row | None:
    """The row of a record, or None for one that can no longer be read."""
    event = found.event
    if event is None:
        return None
    purposes = tuple(dict.fromkeys(_purposes(event)))
    return Row(
        index=found.index,
        time=event["recorded"],
        person=_person(event),
        organization=_organization(event),
        action=next((coding["code"] for coding in event.get("subtype", ()) if "code" in coding), event["type"]["code"]),
        data=tuple(_data(event)),
        purposes=purposes,
        emergency=bool(EMERGENCY.intersection(purposes)),
        succeeded=event.get("outcome", "0") == "0",
    )


def _purposes(event: Mapping[str, Any]) -> list[str]:
    concepts = [*event.get("purposeOfEvent", ())]
    for agent in event["agent"]:
        if "purposeOfUse" in agent:
            concepts += agent["purposeOfUse"]
    return [coding["code"] for each in concepts for coding in each.get("coding", ()) if "code" in coding]


def _person(event: Mapping[str, Any]) -> str:
    for agent in event["agent"]:
        if agent.get("requestor") and (name := _name(agent)):
            return name
    return ""


def _organization(event: Mapping[str, Any]) -> str:
    for agent in event["agent"]:
        for coding in agent["type"].get("coding", ()) if "type" in agent else ():
            if coding.get("code") == "PROV" and coding.get("system") == ROLE_CLASS:
                return _name(agent)
    return ""


def _name(agent: Mapping[str, Any]) -> str:
    name = agent.get("name") or _reference(agent.get("who", {})) or agent.get("altId", "")
    return "" if name == "unknown" else name


def _reference(who: Mapping[str, Any]) -> str:
    return who.get("display") or who.get("identifier", {}).get("value") or who.get("reference", "")


def _data(event: Mapping[str, Any]) -> list[Data]:
    groups: dict[str, tuple[list[str], list[str]]] = {}
    for entity in event.get("entity", ()):
        categories = _categories(entity)
        if not categories:
            continue
        details = entity.get("detail", ())
        own = entity["what"].get("reference") if "what" in entity else None
        named = [own] if own else [each["valueString"] for each in details if each["type"] == "reference"]
        origins = [each["valueString"] for each in details if each["type"] == ORIGIN]
        for category in categories:
            if category not in groups:
                groups[category] = ([], [])
            references, sources = groups[category]
            references += named
            sources += origins
    return [Data(category, tuple(found[0]), tuple(dict.fromkeys(found[1]))) for category, found in groups.items()]


def _categories(entity: Mapping[str, Any]) -> list[str]:
    if "securityLabel" in entity:
        found = [label["code"] for label in entity["securityLabel"] if label.get("system") == CATEGORY]
        if found:
            return found
    return ["unclassified"] if _is_data(entity) else []


def _is_data(entity: Mapping[str, Any]) -> bool:
    """Whether an entity is data of the patient, in a record that tells no categories."""
    return "what" in entity and entity.get("role", {}).get("code") in {"3", "4"}
