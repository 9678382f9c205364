"""A FHIR message as its receiver looks at it: header, focus, thread, parties."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from samspil_conformance.testscript.exchange import Content

from . import names

__all__ = ["Json", "Message", "NotAMessage", "codes", "extension", "part", "parts", "read_message", "texts"]

Json = Mapping[str, Any]


class NotAMessage(ValueError):
    """The bytes are no Bundle in JSON or XML."""


@dataclass(frozen=True)
class Message:
    """A Bundle, and what its entries are to each other."""

    bundle: Json
    media: str = "json"

    @cached_property
    def entries(self) -> list[Json]:
        """The entries that hold a resource."""
        return [each for each in _objects(self.bundle.get("entry")) if isinstance(each.get("resource"), Mapping)]

    def of(self, kind: str) -> list[Json]:
        """The resources of a type, in their order."""
        return [each["resource"] for each in self.entries if each["resource"].get("resourceType") == kind]

    @property
    def header(self) -> Json:
        """The MessageHeader; an empty object where there is none."""
        return _first(self.of("MessageHeader"))

    @property
    def event(self) -> str:
        """The code of the event."""
        return str(part(self.header, "eventCoding").get("code", ""))

    @property
    def communication(self) -> Json:
        """The Communication; an empty object where there is none."""
        return _first(self.of("Communication"))

    @property
    def segments(self) -> list[Json]:
        """The message segments: the payloads of the Communication."""
        return list(_objects(self.communication.get("payload")))

    @property
    def provenances(self) -> list[Json]:
        """The links of the thread, as they stand in the Bundle."""
        return self.of("Provenance")

    @property
    def newest(self) -> Json:
        """The Provenance of this very message: its target is the header."""
        for each in self.provenances:
            if any(self.leads_to(target, self.header) for target in _objects(each.get("target"))):
                return each
        return {}

    def resolve(self, reference: Any) -> Json:
        """The entry's resource that a Reference leads to; an empty object where there is none."""
        text = str(cast("Json", reference).get("reference", "")) if isinstance(reference, Mapping) else ""
        if not text:
            return {}
        for each in self.entries:
            resource = each["resource"]
            own = f"{resource.get('resourceType')}/{resource.get('id')}"
            if text in {str(each.get("fullUrl", "")), own} or ("://" in text and text.endswith(f"/{own}")):
                return resource
        return {}

    def leads_to(self, reference: Any, resource: Json) -> bool:
        """Whether a Reference leads to a resource of this message."""
        found = self.resolve(reference)
        return bool(found) and found is resource

    @property
    def sender(self) -> Json:
        """The Organization that sends."""
        return self.resolve(self.header.get("sender"))

    @property
    def receiver(self) -> Json:
        """The Organization that is the primary destination."""
        for each in _objects(self.header.get("destination")):
            use = part(extension(each, names.USE), "valueCoding")
            if use.get("code") == "primary":
                return self.resolve(each.get("receiver"))
        return {}


def read_message(data: bytes) -> Message:
    """The message in bytes of JSON or XML. Raises `NotAMessage`."""
    content = Content(data)
    if content.json is None or content.json.get("resourceType") != "Bundle":
        raise NotAMessage("the content is no Bundle in FHIR JSON or XML")
    return Message(content.json, "xml" if content.is_xml else "json")


def part(element: Json, name: str) -> Json:
    """A member that is an object; an empty one where it is absent or something else."""
    found = element.get(name)
    return cast("Json", found) if isinstance(found, Mapping) else {}


def parts(element: Json, name: str) -> list[Json]:
    """A member that is a list: its objects."""
    return list(_objects(element.get(name)))


def texts(element: Json, name: str) -> list[str]:
    """A member that is a list: its texts."""
    found = element.get(name)
    listed = cast("list[Any]", found) if isinstance(found, list) else []
    return [each for each in listed if isinstance(each, str)]


def extension(element: Json, url: str) -> Json:
    """The extension of that URL; an empty object where there is none."""
    return _first([each for each in _objects(element.get("extension")) if each.get("url") == url])


def codes(concept: Any) -> list[str]:
    """The codes of a CodeableConcept."""
    told: Json = cast("Json", concept) if isinstance(concept, Mapping) else {}
    return [str(each.get("code", "")) for each in _objects(told.get("coding"))]


def _first(listed: Sequence[Json]) -> Json:
    return listed[0] if listed else {}


def _objects(value: Any) -> Iterator[Json]:
    listed = cast("Sequence[Any]", value) if isinstance(value, list) else ()
    yield from (cast("Json", each) for each in listed if isinstance(each, Mapping))
