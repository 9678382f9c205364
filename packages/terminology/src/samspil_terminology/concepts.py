"""What a code system says of a code: small values, made once and shared.

https://hl7.org/fhir/R5/codesystem-definitions.html#CodeSystem.concept
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from samspil_core.values import Coding

from .plain import is_object

__all__ = ["DISPLAY_USE", "Concept", "Designation", "Property", "extension_value"]

Json = Mapping[str, Any]

DISPLAY_USE = Coding(
    "http://terminology.hl7.org/CodeSystem/hl7TermMaintInfra", "preferredForLanguage", "Preferred For Language"
)
"""The use of a designation that is the display of its language."""


@dataclass(frozen=True, slots=True)
class Designation:
    """A text for a concept, in a language and for a use; `source` is the supplement it comes from.

    `preferred` is False for a synonym that is merely acceptable: it is valid, and an expansion leaves it out.
    """

    value: str
    language: str = ""
    use: Coding | None = None
    source: str = ""
    extension: tuple[Json, ...] = ()
    active: bool = True
    preferred: bool = True

    @property
    def is_display(self) -> bool:
        """Whether it may stand as a display: it has no use, or the use of displays."""
        return self.use is None or self.use.code in {"preferredForLanguage", "display"}


@dataclass(frozen=True, slots=True)
class Property:
    """A property of a concept; `type` is the FHIR type in the name of the element (`Code`, `Boolean`, `Coding`)."""

    code: str
    type: str
    value: str | bool | int | Decimal | Json
    description: str = ""

    @property
    def text(self) -> str:
        """The value as a filter compares it."""
        if isinstance(self.value, bool):
            return "true" if self.value else "false"
        if is_object(self.value):
            return str(self.value.get("code", ""))
        return str(self.value)


@dataclass(frozen=True, slots=True)
class Concept:
    """A code, its texts, its properties and its state.

    `display` is in the language of the code system (`language`). `status` is the plain status of the concept, such as
    `active`, `deprecated`, `retired`; `inactive` and `abstract` follow from properties, extensions and status.
    """

    code: str
    display: str = ""
    language: str = ""
    definition: str = ""
    designations: tuple[Designation, ...] = ()
    properties: tuple[Property, ...] = ()
    extension: tuple[Json, ...] = ()
    status: str = ""
    inactive: bool = False
    abstract: bool = False
    source: str = ""

    def texts(self) -> tuple[Designation, ...]:
        """The display first, as a designation, and the designations."""
        if not self.display:
            return self.designations
        return (Designation(self.display, self.language, DISPLAY_USE, self.source), *self.designations)

    def values(self, code: str) -> list[Property]:
        """The properties of that code."""
        return [each for each in self.properties if each.code == code]


def extension_value(extensions: object, url: str) -> Any:
    """The value of the first extension with that URL, whatever its type; None when there is none."""
    if isinstance(extensions, list | tuple):
        for each in cast("Iterable[Any]", extensions):
            if is_object(each) and each.get("url") == url:
                return next((value for name, value in each.items() if str(name).startswith("value")), True)
    return None
