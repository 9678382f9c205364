"""CareCommunications and Acknowledgements, written as the demonstration system and the suite's own fixtures have them.

Everything is an argument: the same words, moments and ids give the same message.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import names
from .message import Message

__all__ = ["Organisation", "Words", "acknowledge", "compose"]

Json = dict[str, Any]
_BASE = "https://sender.example/fhir"


@dataclass(frozen=True)
class Organisation:
    """An organisation as messages name it."""

    sor: str
    gln: str
    name: str


@dataclass(frozen=True)
class Words:
    """What a person writes and chooses: the message as the user knows it."""

    text: str
    category: str = "nursing"
    topic: str = ""
    priority: str = ""
    patient: Sequence[tuple[str, str]] = ((names.CPR, "2512489996"),)
    episode: str = ""
    files: Sequence[Json] = field(default_factory=list[Json])


Ids = Callable[[str], str]
"""Gives the UUID for a name; the same for the same name."""


def compose(  # noqa: PLR0913  a message is what it says, between whom, when, and what it follows
    words: Words,
    sender: Organisation,
    receiver: Organisation,
    *,
    at: str,
    ids: Ids,
    former: Message | None = None,
    kind: str = "new-message",
) -> Json:
    """A CareCommunication; with `former` one that replies to it or passes it on."""
    communication = _communication(words, at, ids, former, kind)
    resources = [
        _header(ids, "Communication/" + communication["id"]),
        _patient(words, ids, former),
        communication,
        *_author(ids),
        _organization(sender, ids("sender")),
        _organization(receiver, ids("receiver")),
    ]
    episodes = [words.episode] if words.episode else _episodes(former)
    if episodes:
        communication["encounter"] = {"reference": f"Encounter/{ids('encounter')}"}
        resources.append(_encounter(episodes, resources[1]["id"], ids))
    resources += _inherited(former, {each["id"] for each in resources})
    resources += [dict(each) for each in (former.provenances if former else ())]
    resources.append(_provenance(communication, ids, at, kind, former))
    _address(resources[0], sender, receiver, ids)
    return _bundle(resources, f"{names.CARE}message", at, ids)


def acknowledge(  # noqa: PLR0913  what is answered, when, and why
    message: Message, code: str, *, at: str, ids: Ids, error: str = "", why: str = ""
) -> Json:
    """The Acknowledgement of a message, from its receiver to its sender; with an error where the code is not ok."""
    sender, receiver = _known(message.receiver), _known(message.sender)
    header: Json = {
        "resourceType": "MessageHeader",
        "id": ids("header"),
        "meta": {"profile": [f"{names.ACKNOWLEDGEMENT}messaging-acknowledgementHeader"]},
        "text": _narrative("Acknowledgement"),
        "eventCoding": {"system": names.EVENTS, "code": "acknowledgement-message"},
        "response": {"identifier": str(message.header.get("id", "")), "code": code},
    }
    resources: list[Json] = [header, _organization(sender, ids("sender")), _organization(receiver, ids("receiver"))]
    if code != "ok":
        header["response"]["details"] = {"reference": f"OperationOutcome/{ids('outcome')}"}
        resources.append(_outcome(ids("outcome"), error, why))
    resources.append(
        {
            "resourceType": "Provenance",
            "id": ids("provenance"),
            "meta": {"profile": [f"{names.MESSAGING}provenance"]},
            "text": _narrative("Provenance"),
            "target": [{"reference": f"MessageHeader/{ids('header')}"}],
            "occurredDateTime": at,
            "recorded": at,
            "activity": {"coding": [{"system": names.ACTIVITIES, "code": "acknowledgement"}]},
            "agent": [{"who": {"reference": f"Organization/{ids('sender')}"}}],
            "entity": [{"role": "revision", "what": {"reference": f"MessageHeader/{message.header.get('id', '')}"}}],
        }
    )
    _address(header, sender, receiver, ids)
    return _bundle(resources, f"{names.ACKNOWLEDGEMENT}messaging-acknowledgement", at, ids)


def _bundle(resources: list[Json], profile: str, at: str, ids: Ids) -> Json:
    entries = [{"fullUrl": f"{_BASE}/{each['resourceType']}/{each['id']}", "resource": each} for each in resources]
    return {
        "resourceType": "Bundle",
        "id": ids("bundle"),
        "meta": {"profile": [profile]},
        "type": "message",
        "timestamp": at,
        "entry": entries,
    }


def _header(ids: Ids, focus: str) -> Json:
    return {
        "resourceType": "MessageHeader",
        "id": ids("header"),
        "meta": {"profile": [f"{names.CARE}messageHeader"]},
        "text": _narrative("CareCommunication"),
        "eventCoding": {"system": names.EVENTS, "code": "care-communication-message"},
        "focus": [{"reference": focus}],
        "definition": f"{names.DEFINITION}|5.0",
    }


def _address(header: Json, sender: Organisation, receiver: Organisation, ids: Ids) -> None:
    use = {"url": names.USE, "valueCoding": {"system": names.USES, "code": "primary"}}
    end = {"endpoint": names.SOR_ENDPOINT + receiver.sor, "receiver": {"reference": f"Organization/{ids('receiver')}"}}
    header["destination"] = [{"extension": [use], **end}]
    header["sender"] = {"reference": f"Organization/{ids('sender')}"}
    header["source"] = {"endpoint": names.SOR_ENDPOINT + sender.sor}


def _patient(words: Words, ids: Ids, former: Message | None) -> Json:
    if former is not None:
        return dict(former.of("Patient")[0])
    return {
        "resourceType": "Patient",
        "id": ids("patient"),
        "meta": {"profile": [f"{names.CORE}patient"]},
        "text": _narrative("Patient"),
        "identifier": [{"system": system, "value": value} for system, value in words.patient],
        "name": [{"use": "official", "family": "Testesen", "given": ["Nancy"]}],
    }


def _communication(words: Words, at: str, ids: Ids, former: Message | None, kind: str) -> Json:
    said: Json = dict(former.communication) if former else {}
    made: Json = {
        "resourceType": "Communication",
        "id": ids("communication"),
        "meta": {"profile": [f"{names.CARE}communication"]},
        "text": _narrative("Communication"),
        "identifier": said["identifier"]
        if former and kind == "reply-message"
        else [{"value": f"urn:uuid:{ids('thread')}"}],
        "status": "unknown",
        "category": said.get("category") or [{"coding": [{"system": names.CATEGORIES, "code": words.category}]}],
    }
    made |= {"priority": words.priority} if words.priority else {}
    made["subject"] = {"reference": f"Patient/{former.of('Patient')[0]['id'] if former else ids('patient')}"}
    topic = {"text": words.topic} if words.topic else said.get("topic")
    made |= {"topic": topic} if topic else {}
    made["payload"] = [_repeated(each) for each in (former.segments if former else ())]
    made["payload"].append({"extension": _signed(ids("segment"), at, ids), "contentString": words.text})
    for number, each in enumerate(words.files):
        told = _signed(ids(f"file {number}"), at, ids)[:2]
        made["payload"].append({"extension": told, "contentAttachment": dict(each)})
    return made


def _repeated(segment: Any) -> Json:
    """A segment of the message before: a file by its title alone."""
    told = dict(segment)
    if "contentAttachment" in told:
        told["contentAttachment"] = {name: value for name, value in told["contentAttachment"].items() if name != "data"}
    return told


def _signed(identifier: str, at: str, ids: Ids) -> list[Json]:
    assigner = {"reference": f"Organization/{ids('sender')}"}
    return [
        {"url": names.DATE, "valueDateTime": at},
        {"url": names.IDENTIFIER, "valueIdentifier": {"value": f"urn:uuid:{identifier}", "assigner": assigner}},
        {"url": names.AUTHOR, "valueReference": {"reference": f"PractitionerRole/{ids('role')}"}},
        {"url": names.CONTACT, "valueContactPoint": {"system": "phone", "value": "87654321"}},
    ]


def _author(ids: Ids) -> list[Json]:
    role = {
        "resourceType": "PractitionerRole",
        "id": ids("role"),
        "meta": {"profile": [f"{names.CORE}practitionerrole"]},
        "text": _narrative("PractitionerRole"),
        "practitioner": {"reference": f"Practitioner/{ids('practitioner')}"},
        "code": [{"coding": [{"system": names.ROLES, "code": "sygeplejerske"}]}],
    }
    person = {
        "resourceType": "Practitioner",
        "id": ids("practitioner"),
        "meta": {"profile": [f"{names.CORE}practitioner"]},
        "text": _narrative("Practitioner"),
        "name": [{"family": "Jensen", "given": ["Kim"]}],
    }
    return [role, person]


def _organization(said: Organisation, identifier: str) -> Json:
    made = {
        "resourceType": "Organization",
        "id": identifier,
        "meta": {"profile": [f"{names.MESSAGING}organization"]},
        "text": _narrative("Organization"),
        "identifier": [{"system": names.SOR, "value": said.sor}, {"system": names.GLN, "value": said.gln}],
    }
    return {**made, "name": said.name} if said.name else made


def _encounter(episodes: list[str], patient: str, ids: Ids) -> Json:
    return {
        "resourceType": "Encounter",
        "id": ids("encounter"),
        "meta": {"profile": [f"{names.CORE}encounter"]},
        "text": _narrative("Encounter"),
        "status": "unknown",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
        "subject": {"reference": f"Patient/{patient}"},
        "episodeOfCare": [{"identifier": {"value": each}} for each in episodes],
    }


def _provenance(communication: Json, ids: Ids, at: str, kind: str, former: Message | None) -> Json:
    before = len(former.segments) if former else 0
    sources: list[Json] = []
    for segment in communication["payload"][before:]:
        value = next(each["valueIdentifier"]["value"] for each in segment["extension"] if "valueIdentifier" in each)
        sources.append({"role": "source", "what": {"identifier": {"value": value}}})
    if former is not None:
        sources.append({"role": "revision", "what": {"reference": f"MessageHeader/{former.header['id']}"}})
    return {
        "resourceType": "Provenance",
        "id": ids("provenance"),
        "meta": {"profile": [f"{names.CARE}provenance"]},
        "text": _narrative("Provenance"),
        "target": [{"reference": f"MessageHeader/{ids('header')}"}],
        "occurredDateTime": at,
        "recorded": at,
        "activity": {"coding": [{"system": names.ACTIVITIES, "code": kind}]},
        "agent": [{"who": {"reference": f"Organization/{ids('sender')}"}}],
        "entity": sources,
    }


def _outcome(identifier: str, error: str, why: str) -> Json:
    details = {"coding": [{"system": names.ERRORS, "code": error}], "text": why}
    return {
        "resourceType": "OperationOutcome",
        "id": identifier,
        "meta": {"profile": [f"{names.ACKNOWLEDGEMENT}acknowledgement-operationoutcome"]},
        "text": _narrative("OperationOutcome"),
        "issue": [{"severity": "error", "code": "value", "details": details}],
    }


def _inherited(former: Message | None, known: set[str]) -> list[Json]:
    """Authors and organisations that segments and Provenances of the message before refer to."""
    kinds = ("PractitionerRole", "Practitioner", "Organization", "CareTeam")
    there = [each for kind in kinds for each in (former.of(kind) if former else ())]
    return [dict(each) for each in there if each["id"] not in known]


def _episodes(former: Message | None) -> list[str]:
    encounters = former.of("Encounter") if former else []
    return [
        str(one["identifier"]["value"])
        for each in encounters
        for one in each.get("episodeOfCare", ())
        if "identifier" in one
    ]


def _known(organization: Any) -> Organisation:
    told = {each.get("system"): str(each.get("value", "")) for each in organization.get("identifier") or ()}
    return Organisation(told.get(names.SOR, ""), told.get(names.GLN, ""), str(organization.get("name", "")))


def _narrative(title: str) -> Json:
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml"><p>{title}</p></div>'}
