"""A value set made ready: its includes and excludes with what they import, circles and unknown imports found first.

https://hl7.org/fhir/R5/valueset-definitions.html#ValueSet.compose
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cmp_to_key
from typing import Any, Literal

from .canonical import join, sort_key, split
from .concepts import extension_value
from .finder import Finder
from .issues import failure
from .system import Filter

__all__ = ["SUPPLEMENT", "Clause", "Prepared", "canonical_of", "prepare", "required_supplements", "said_as"]

Json = Mapping[str, Any]
DEEPEST = 100
"""The longest way from a value set to one that it imports by way of others."""
MOST_IMPORTS = 10_000
"""The most value sets that one is made of."""
SUPPLEMENT = "http://hl7.org/fhir/StructureDefinition/valueset-supplement"


@dataclass(frozen=True, slots=True)
class Clause:
    """One include or exclude: a system with concepts or filters, the value sets it must also be in, and its place."""

    place: str
    system: str
    version: str
    concepts: tuple[Json, ...] | None
    filters: tuple[Filter, ...]
    imports: "tuple[Prepared, ...]"

    @property
    def whole(self) -> bool:
        """Whether it takes every code of its system."""
        return self.concepts is None and not self.filters


@dataclass(frozen=True, slots=True)
class Prepared:
    """A value set with its clauses. `inactive` is compose.inactive, None where the value set does not say."""

    resource: Json
    includes: tuple[Clause, ...]
    excludes: tuple[Clause, ...]
    contained: bool = False
    weight: int = 1
    """How many value sets it is made of, one that is imported twice counted twice."""

    @property
    def canonical(self) -> str:
        """`url|version`."""
        return canonical_of(self.resource)

    @property
    def inactive(self) -> bool | None:
        """What compose.inactive says."""
        return self.resource.get("compose", {}).get("inactive")

    def ordered(self) -> list[Clause]:
        """The includes, later versions of a system before earlier ones."""
        return sorted(self.includes, key=cmp_to_key(_later_first))


def _later_first(one: Clause, other: Clause) -> int:
    if one.system != other.system or not one.version or not other.version:
        return 0
    first, second = sort_key(one.version), sort_key(other.version)
    return 0 if first == second else (-1 if first > second else 1)


def canonical_of(resource: Json) -> str:
    """`url|version` of a resource."""
    return join(str(resource.get("url", "")), str(resource.get("version", "")))


def said_as(resource: Json) -> str:
    """How a value set is named in a sentence."""
    return canonical_of(resource) or str(resource.get("id", "")) or "(unnamed value set)"


def required_supplements(resource: Json) -> tuple[str, ...]:
    """The supplements that a value set says it needs."""
    found = (
        extension_value([each], SUPPLEMENT) for each in resource.get("extension", ()) if each.get("url") == SUPPLEMENT
    )
    return tuple(str(each) for each in found if each)


def prepare(finder: Finder, resource: Json, *, purpose: Literal["validate", "expand"]) -> Prepared:
    """The value set and everything it imports. Raises `OperationFailed` for a circle or an unknown import.

    And where it imports more than can be followed: value sets that import each other twice grow with every step.
    """
    return _Walk(finder, purpose).prepare(resource, (), contained=False)


class _Walk:
    """The way through what a value set imports; each is made ready once."""

    def __init__(self, finder: Finder, purpose: Literal["validate", "expand"]) -> None:
        self.finder = finder
        self.purpose: Literal["validate", "expand"] = purpose
        self.made: dict[tuple[int, bool], tuple[Json, Prepared]] = {}

    def prepare(self, resource: Json, chain: tuple[str, ...], *, contained: bool) -> Prepared:
        known = self.made.get((id(resource), contained))
        if known is not None:
            return known[1]
        canonical = canonical_of(resource)
        if canonical and canonical in chain:
            raise failure(
                "processing",
                "vs-invalid",
                "VALUESET_CIRCULAR_REFERENCE",
                value_set=canonical,
                pathway=", ".join(filter(None, chain)),
            )
        inner = (*chain, canonical)
        if len(inner) > DEEPEST:
            raise failure("too-costly", "", "VALUESET_IMPORTS_TOO_MANY", value_set=chain[0], limit=str(DEEPEST))
        compose = resource.get("compose", {})
        clauses = {
            kind: tuple(
                self._clause(raw, f"ValueSet.compose.{kind}[{at}]", resource, inner)
                for at, raw in enumerate(compose.get(kind, ()))
            )
            for kind in ("include", "exclude")
        }
        weight = 1 + sum(each.weight for kind in clauses.values() for clause in kind for each in clause.imports)
        if weight > MOST_IMPORTS:
            raise failure("too-costly", "", "VALUESET_IMPORTS_TOO_MANY", value_set=inner[0], limit=str(MOST_IMPORTS))
        made = Prepared(resource, clauses["include"], clauses["exclude"], contained, weight)
        self.made[id(resource), contained] = resource, made
        return made

    def _clause(self, raw: Json, place: str, inside: Json, chain: tuple[str, ...]) -> Clause:
        system = str(raw.get("system", ""))
        imports: list[Prepared] = []
        for each in raw.get("valueSet", ()):
            wanted = self.finder.pinned(str(each))
            found = self.finder.value_set(wanted, inside)
            if found is None:
                raise _not_there(wanted, self.purpose)
            imports.append(self.prepare(found, chain, contained=str(each).startswith("#")))
        filters = tuple(_filter(each, f"{place}.filter[{at}]", system) for at, each in enumerate(raw.get("filter", ())))
        concepts = tuple(raw["concept"]) if raw.get("concept") else None
        return Clause(place, system, str(raw.get("version", "")), concepts, filters, tuple(imports))


def _filter(raw: Json, place: str, system: str) -> Filter:
    value, name, op = str(raw.get("value", "")), str(raw.get("property", "")), str(raw.get("op", ""))
    if not value:
        raise failure(
            "invalid",
            "vs-invalid",
            "UNABLE_TO_HANDLE_SYSTEM_FILTER_WITH_NO_VALUE",
            status=400,
            expression=place,
            system=system,
            property=name,
            op=op,
        )
    return Filter(name, op, value)


def _not_there(canonical: str, purpose: Literal["validate", "expand"]) -> Exception:
    if purpose == "validate":
        return failure("not-found", "not-found", "Unable_to_resolve_value_Set_", value_set=canonical)
    url, version = split(canonical)
    if version:
        return failure("not-found", "not-found", "VS_EXP_IMPORT_UNK_PINNED", value_set=url, version=version)
    return failure("not-found", "not-found", "VS_EXP_IMPORT_UNK", value_set=url)
