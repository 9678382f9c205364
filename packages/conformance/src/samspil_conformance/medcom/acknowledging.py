"""The rules of an Acknowledgement, on its own and of the message that it answers."""

from collections.abc import Iterator, Mapping

from . import names
from .message import Json, Message, codes, part, parts, texts
from .rules import bundle, elements, first, identifier_of, narratives, organisations, parties, references, times, urls
from .threads import ThreadRule

__all__ = ["ACKNOWLEDGEMENT_RULES", "code_of"]


def code_of(message: Message) -> str:
    """`ok`, `transient-error` or `fatal-error`; empty where the message acknowledges nothing."""
    return str(part(message.header, "response").get("code", ""))


def sound(message: Message, _former: Message) -> Iterator[str]:
    """An Acknowledgement is a MedCom message: its envelope, references, times and parties are right."""
    for rule in (bundle, first, urls, references, times, elements, parties, organisations, narratives):
        yield from rule(message)


def kind(message: Message, _former: Message) -> Iterator[str]:
    """The event is an acknowledgement, under its profile."""
    coding: Json = part(message.header, "eventCoding")
    if (coding.get("system"), coding.get("code")) != (names.EVENTS, "acknowledgement-message"):
        yield "MessageHeader.eventCoding is not acknowledgement-message"
    told = [str(each).partition("|")[0] for each in texts(part(message.bundle, "meta"), "profile")]
    if f"{names.ACKNOWLEDGEMENT}messaging-acknowledgement" not in told:
        yield "Bundle.meta.profile is not that of Acknowledgement"


def names_message(message: Message, former: Message) -> Iterator[str]:
    """The response names the message: by the id of its header, or of its Bundle, as MedCom's own examples do."""
    told = str(part(message.header, "response").get("identifier", ""))
    if told not in {former.header.get("id"), former.bundle.get("id")}:
        yield "MessageHeader.response.identifier is not the id of the message"


def back(message: Message, former: Message) -> Iterator[str]:
    """It goes from the receiver of the message to its sender."""
    if identifier_of(message.receiver, names.SOR) != identifier_of(former.sender, names.SOR):
        yield "the receiver is not the sender of the message"
    if identifier_of(message.sender, names.SOR) != identifier_of(former.receiver, names.SOR):
        yield "the sender is not the receiver of the message"


def history(message: Message, former: Message) -> Iterator[str]:
    """Its Provenance is an acknowledgement that revises the header of the message."""
    if "acknowledgement" not in codes(message.newest.get("activity")):
        yield "Provenance.activity is not acknowledgement"
    if not any(part(each, "who").get("reference") for each in parts(message.newest, "agent")):
        yield "Provenance.agent names nobody"
    entities: list[Json] = parts(message.newest, "entity")
    revised = [str(part(each, "what").get("reference", "")) for each in entities if each.get("role") == "revision"]
    if not any(each.endswith(f"/{former.header.get('id')}") for each in revised):
        yield "Provenance.entity does not revise the header of the message"


def explained(message: Message, _former: Message) -> Iterator[str]:
    """A negative one has an OperationOutcome with an error of MedCom's list, which the response refers to."""
    if code_of(message) == "ok":
        return
    outcomes = message.of("OperationOutcome")
    issues: list[Json] = [issue for each in outcomes for issue in parts(each, "issue")]
    if not any(each.get("severity") in {"error", "fatal"} for each in issues):
        yield "no issue of an OperationOutcome says what was wrong"
    coding = [one for each in issues for one in parts(part(each, "details"), "coding")]
    if not any(each.get("system") == names.ERRORS and each.get("code") for each in coding):
        yield "no issue has a code of MedCom's errors"
    if not message.resolve(part(message.header, "response").get("details")):
        yield "MessageHeader.response.details leads to no OperationOutcome"


ACKNOWLEDGEMENT_RULES: Mapping[str, ThreadRule] = {
    each.__name__: each for each in (sound, kind, names_message, back, history, explained)
}
"""The rules of an Acknowledgement of a message, by name."""
