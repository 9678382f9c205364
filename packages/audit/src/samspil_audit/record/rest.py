"""REST interactions as events: one for each patient found, with categories and origins out of the answer.

BALP has profiles for create, read, update, delete and search that succeed. History, operations, batches and whatever
was refused have the same shape without one of them.
"""

from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from samspil_audit.classify import Touched
from samspil_audit.subjects import relative

from .codes import (
    BALP,
    BALP_CODES,
    CATEGORY,
    DCM,
    EHDS_PROFILE,
    ENTITY_KIND,
    ENTITY_TYPE,
    EVENT_TYPE,
    EVIDENCE,
    INTERACTION,
    OBJECT_ROLE,
    ORIGIN,
    ORIGIN_EVIDENCE,
    PARTICIPATION,
    PATIENT_EVIDENCE,
    PROVENANCE_ROLE,
    RESOURCE_TYPES,
    coding,
    concept,
)
from .parties import Server, Who, agent, client, network, source, who_agents

__all__ = ["Access", "patient_entity", "rest_events"]

SUCCESS = "0"
_SOURCE = concept(DCM, "110153", "Source Role ID")
_DESTINATION = concept(DCM, "110152", "Destination Role ID")
_APPLICATION = concept(DCM, "110150", "Application")
_CUSTODIAN = concept(PROVENANCE_ROLE, "custodian", "Custodian")
_RECIPIENT = concept(PARTICIPATION, "IRCP", "information recipient")
_AUTHOR = concept(PARTICIPATION, "AUT", "author (originator)")


class _Kind(NamedTuple):
    """How BALP records an interaction: profile, action, and the types of client, server and user."""

    profile: str
    action: str
    client: Mapping[str, Any]
    server: Mapping[str, Any]
    user: Mapping[str, Any]


_CREATE = _Kind("Create", "C", _SOURCE, _DESTINATION, _AUTHOR)
_READ = _Kind("Read", "R", _DESTINATION, _SOURCE, _RECIPIENT)
_UPDATE = _Kind("Update", "U", _SOURCE, _DESTINATION, _AUTHOR)
_DELETE = _Kind("Delete", "D", _APPLICATION, _CUSTODIAN, _AUTHOR)
_QUERY = _Kind("Query", "E", _SOURCE, _DESTINATION, _RECIPIENT)
_OTHER = _Kind("", "E", _SOURCE, _DESTINATION, _RECIPIENT)

_KINDS = {
    "create": _CREATE,
    "read": _READ,
    "vread": _READ,
    "update": _UPDATE,
    "patch": _UPDATE,
    "delete": _DELETE,
    "search-type": _QUERY,
    "search-system": _QUERY,
    "search": _QUERY,
}
_PATIENT_ROLE = coding(OBJECT_ROLE, "1", "Patient")
_RESOURCE_ROLE = coding(OBJECT_ROLE, "4", "Domain Resource")
_QUERY_ROLE = coding(OBJECT_ROLE, "24", "Query")
_PERSON = coding(ENTITY_TYPE, "1", "Person")
_SYSTEM_OBJECT = coding(ENTITY_TYPE, "2", "System Object")


@dataclass(frozen=True, slots=True)
class Access:
    """One request and what came of it.

    `interaction` is a code of https://hl7.org/fhir/R4/valueset-type-restful-interaction.html or `search`; `url` the
    request as it came, `target` the reference of the one resource meant, where there is one. `touched` is what the
    answer held, `patients` those that the request itself named. `outcome` is 0, 4, 8 or 12
    (https://hl7.org/fhir/R4/valueset-audit-event-outcome.html). `grouped` lists resources of the same category and
    origin in one entity.
    """

    interaction: str
    recorded: str
    who: Who
    server: Server
    url: str = field(default="", repr=False)
    target: str = field(default="", repr=False)
    touched: Sequence[Touched] = ()
    patients: Sequence[Mapping[str, Any]] = ()
    outcome: str = SUCCESS
    outcome_text: str = ""
    request_id: str = ""
    trace: str = ""
    grouped: bool = False


def rest_events(access: Access, ids: Callable[[], str]) -> list[dict[str, Any]]:
    """The events of one access: one for each patient, and one without where something is about none of them.

    At least one, whatever happened. `ids` gives the id of each.
    """
    return [_event(access, patient, found, ids()) for patient, found in _by_patient(access)]


def patient_entity(patient: Mapping[str, Any]) -> dict[str, Any]:
    """The entity of a patient."""
    return {"what": dict(patient), "type": _PERSON, "role": _PATIENT_ROLE}


def _by_patient(access: Access) -> Iterator[tuple[Mapping[str, Any] | None, list[Touched]]]:
    names: dict[str, Mapping[str, Any]] = {}
    groups: dict[str, list[Touched]] = {}
    for patient in access.patients:
        names.setdefault(_name(patient), patient)
        groups.setdefault(_name(patient), [])
    for touched in access.touched:
        for patient in touched.patients or ({},):
            name = _name(patient)
            if len(patient) > len(names.get(name, ())):
                names[name] = patient
            groups.setdefault(name, []).append(touched)
    if not groups:
        groups[""] = []
    for name, found in groups.items():
        yield names.get(name) or None, found


def _name(patient: Mapping[str, Any]) -> str:
    number = patient.get("identifier", {})
    return relative(str(patient.get("reference", ""))) or f"{number.get('system', '')}|{number.get('value', '')}".strip(
        "|"
    )


def _event(
    access: Access, patient: Mapping[str, Any] | None, found: Sequence[Touched], event_id: str
) -> dict[str, Any]:
    kind = _KINDS.get(access.interaction, _OTHER)
    made: dict[str, Any] = {
        "resourceType": "AuditEvent",
        "id": event_id,
        "meta": {"profile": _profiles(access, kind, patient, found)},
        "type": coding(EVENT_TYPE, "rest", "Restful Operation"),
        "subtype": [coding(INTERACTION, access.interaction, access.interaction)],
        "action": kind.action,
        "recorded": access.recorded,
        "outcome": access.outcome,
        "agent": [
            client(access.who, kind.client),
            agent(kind.server, access.server.device, network=network(access.server.address)),
            *who_agents(access.who, kind.user),
        ],
        "source": source(access.server),
        "entity": list(_entities(access, kind, patient, found)),
    }
    if not made["meta"]["profile"]:
        del made["meta"]
    if access.outcome_text:
        made["outcomeDesc"] = access.outcome_text
    if access.who.purposes:
        made["purposeOfEvent"] = [concept(each.system, each.code, each.display) for each in access.who.purposes]
    return made


def _profiles(access: Access, kind: _Kind, patient: Mapping[str, Any] | None, found: Sequence[Touched]) -> list[str]:
    if access.outcome != SUCCESS:
        return []
    profiles = [f"{BALP}{'Patient' if patient else ''}{kind.profile}"] if kind.profile else []
    if profiles and kind.profile != "Query" and not _one(access, found):
        profiles = []
    profiles += _token_profiles(access.who)
    if patient and found:
        profiles.append(EHDS_PROFILE)
    return profiles


def _token_profiles(who: Who) -> list[str]:
    found: list[str] = []
    if who.token and (who.user or who.token.level != "comprehensive"):
        found.append(f"{BALP}OAUTHaccessTokenUse.{who.token.level.capitalize()}")
    if who.saml:
        found.append(f"{BALP}SAMLaccessTokenUse.{'Comprehensive' if who.saml.comprehensive else 'Minimal'}")
    return found


def _entities(
    access: Access, kind: _Kind, patient: Mapping[str, Any] | None, found: Sequence[Touched]
) -> Iterator[dict[str, Any]]:
    one = _one(access, found) if kind.profile != "Query" else ""
    if one:
        yield _data(one, found)
    if not one:
        query = b64encode(access.url.encode()).decode()
        yield {"type": _SYSTEM_OBJECT, "role": _QUERY_ROLE, "query": query} if query or kind is _QUERY else _nothing()
    if patient:
        yield patient_entity(patient)
    if access.request_id:
        kept = coding(f"{BALP_CODES}BasicAuditEntityType", "XrequestId")
        yield {"what": {"identifier": {"value": access.request_id}}, "type": kept}
    if access.trace:
        yield {"what": {"identifier": {"value": access.trace}}, "type": coding(ENTITY_KIND, "traceparent")}
    rest = [each for each in found if not one or relative(each.reference) != relative(one)]
    yield from _grouped(rest) if access.grouped else map(_accessed, rest)


def _nothing() -> dict[str, Any]:
    return {"type": _SYSTEM_OBJECT, "role": _QUERY_ROLE, "query": "LQ=="}


def _one(access: Access, found: Sequence[Touched]) -> str:
    """The reference of the one resource that an interaction is about."""
    if access.interaction not in _KINDS or _KINDS[access.interaction] is _QUERY:
        return ""
    return access.target or (found[0].reference if len(found) == 1 else "")


def _data(reference: str, found: Sequence[Touched]) -> dict[str, Any]:
    made: dict[str, Any] = {"what": {"reference": reference}, "type": _SYSTEM_OBJECT, "role": _RESOURCE_ROLE}
    touched = next((each for each in found if relative(each.reference) == relative(reference)), None)
    return {**made, **_told(touched)} if touched else made


def _accessed(touched: Touched) -> dict[str, Any]:
    what = {"what": {"reference": touched.reference}} if touched.reference else {"name": "without id"}
    return {**what, "type": coding(RESOURCE_TYPES, touched.type), "role": _RESOURCE_ROLE, **_told(touched)}


def _told(touched: Touched) -> dict[str, Any]:
    details = [
        *((ORIGIN, origin.code) for origin in touched.origins),
        *((ORIGIN_EVIDENCE, origin.evidence) for origin in touched.origins),
        (EVIDENCE, touched.category.evidence),
        *(((PATIENT_EVIDENCE, touched.patient_evidence),) if touched.patient_evidence else ()),
    ]
    return {"securityLabel": [coding(CATEGORY, touched.category.code)], "detail": list(_details(details))}


def _details(details: Iterable[tuple[str, str]]) -> Iterator[dict[str, str]]:
    return ({"type": name, "valueString": value} for name, value in details)


def _grouped(found: Sequence[Touched]) -> Iterator[dict[str, Any]]:
    """One entity for the resources of the same type, category and origins, with the reference of each."""
    groups: dict[tuple[Any, ...], list[Touched]] = {}
    for touched in found:
        alike = (touched.type, touched.category.code, touched.origins, touched.patient_evidence)
        groups.setdefault(alike, []).append(touched)
    for some in groups.values():
        made = _accessed(some[0])
        made.pop("what", None)
        made["name"] = f"{len(some)} {some[0].type}"
        made["detail"] += _details(("reference", touched.reference) for touched in some)
        yield made
