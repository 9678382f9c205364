"""A request and its answer, with their contents read as JSON or XML."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

from samspil_core import NotJson, loads

from .xmlform import NotFhirXml, from_xml, parse, to_xml
from .xmltree import Element

__all__ = ["Content", "Exchange", "Message"]

Json = dict[str, Any]


class Content:
    """Bytes of a resource, read when first asked for, in the form they are in and in the other one."""

    def __init__(self, data: bytes, name: str = "") -> None:
        self.data = data
        self.name = name

    @cached_property
    def is_xml(self) -> bool:
        """Whether the text is XML, by its first sign."""
        return self.data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"

    @cached_property
    def json(self) -> Json | None:
        """The resource as a dict, or None where the text is none."""
        try:
            found = from_xml(parse(self.data)) if self.is_xml else loads(self.data)
        except (NotJson, NotFhirXml):
            return None
        return cast("Json", found) if isinstance(found, dict) and "resourceType" in found else None

    @cached_property
    def xml(self) -> Element | None:
        """The resource as an XML element, or None where the text is none."""
        try:
            if self.is_xml:
                return parse(self.data)
            return None if self.json is None else to_xml(self.json)
        except NotFhirXml:
            return None

    @property
    def resource_type(self) -> str:
        """The type of the resource, empty where there is none."""
        return str((self.json or {}).get("resourceType", ""))


@dataclass(frozen=True)
class Message:
    """One half of an exchange: headers in lower case and the body; the request has method and URL, the answer a status."""

    headers: Mapping[str, str]
    content: Content = field(default_factory=lambda: Content(b""))
    method: str = ""
    url: str = ""
    status: int = 0


@dataclass(frozen=True)
class Exchange:
    """A request and its answer."""

    request: Message
    response: Message
