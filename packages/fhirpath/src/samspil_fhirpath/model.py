"""The types of a FHIR release: bases, elements, cardinalities; read from `types/`, each type when first asked for."""

from __future__ import annotations

from functools import cache
from pkgutil import get_data
from typing import NamedTuple

__all__ = ["FHIRPATH_TYPES", "RELEASES", "Element", "Model", "load"]

RELEASES = ("R4", "R4B", "R5")
Release = str
"""One of `RELEASES`."""

FHIRPATH_TYPES = frozenset(
    {"Boolean", "String", "Integer", "Long", "Decimal", "Date", "DateTime", "Time", "Quantity", "Any"}
)
"""The types of the namespace System."""


class Element(NamedTuple):
    """One element of a type. `keys` holds, per type, the JSON key, the key of its sibling and the type's name."""

    name: str
    many: bool
    choice: bool
    keys: tuple[tuple[str, str, str], ...]

    @property
    def types(self) -> tuple[str, ...]:
        """The types its values can have; an element with children of its own has its path as type."""
        return tuple(one for _, _, one in self.keys)


class _Type:
    """A type as its table has it; its elements are made when first asked for."""

    __slots__ = ("_elements", "_lines", "base", "letter", "name")

    def __init__(self, name: str, base: str, letter: str, lines: list[str]) -> None:
        self.name = name
        self.base = "" if base == "-" else base
        self.letter = letter
        self._lines = lines
        self._elements: dict[str, Element] | None = None

    @property
    def elements(self) -> dict[str, Element]:
        """Its own elements by name, without those of its base."""
        if self._elements is None:
            self._elements = {made.name: made for made in map(_element, self._lines)}
        return self._elements


def _element(line: str) -> Element:
    label, _, listed = line.partition(" ")
    many = label.endswith("*")
    label = label.removesuffix("*")
    name = label.removesuffix("[x]")
    choice = name != label
    keys: list[tuple[str, str, str]] = []
    for one in listed.split("|"):
        key = name + one[0].upper() + one[1:] if choice else name
        keys.append((key, "_" + key if one[0].islower() else "", one))  # only primitives have a sibling
    return Element(name, many, choice, tuple(keys))


class Model:
    """All types of a release. Names of types are `Patient`, or `Patient.contact` for an element with children."""

    def __init__(self, release: Release, types: dict[str, _Type], *, polymorphic: bool = False) -> None:
        self.release = release
        self.polymorphic = polymorphic
        self._types = types
        self._found: dict[tuple[str, str], Element | None] = {}
        self._all: dict[str, tuple[Element, ...]] = {}
        self._lines: dict[str, tuple[str, ...]] = {}
        self._keys: dict[str, dict[str, tuple[str, str, str]]] = {}

    def __contains__(self, name: str) -> bool:
        """Whether there is such a type."""
        return name in self._types

    def kind(self, name: str) -> str:
        """`primitive`, `complex`, `resource`, `backbone`, or empty for a type that is not known."""
        known = self._types.get(name)
        return (
            {"p": "primitive", "c": "complex", "r": "resource", "b": "backbone"}[known.letter.lower()] if known else ""
        )

    def is_primitive(self, name: str) -> bool:
        """Whether the type is a FHIR primitive."""
        known = self._types.get(name)
        return known is not None and known.letter == "p"

    def is_abstract(self, name: str) -> bool:
        """Whether the type is abstract."""
        known = self._types.get(name)
        return known is not None and known.letter.isupper()

    def is_resource(self, name: str) -> bool:
        """Whether the type is a resource."""
        known = self._types.get(name)
        return known is not None and known.letter in "rR"

    def lineage(self, name: str) -> tuple[str, ...]:
        """The type and its bases, nearest first; empty for an unknown type."""
        found = self._lines.get(name)
        if found is None:
            names: list[str] = []
            at = name
            while at in self._types:
                names.append(at)
                at = self._types[at].base
            found = self._lines[name] = tuple(names)
        return found

    def is_a(self, name: str, base: str) -> bool:
        """Whether a type is another or derives from it."""
        return name == base or base in self.lineage(name)

    def element(self, type_name: str, name: str) -> Element | None:
        """The element of that name, own or inherited, or None."""
        key = (type_name, name)
        if key not in self._found:
            lines = (self._types[one].elements.get(name) for one in self.lineage(type_name))
            found = next((one for one in lines if one is not None), None)
            self._found[key] = self._by_key(type_name, name) if found is None and self.polymorphic else found
        return self._found[key]

    def _by_key(self, type_name: str, name: str) -> Element | None:
        """A choice by the name its key has in JSON (`valueQuantity`)."""
        for element in self.elements(type_name):
            for key in element.keys:
                if element.choice and key[0] == name:
                    return Element(name, element.many, choice=False, keys=(key,))
        return None

    def elements(self, type_name: str) -> tuple[Element, ...]:
        """All elements of a type, the inherited ones first."""
        found = self._all.get(type_name)
        if found is None:
            bases = reversed(self.lineage(type_name))
            found = self._all[type_name] = tuple(each for one in bases for each in self._types[one].elements.values())
        return found

    def keys(self, type_name: str) -> dict[str, tuple[str, str, str]]:
        """By JSON key, that of a sibling too: the value's key, the sibling's, and the type's name."""
        found = self._keys.get(type_name)
        if found is None:
            found = {}
            for element in self.elements(type_name):
                for names in element.keys:
                    found[names[0]] = names
                    if names[1]:
                        found[names[1]] = names
            self._keys[type_name] = found
        return found

    def declared(self, name: str) -> str:
        """The name of a type as FHIR says it: `BackboneElement` for `Patient.contact`, others as they are."""
        return self._types[name].base if "." in name and name in self._types else name

    def derived(self, base: str) -> frozenset[str]:
        """The types that are `base` or derive from it."""
        return frozenset(name for name in self._types if self.is_a(name, base))

    def at(self, path: str) -> str:
        """The type at an element's path (`Patient.contact.name` gives `HumanName`), or empty when there is none.

        For an element of several types the answer is empty too.
        """
        head, *rest = path.split(".")
        found = head if head in self._types else ""
        for step in rest:
            element = self.element(found, step.removesuffix("[x]"))
            if element is None or len(element.keys) != 1:
                return ""
            found = element.keys[0][2]
        return found


@cache
def load(release: Release, *, polymorphic: bool = False) -> Model:
    """The types of a release. Raises ValueError for a release that is none of `RELEASES`.

    With `polymorphic` choices are also found by the names they have in JSON (`valueQuantity` beside `value`).
    """
    if release not in RELEASES:
        raise ValueError(f"unknown FHIR release {release!r}; there are {', '.join(RELEASES)}")
    text = (get_data("samspil_fhirpath", f"types/{release.lower()}.txt") or b"").decode()
    types: dict[str, _Type] = {}
    for block in text.split("\n:")[1:]:
        first, *lines = block.rstrip("\n").split("\n")
        name, base, letter = first.split(" ")
        types[name] = _Type(name, base, letter, lines)
    return Model(release, types, polymorphic=polymorphic)
