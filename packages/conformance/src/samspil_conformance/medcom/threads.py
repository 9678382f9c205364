"""The rules of a message that answers or passes on another one."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime

from samspil_core import NotAPrimitive, parse_date_time

from . import names
from .message import Json, Message, codes, extension, part, parts
from .rules import identifier_of

__all__ = ["THREAD_RULES", "ThreadRule", "activity"]

ThreadRule = Callable[[Message, Message], Iterator[str]]


def linked(message: Message, former: Message) -> Iterator[str]:
    """The message's Provenance revises the header of the one before, whose Provenances are kept."""
    entities: list[Json] = parts(message.newest, "entity")
    named = [each for each in entities if each.get("role") == "revision"]
    wanted = str(former.header.get("id"))
    if not any(str(part(each, "what").get("reference", "")).endswith(f"/{wanted}") for each in named):
        yield "Provenance.entity does not revise the header of the message before"
    targets = [str(one.get("reference", "")) for each in message.provenances for one in parts(each, "target")]
    if not any(each.endswith(f"/{wanted}") for each in targets):
        yield "the Provenance of the message before is left out"
    if len(message.provenances) != len(former.provenances) + 1:
        yield f"there are {len(message.provenances)} Provenances after {len(former.provenances)}"


def kept(message: Message, former: Message) -> Iterator[str]:
    """The segments before are there as they were, and at least one is new and later than they."""
    there = {_of(each): each for each in message.segments}
    for number, each in enumerate(former.segments):
        own = there.get(_of(each))
        if own is None:
            yield f"segment {number} of the message before is left out"
        elif own.get("contentString") != each.get("contentString"):
            yield f"segment {number} of the message before has another text"
        elif _moment(own) != _moment(each):
            yield f"segment {number} of the message before has another time"
    if not set(there) - {_of(each) for each in former.segments}:
        yield "no segment is new"


def unpacked(message: Message, former: Message) -> Iterator[str]:
    """A reply names files that came before by identifier and title, without their data."""
    before = {_of(each) for each in former.segments if part(each, "contentAttachment").get("data")}
    for number, each in enumerate(message.segments):
        told: Json = part(each, "contentAttachment")
        if _of(each) in before and told.get("data"):
            yield f"Communication.payload[{number}] holds the data of a file that came before"
        if _of(each) in before and not told.get("title"):
            yield f"Communication.payload[{number}] has lost the title of a file that came before"


def answered(message: Message, former: Message) -> Iterator[str]:
    """A reply goes to the sender of the message before."""
    if _sor(message.receiver) != _sor(former.sender) or not _sor(message.receiver):
        yield "the receiver is not the sender of the message before"


def thread(message: Message, former: Message) -> Iterator[str]:
    """A reply keeps the identifier of its thread."""
    if message.communication.get("identifier") != former.communication.get("identifier"):
        yield "Communication.identifier is another than in the message before"


def persons(message: Message, former: Message) -> Iterator[str]:
    """All identifiers of the patient are kept."""
    for number, each in enumerate(_person(former)):
        if each not in _person(message):
            yield f"Patient.identifier[{number}] of the message before is left out"


def episodes(message: Message, former: Message) -> Iterator[str]:
    """The identifiers of episodes of care are kept."""
    for number, each in enumerate(_episodes(former)):
        if each not in _episodes(message):
            yield f"identifier {number} of an episode of care of the message before is left out"


def fresh(message: Message, former: Message) -> Iterator[str]:
    """A message has an id, a header and a timestamp of its own."""
    for place, one, other in (
        ("Bundle.id", message.bundle.get("id"), former.bundle.get("id")),
        ("MessageHeader.id", message.header.get("id"), former.header.get("id")),
        ("Bundle.timestamp", message.bundle.get("timestamp"), former.bundle.get("timestamp")),
    ):
        if one == other:
            yield f"{place} is that of the message before"


def _moment(segment: Json) -> datetime | str:
    """The time of a segment, in whatever zone it is written."""
    text = str(extension(segment, names.DATE).get("valueDateTime", ""))
    try:
        return parse_date_time(text).earliest(UTC)
    except NotAPrimitive:
        return text


def _of(segment: Json) -> str:
    told: Json = part(extension(segment, names.IDENTIFIER), "valueIdentifier")
    return str(told.get("value", ""))


def _sor(organization: Json) -> str:
    return identifier_of(organization, names.SOR)


def _person(message: Message) -> list[tuple[str, str]]:
    return [
        (str(each.get("system")), str(each.get("value")))
        for one in message.of("Patient")
        for each in parts(one, "identifier")
    ]


def _episodes(message: Message) -> list[str]:
    return [
        str(part(one, "identifier").get("value"))
        for each in message.of("Encounter")
        for one in parts(each, "episodeOfCare")
    ]


def activity(message: Message) -> str:
    """What a message is in its thread: new-message, reply-message, forward-message ..."""
    return next(iter(codes(message.newest.get("activity"))), "")


THREAD_RULES: Mapping[str, ThreadRule] = {
    each.__name__: each for each in (linked, kept, unpacked, answered, thread, persons, episodes, fresh)
}
"""The rules of a message after another, by name."""
