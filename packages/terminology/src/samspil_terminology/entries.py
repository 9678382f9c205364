"""The entries of an expansion: as they are gathered, as they are taken away, as a value set gives them itself."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .concepts import DISPLAY_USE, Concept, Designation
from .json_system import designation_of
from .system import System

__all__ = ["Entry", "Excluded", "Gathered", "first_texts", "given_entries", "in_all", "more_texts", "not_offered"]

Json = Mapping[str, Any]
_DEPRECATED = "http://hl7.org/fhir/concept-properties#deprecationDate"


@dataclass(slots=True)
class Entry:
    """A code of an expansion. `parent` is the position of the entry it stands under, when the expansion is nested."""

    system: str
    version: str
    concept: Concept
    texts: Sequence[Designation]
    extension: tuple[Json, ...] = ()
    parent: int | None = None

    @property
    def key(self) -> tuple[str, str]:
        """System and code."""
        return self.system, self.concept.code


@dataclass(slots=True)
class Gathered:
    """Entries of one value set, each once."""

    entries: list[Entry] = field(default_factory=list[Entry])
    keys: dict[tuple[str, str, str], int] = field(default_factory=dict[tuple[str, str, str], int])
    flat: bool = False


@dataclass(slots=True)
class Excluded:
    """What the excludes of a value set take away."""

    systems: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    keys: set[tuple[str, str, str]] = field(default_factory=set[tuple[str, str, str]])
    codes: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])

    def has(self, entry: Entry, key: tuple[str, str, str]) -> bool:
        """Whether an entry is taken away."""
        return key in self.keys or (entry.system, entry.version) in self.systems or entry.key in self.codes


def first_texts(reference: Json, value_set: Json) -> list[Designation]:
    """The display that a value set gives a code goes before that of the code system."""
    if not reference.get("display"):
        return []
    return [Designation(str(reference["display"]).strip(), str(value_set.get("language", "")), DISPLAY_USE)]


def more_texts(reference: Json) -> list[Designation]:
    """The designations that a value set gives a code go after those of the code system."""
    return [designation_of(each) for each in reference.get("designation", ())]


def in_all(sets: Sequence[set[tuple[str, str]]]) -> set[tuple[str, str]]:
    """What every set has."""
    first, *others = sets
    return first.intersection(*others)


def not_offered(system: System, concept: Concept) -> bool:
    """Whether people should not choose it: it is abstract, or its code system says since when it is deprecated."""
    if concept.abstract:
        return True
    declared = system.facts.properties
    return any(
        declared.get(each.code) == _DEPRECATED or (each.code == "deprecationDate" and each.code not in declared)
        for each in concept.properties
    )


def given_entries(contains: Iterable[Json]) -> Iterator[Entry]:
    """The codes of an expansion that a value set brings itself, without its nesting."""
    for each in contains:
        if each.get("code"):
            concept = Concept(
                str(each["code"]),
                str(each.get("display", "")),
                designations=tuple(designation_of(d) for d in each.get("designation", ())),
                inactive=each.get("inactive") is True,
                abstract=each.get("abstract") is True,
            )
            yield Entry(str(each.get("system", "")), str(each.get("version", "")), concept, concept.texts())
        yield from given_entries(each.get("contains", ()))
