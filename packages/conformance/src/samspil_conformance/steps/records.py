"""Reading audit records: the parts of an AuditEvent that a law or a profile asks for. No step is defined here."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from samspil_core import NotAPrimitive, parse_date_time

from .talk import Json, as_list, entries, objects, part

__all__ = [
    "agents_of_person",
    "agents_of_provider",
    "categories",
    "events_in",
    "moment",
    "names",
    "origins",
    "patients",
    "resources",
    "subtypes",
]

AUDIT_LOG_USED = "110101"
_PROVIDER = frozenset({"PROV", "ORG", "prov"})
_PATIENT_ROLE, _DATA_ROLES = "1", frozenset({"3", "4"})


def events_in(bundle: Json) -> list[Json]:
    """The AuditEvents of a Bundle."""
    found = (part(each, "resource") for each in entries(bundle))
    return [each for each in found if each.get("resourceType") == "AuditEvent"]


def is_of_the_log(event: Json) -> bool:
    """Whether a record tells of a use of the log itself."""
    return part(event, "type").get("code") == AUDIT_LOG_USED


def subtypes(event: Json) -> list[str]:
    """The codes of what was done."""
    return [str(each.get("code")) for each in objects(event.get("subtype"))]


def agents_of_person(event: Json) -> list[Json]:
    """The agents that asked: people, or a system that acts for nobody."""
    return [each for each in objects(event.get("agent")) if each.get("requestor") is True]


def agents_of_provider(event: Json) -> list[Json]:
    """The agents that are the healthcare provider or other party."""
    return [each for each in objects(event.get("agent")) if _is_provider(each)]


def _is_provider(agent: Json) -> bool:
    codes = {str(each.get("code")) for each in objects(part(agent, "type").get("coding"))}
    reference = str(part(agent, "who").get("reference", ""))
    return bool(codes & _PROVIDER) or "Organization/" in reference


def names(agent: Json, wanted: str) -> bool:
    """Whether an agent is somebody: `Practitioner/1`, or `system|value`."""
    who = part(agent, "who")
    number = part(who, "identifier")
    own = {_tail(str(who.get("reference", ""))), f"{number.get('system', '')}|{number.get('value', '')}"}
    return _tail(wanted) in own or wanted in own


def _tail(reference: str) -> str:
    return "/".join(reference.partition("/_history/")[0].split("/")[-2:])


def _entities(event: Json, fits: Callable[[Json], bool]) -> list[Json]:
    return [each for each in objects(event.get("entity")) if fits(each)]


def patients(event: Json) -> list[str]:
    """The references (or identifiers) of the patients of a record."""
    found = _entities(event, lambda each: part(each, "role").get("code") == _PATIENT_ROLE)
    return [_named(each) for each in found]


def resources(event: Json) -> list[str]:
    """The references of the data of a record, without versions; grouped ones among them."""
    found = _entities(event, lambda each: part(each, "role").get("code") in _DATA_ROLES)
    listed = [
        str(detail.get("valueString"))
        for each in found
        for detail in objects(each.get("detail"))
        if detail.get("type") == "reference"
    ]
    return [*filter(None, map(_named, found)), *map(_tail, listed)]


def _named(entity: Json) -> str:
    what = part(entity, "what")
    number = part(what, "identifier")
    return _tail(str(what.get("reference", ""))) or (
        f"{number.get('system', '')}|{number['value']}" if "value" in number else ""
    )


def categories(event: Json) -> set[str]:
    """The codes by which a record tells the categories of data."""
    labels = (label for each in objects(event.get("entity")) for label in objects(each.get("securityLabel")))
    return {str(each.get("code")) for each in labels}


def origins(event: Json) -> set[str]:
    """The origins of the data that a record tells."""
    details = (one for each in objects(event.get("entity")) for one in objects(each.get("detail")))
    return {str(one.get("valueString")) for one in details if one.get("type") == "origin"}


def moment(text: Any) -> datetime | None:
    """The moment of an instant with a zone; None for anything else."""
    try:
        found = parse_date_time(text) if isinstance(text, str) else None
    except NotAPrimitive:
        return None
    return found.earliest() if found is not None and found.offset is not None else None


def purposes(event: Json) -> set[str]:
    """The codes of the purposes of a record: of the event, and of its agents."""
    concepts = [*as_list(event.get("purposeOfEvent"))]
    concepts += [one for agent in objects(event.get("agent")) for one in as_list(agent.get("purposeOfUse"))]
    return {str(each.get("code")) for concept in objects(concepts) for each in objects(concept.get("coding"))}
