"""The rules of one message, by name: each gives what is against it, in words, or nothing.

No value of a message stands in these words: places and codes only.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from samspil_conformance.elements import foreign

from . import names
from .message import Json, Message, codes, extension, part, parts, texts
from .numbers import is_gln, is_person, is_sor

__all__ = ["RULES", "Rule", "identifier_of"]

Rule = Callable[[Message], Iterator[str]]
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?(?:Z|[+-]\d{2}:\d{2})")
_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_FILES = frozenset({"application/pdf", "image/jpeg", "image/png", "image/gif", "image/tiff", "image/bmp", "text/plain"})

_STATUS = frozenset(
    {"preparation", "in-progress", "not-done", "on-hold", "stopped", "completed", "entered-in-error", "unknown"}
)
"""https://hl7.org/fhir/R4/valueset-event-status.html"""
_GENDER = frozenset({"male", "female", "other", "unknown"})


def bundle(message: Message) -> Iterator[str]:
    """A Bundle of type message, with an id and a timestamp."""
    if message.bundle.get("type") != "message":
        yield "Bundle.type is not message"
    for name in ("id", "timestamp"):
        if not message.bundle.get(name):
            yield f"Bundle.{name} is absent"


def first(message: Message) -> Iterator[str]:
    """The first entry is the one MessageHeader."""
    kinds = [each["resource"].get("resourceType") for each in message.entries]
    if kinds[:1] != ["MessageHeader"]:
        yield "the first entry is no MessageHeader"
    if kinds.count("MessageHeader") != 1:
        yield f"there are {kinds.count('MessageHeader')} MessageHeaders"


def urls(message: Message) -> Iterator[str]:
    """Each entry has a fullUrl of its own, which ends with the id of its resource."""
    seen: set[str] = set()
    for number, each in enumerate(message.entries):
        url, resource = str(each.get("fullUrl", "")), each["resource"]
        if not url:
            yield f"Bundle.entry[{number}].fullUrl is absent"
        elif url in seen:
            yield f"Bundle.entry[{number}].fullUrl stands twice"
        elif not url.endswith(f"/{resource.get('id')}") and url != f"urn:uuid:{resource.get('id')}":
            yield f"Bundle.entry[{number}].fullUrl does not end with the id of the resource"
        seen.add(url)


def references(message: Message) -> Iterator[str]:
    """Every reference leads to an entry; only Provenances may name headers of earlier messages."""
    for number, each in enumerate(message.entries):
        for place, reference in _references(each["resource"], f"Bundle.entry[{number}].resource"):
            former = "Provenance" in str(each["resource"].get("resourceType")) and "MessageHeader/" in str(
                reference.get("reference")
            )
            if not former and not message.resolve(reference):
                yield f"{place} leads to no entry"


def times(message: Message) -> Iterator[str]:
    """Moments have date, time to the second and a zone: of the Bundle, the Provenances and the segments."""
    told = [("Bundle.timestamp", message.bundle.get("timestamp"))]
    for number, each in enumerate(message.provenances):
        told += [(f"Provenance[{number}].{name}", each.get(name)) for name in ("occurredDateTime", "recorded")]
    for number, each in enumerate(message.segments):
        told.append((f"Communication.payload[{number}] date", extension(each, names.DATE).get("valueDateTime")))
    for place, value in told:
        if value is None:
            yield f"{place} is absent"
        elif not _MOMENT.fullmatch(str(value)):
            yield f"{place} has no zone, or another precision than seconds"


def elements(message: Message) -> Iterator[str]:
    """Every element is one of FHIR R4, in its form; status and gender are of R4's codes."""
    for number, each in enumerate(message.entries):
        for place in foreign(each["resource"]):
            yield f"Bundle.entry[{number}].resource: {place}"
    if any(each.get("status") not in _STATUS for each in message.of("Communication")):
        yield "Communication.status is none of R4's"
    if any(each.get("gender", "unknown") not in _GENDER for each in message.of("Patient")):
        yield "Patient.gender is none of R4's"


def event(message: Message) -> Iterator[str]:
    """The event is a CareCommunication."""
    coding: Json = part(message.header, "eventCoding")
    if (coding.get("system"), coding.get("code")) != (names.EVENTS, "care-communication-message"):
        yield "MessageHeader.eventCoding is not care-communication-message"


def definition(message: Message) -> Iterator[str]:
    """The header names the version of the message definition: 5 and a minor version."""
    told = str(message.header.get("definition", ""))
    if not re.fullmatch(re.escape(names.DEFINITION) + r"\|5\.[0-9]{1,2}", told):
        yield "MessageHeader.definition is not version 5.x of the message definition"


def parties(message: Message) -> Iterator[str]:
    """One primary destination; sender and receiver are Organizations of the message, and their endpoints their SOR codes."""
    uses = [
        part(extension(each, names.USE), "valueCoding").get("code") for each in parts(message.header, "destination")
    ]
    if uses.count("primary") != 1:
        yield f"{uses.count('primary')} destinations are primary"
    if any(use not in {"primary", "cc"} for use in uses):
        yield "a destination has no use"
    ends = [("MessageHeader.source", part(message.header, "source"), message.sender)]
    for number, each in enumerate(parts(message.header, "destination")):
        ends.append((f"MessageHeader.destination[{number}]", each, message.resolve(each.get("receiver"))))
    for place, end, organization in ends:
        if organization.get("resourceType") != "Organization":
            yield f"the organisation of {place} is not in the message"
        elif end.get("endpoint") != names.SOR_ENDPOINT + identifier_of(organization, names.SOR):
            yield f"{place}.endpoint is not the SOR code of its organisation"


def organisations(message: Message) -> Iterator[str]:
    """Sender and receivers have a SOR code and a location number (EAN), each of the right form."""
    found = [
        message.sender,
        *(message.resolve(each.get("receiver")) for each in parts(message.header, "destination")),
    ]
    for number, each in enumerate(found):
        if not is_sor(identifier_of(each, names.SOR)):
            yield f"organisation {number} has no SOR code"
        if not is_gln(identifier_of(each, names.GLN)):
            yield f"organisation {number} has no location number (EAN) that its check digit fits"


def patient(message: Message) -> Iterator[str]:
    """One Patient with a name, a CPR or replacement number, and no identifier in a wrong form."""
    found = message.of("Patient")
    if len(found) != 1:
        yield f"there are {len(found)} Patients"
        return
    identifiers: list[Json] = parts(found[0], "identifier")
    good = [is_person(str(each.get("system", "")), str(each.get("value", ""))) for each in identifiers]
    if not any(good):
        yield "Patient.identifier has no CPR or replacement number"
    for number, each in enumerate(identifiers):
        system = str(each.get("system", ""))
        known = system == names.CPR or system.startswith(names.REPLACEMENT)
        if not good[number] and (known or not system.startswith(("urn:", "http"))):
            yield f"Patient.identifier[{number}] has a wrong system or form"
    if not any(each.get("family") or each.get("_family") for each in parts(found[0], "name")):
        yield "Patient.name has no family name, nor why it is absent"


def identifier(message: Message) -> Iterator[str]:
    """The Communication has an identifier of its thread, a UUID."""
    told: list[Json] = parts(message.communication, "identifier")
    if len(told) != 1 or not _UUID.fullmatch(str(told[0].get("value", ""))):
        yield "Communication.identifier is not one urn:uuid"


def category(message: Message) -> Iterator[str]:
    """One category of MedCom's list; priority only where it is regarding a referral; a topic where it is other."""
    concepts: list[Json] = parts(message.communication, "category")
    coding: list[Json] = [each for one in concepts for each in parts(one, "coding")]
    known = [each.get("system") == names.CATEGORIES and each.get("code") in names.CATEGORY_CODES for each in coding]
    if known != [True]:
        yield "Communication.category is not one code of MedCom's categories"
        return
    code = coding[0]["code"]
    if code != "regarding-referral" and message.communication.get("priority"):
        yield "Communication.priority stands where the category is not regarding-referral"
    if code == "other" and not part(message.communication, "topic").get("text"):
        yield "Communication.topic is absent where the category is other"


def segments(message: Message) -> Iterator[str]:
    """Each segment has a time and an identifier with its organisation; one of text has author, role and a phone number."""
    if not message.segments:
        yield "Communication.payload is absent"
    seen: set[str] = set()
    for number, each in enumerate(message.segments):
        place = f"Communication.payload[{number}]"
        told: Json = part(extension(each, names.IDENTIFIER), "valueIdentifier")
        if not _UUID.fullmatch(str(told.get("value", ""))) or not message.resolve(told.get("assigner")):
            yield f"{place} has no identifier with its organisation"
        if told.get("value") in seen:
            yield f"{place} has the identifier of another segment"
        seen.add(str(told.get("value", "")))
        if "contentString" in each:
            yield from _signature(message, each, place)


def _signature(message: Message, segment: Json, place: str) -> Iterator[str]:
    author = message.resolve(extension(segment, names.AUTHOR).get("valueReference"))
    person = message.resolve(author.get("practitioner"))
    if not any(each.get("family") and each.get("given") for each in parts(person, "name")):
        yield f"{place} has no author with given and family name"
    roles: list[Json] = parts(author, "code")
    if not any(each.get("text") or any(codes(each)) for each in roles):
        yield f"the author of {place} has no role"
    contact: Json = part(extension(segment, names.CONTACT), "valueContactPoint")
    if contact.get("system") != "phone" or not contact.get("value"):
        yield f"{place} has no phone number of its author"


def attachments(message: Message) -> Iterator[str]:
    """A file has a title, and its data with an allowed type, or a URL."""
    for number, each in enumerate(message.segments):
        if "contentAttachment" not in each:
            continue
        told: Json = each["contentAttachment"]
        place = f"Communication.payload[{number}].contentAttachment"
        if not told.get("title"):
            yield f"{place} has no title"
        if told.get("data") and told.get("contentType") not in _FILES:
            yield f"{place} is of a type that is not allowed"


def provenance(message: Message) -> Iterator[str]:
    """The message's own Provenance names its activity, its sender and its newest segments; all name activity and agent."""
    if not message.newest:
        yield "no Provenance has the MessageHeader as its target"
        return
    for number, each in enumerate(message.provenances):
        if not any(codes(each.get("activity"))):
            yield f"Provenance[{number}].activity is absent"
        agents: list[Json] = parts(each, "agent")
        if not any(message.resolve(agent.get("who")) for agent in agents):
            yield f"Provenance[{number}].agent leads to no organisation of the message"
    sources = {
        str(part(part(entity, "what"), "identifier").get("value"))
        for each in message.provenances
        for entity in parts(each, "entity")
        if entity.get("role") == "source"
    }
    for number, each in enumerate(message.segments):
        told: Json = part(extension(each, names.IDENTIFIER), "valueIdentifier")
        if told.get("value") not in sources:
            yield f"Communication.payload[{number}] is the source of no Provenance"


def narratives(message: Message) -> Iterator[str]:
    """Every resource has a narrative."""
    for number, each in enumerate(message.entries):
        text: Json = part(each["resource"], "text")
        if not text.get("div") or text.get("status") not in {"generated", "extensions", "additional"}:
            yield f"Bundle.entry[{number}].resource has no narrative"


def episode(message: Message) -> Iterator[str]:
    """An Encounter is there for its episode of care, and the Communication refers to it."""
    for number, each in enumerate(message.of("Encounter")):
        if not any(part(one, "identifier").get("value") for one in parts(each, "episodeOfCare")):
            yield f"Encounter[{number}] has no identifier of an episode of care"
        if not message.leads_to(message.communication.get("encounter"), each):
            yield f"Encounter[{number}] is not the encounter of the Communication"


def profiles(message: Message) -> Iterator[str]:
    """The Bundle and the header name their CareCommunication profiles."""
    for place, resource, name in (
        ("Bundle", message.bundle, "message"),
        ("MessageHeader", message.header, "messageHeader"),
    ):
        told = [str(each).partition("|")[0] for each in texts(part(resource, "meta"), "profile")]
        if names.CARE + name not in told:
            yield f"{place}.meta.profile is not that of CareCommunication"


def identifier_of(organization: Json, system: str) -> str:
    """The identifier of an organisation in a system, or empty."""
    return next(
        (str(each.get("value", "")) for each in parts(organization, "identifier") if each.get("system") == system), ""
    )


def _references(value: Any, place: str) -> Iterator[tuple[str, Json]]:
    if isinstance(value, Mapping):
        told: Json = value  # pyright: ignore[reportUnknownVariableType]  JSON
        if isinstance(told.get("reference"), str):
            yield place, told
        for name, part in told.items():
            yield from _references(part, f"{place}.{name}")
    elif isinstance(value, list):
        parts: list[Any] = value  # pyright: ignore[reportUnknownVariableType]  JSON
        for number, part in enumerate(parts):
            yield from _references(part, f"{place}[{number}]")


RULES: Mapping[str, Rule] = {
    each.__name__: each
    for each in (
        bundle,
        first,
        urls,
        references,
        times,
        elements,
        event,
        definition,
        parties,
        organisations,
        patient,
        identifier,
        category,
        segments,
        attachments,
        provenance,
        narratives,
        episode,
        profiles,
    )
}
"""The rules of a CareCommunication by name."""
