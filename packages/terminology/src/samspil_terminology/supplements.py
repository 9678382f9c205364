"""Code system supplements: designations, properties and extensions laid over the concepts of another system.

https://hl7.org/fhir/R5/codesystem.html#supplements
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from .canonical import join, matches, split
from .concepts import DISPLAY_USE, Concept, Designation, Property, extension_value
from .json_system import designation_of, property_of
from .system import Filter, Selection, System

__all__ = ["Supplement", "Supplemented"]

_KIND = "http://hl7.org/fhir/StructureDefinition/codesystem-supplement-type"


class Supplement:
    """A CodeSystem resource with `content` supplement."""

    __slots__ = (
        "_concepts",
        "_language",
        "canonical",
        "language_pack",
        "properties",
        "target",
        "target_version",
        "url",
        "version",
    )

    def __init__(self, resource: Mapping[str, Any]) -> None:
        self.url = str(resource.get("url", ""))
        self.version = str(resource.get("version", ""))
        self.canonical = join(self.url, self.version)
        self.target, self.target_version = split(str(resource.get("supplements", "")))
        self.language_pack = extension_value(resource.get("extension"), _KIND) == "lang-pack"
        self.properties = {str(each.get("code")): str(each.get("uri", "")) for each in resource.get("property", ())}
        self._concepts = {str(each.get("code", "")): each for each in _flat(resource.get("concept", ()))}
        self._language = str(resource.get("language", ""))

    def named(self, canonical: str) -> bool:
        """Whether a reference, with or without version, means this supplement."""
        url, version = split(canonical)
        return url == self.url and (not version or matches(version, self.version))

    def supplements(self, url: str, version: str) -> bool:
        """Whether it is made for that code system, in that version."""
        return url == self.target and (not self.target_version or matches(self.target_version, version))

    def over(self, concept: Concept) -> Concept:
        """The concept with what this supplement adds."""
        raw = self._concepts.get(concept.code)
        if raw is None:
            return concept
        added = [designation_of(each, self.canonical) for each in raw.get("designation", ())]
        if raw.get("display") and raw.get("display") != concept.display:
            added.append(Designation(str(raw["display"]), self._language, DISPLAY_USE, self.canonical))
        return replace(
            concept,
            designations=(*concept.designations, *added),
            properties=(*concept.properties, *(property_of(each) for each in raw.get("property", ()))),
            extension=(*concept.extension, *raw.get("extension", ())),
        )


def _flat(concepts: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for each in concepts:
        yield each
        yield from _flat(each.get("concept", ()))


class Supplemented:
    """A code system with supplements laid over it."""

    __slots__ = ("_base", "_supplements", "facts")

    def __init__(self, base: System, supplements: Sequence[Supplement]) -> None:
        self._base = base
        self._supplements = tuple(supplements)
        properties = {**base.facts.properties}
        for each in supplements:
            properties |= each.properties
        self.facts = replace(
            base.facts, properties=properties, supplements=tuple(each.canonical for each in supplements)
        )

    def find(self, code: str, /) -> Concept | None:
        """The concept with all that the supplements add."""
        concept = self._base.find(code)
        if concept is not None:
            for each in self._supplements:
                concept = each.over(concept)
        return concept

    def attribute_properties(self, code: str) -> Iterable[Property]:
        """The properties that the system itself keeps apart."""
        tell = getattr(self._base, "attribute_properties", None)
        return tell(code) if tell is not None else ()

    def codes(self) -> Iterator[str]:
        """Every code."""
        return self._base.codes()

    def __len__(self) -> int:
        return len(self._base)

    def parents(self, code: str, /) -> Sequence[str]:
        """The codes right above."""
        return self._base.parents(code)

    def children(self, code: str, /) -> Sequence[str]:
        """The codes right below."""
        return self._base.children(code)

    def subsumes(self, broad: str, narrow: str, /) -> bool:
        """Whether `broad` is above `narrow`."""
        return self._base.subsumes(broad, narrow)

    def select(self, wanted: Filter, /) -> Selection | None:
        """What the system itself answers."""
        return self._base.select(wanted)

    def search(self, text: str, /) -> Iterable[str] | None:
        """None: the index of the system does not know the supplements' texts."""
        return None if self._supplements else self._base.search(text)
