"""Where something stands, as linked triples that cost nothing until a finding needs the FHIRPath of them.

https://hl7.org/fhir/R4/fhirpath.html#simple
"""

from __future__ import annotations

from typing import Any, Self, TypeAlias

__all__ = ["ChoiceKey", "Place", "below", "choice_key", "render", "root"]

Place: TypeAlias = "tuple[Any, str, int]"
"""The place above (or None), the key, and the index in a list (-1 outside one)."""


class ChoiceKey(str):
    """The JSON key of a choice element, such as valueQuantity, which FHIRPath knows as value."""

    __slots__ = ("element",)

    element: str

    def __new__(cls, key: str, element: str) -> Self:
        """The key of the element of that name."""
        made = super().__new__(cls, key)
        made.element = element
        return made


def choice_key(name: str, code: str) -> str:
    """The key of a choice element for a type: value and Quantity make valueQuantity."""
    return name + code[:1].upper() + code[1:]


def root(resource_type: str) -> Place:
    """The place of an outermost resource."""
    return (None, resource_type, -1)


def below(place: Place, *steps: str | int) -> Place:
    """The place reached by keys and indexes: `below(place, "name", 0, "family")`."""
    for step in steps:
        place = (place[0], place[1], step) if isinstance(step, int) else (place, step, -1)
    return place


def render(place: Place) -> str:
    """The FHIRPath of a place: `Bundle.entry[3].resource.name[0].family`."""
    parts: list[str] = []
    at: Place | None = place
    while at is not None:
        above, key, index = at
        shown = key.element if isinstance(key, ChoiceKey) else key
        parts.append(shown if index < 0 else f"{shown}[{index}]")
        at = above
    parts.reverse()
    return ".".join(parts)
