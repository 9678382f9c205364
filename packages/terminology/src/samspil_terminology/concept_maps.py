"""A ConceptMap of R4 or R5 read into one shape, and the relationships of both releases turned into each other.

https://hl7.org/fhir/R5/conceptmap.html, https://hl7.org/fhir/R4/conceptmap.html,
https://hl7.org/fhir/R5/valueset-concept-map-relationship.html
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from samspil_core.values import Coding, Equivalence

from .canonical import join, split
from .plain import is_object

__all__ = [
    "FLIPPED",
    "TO_EQUIVALENCE",
    "TO_RELATIONSHIP",
    "ConceptMap",
    "Dependency",
    "Element",
    "Group",
    "Relationship",
    "Target",
    "Unmapped",
    "flip_equivalence",
    "read_map",
]

Json = Mapping[str, Any]
Relationship = Literal[
    "equivalent", "source-is-narrower-than-target", "source-is-broader-than-target", "related-to", "not-related-to"
]

TO_RELATIONSHIP: dict[str, Relationship] = {
    "equal": "equivalent",
    "equivalent": "equivalent",
    "wider": "source-is-narrower-than-target",
    "subsumes": "source-is-narrower-than-target",
    "narrower": "source-is-broader-than-target",
    "specializes": "source-is-broader-than-target",
    "relatedto": "related-to",
    "inexact": "related-to",
    "disjoint": "not-related-to",
}
"""R4 equivalence (of the target: `wider` says the target is wider) to R5 relationship; `unmatched` is no target at all."""

TO_EQUIVALENCE: dict[Relationship, Equivalence] = {
    "equivalent": "equivalent",
    "source-is-narrower-than-target": "wider",
    "source-is-broader-than-target": "narrower",
    "related-to": "relatedto",
    "not-related-to": "disjoint",
}
"""R5 relationship to R4 equivalence."""

FLIPPED: dict[Relationship, Relationship] = {
    "equivalent": "equivalent",
    "source-is-narrower-than-target": "source-is-broader-than-target",
    "source-is-broader-than-target": "source-is-narrower-than-target",
    "related-to": "related-to",
    "not-related-to": "not-related-to",
}
"""The relationship read from target to source."""

_FLIPPED_R4: dict[str, Equivalence] = {
    "wider": "narrower",
    "narrower": "wider",
    "subsumes": "specializes",
    "specializes": "subsumes",
}
_KEPT = "http://hl7.org/fhir/1.0/StructureDefinition/extension-ConceptMap.element.target.equivalence"


def flip_equivalence(equivalence: Equivalence) -> Equivalence:
    """The equivalence read from target to source."""
    return _FLIPPED_R4.get(equivalence, equivalence)


@dataclass(frozen=True, slots=True)
class Dependency:
    """Another value that a mapping depends on, or that it produces: R4 dependsOn/product, R5 the same with `attribute`."""

    attribute: str
    value: Any
    system: str = ""
    value_set: str = ""

    @property
    def text(self) -> str:
        """The value to compare with."""
        return str(self.value.get("code", "")) if is_object(self.value) else str(self.value)


@dataclass(frozen=True, slots=True)
class Target:
    """One target of an element. `equivalence` is the R4 code, exactly as written where the map is an R4 one."""

    code: str
    display: str = ""
    value_set: str = ""
    relationship: Relationship = "equivalent"
    equivalence: Equivalence = "equivalent"
    comment: str = ""
    depends_on: tuple[Dependency, ...] = ()
    product: tuple[Dependency, ...] = ()
    properties: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True)
class Element:
    """A source code with its targets; `no_map` says that there deliberately is none."""

    code: str
    display: str = ""
    value_set: str = ""
    no_map: bool = False
    targets: tuple[Target, ...] = ()


@dataclass(frozen=True, slots=True)
class Unmapped:
    """What to answer for a code that a group does not have."""

    mode: Literal["use-source-code", "fixed", "other-map"]
    code: str = ""
    display: str = ""
    value_set: str = ""
    other_map: str = ""
    relationship: Relationship | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """The elements from one code system to another, in order, and found by code from both sides."""

    source: str
    source_version: str
    target: str
    target_version: str
    elements: tuple[Element, ...]
    unmapped: Unmapped | None = None
    by_code: dict[str, tuple[Element, ...]] = field(default_factory=dict[str, tuple[Element, ...]], compare=False)
    by_target: dict[str, tuple[tuple[Element, Target], ...]] = field(
        default_factory=dict[str, tuple[tuple[Element, Target], ...]], compare=False
    )


@dataclass(frozen=True, slots=True)
class ConceptMap:
    """A concept map: where it goes from and to, and its groups in order."""

    url: str
    version: str
    source_scope: str
    target_scope: str
    groups: tuple[Group, ...]

    @property
    def canonical(self) -> str:
        """`url|version`."""
        return join(self.url, self.version)


def read_map(resource: Json) -> ConceptMap:
    """A ConceptMap resource of R4, R4B or R5 in one shape."""
    return ConceptMap(
        str(resource.get("url", "")),
        str(resource.get("version", "")),
        _first(resource, "sourceScopeUri", "sourceScopeCanonical", "sourceUri", "sourceCanonical"),
        _first(resource, "targetScopeUri", "targetScopeCanonical", "targetUri", "targetCanonical"),
        tuple(_group(each) for each in resource.get("group", ())),
    )


def _first(element: Json, *names: str) -> str:
    return next((str(element[name]) for name in names if element.get(name)), "")


def _group(raw: Json) -> Group:
    source, source_version = split(str(raw.get("source", "")))
    target, target_version = split(str(raw.get("target", "")))
    elements = tuple(_element(each) for each in raw.get("element", ()))
    by_code: dict[str, list[Element]] = {}
    by_target: dict[str, list[tuple[Element, Target]]] = {}
    for element in elements:
        by_code.setdefault(element.code, []).append(element)
        for each in element.targets:
            by_target.setdefault(each.code, []).append((element, each))
    return Group(
        source,
        str(raw.get("sourceVersion", "")) or source_version,
        target,
        str(raw.get("targetVersion", "")) or target_version,
        elements,
        _unmapped(raw["unmapped"]) if raw.get("unmapped") else None,
        {code: tuple(some) for code, some in by_code.items()},
        {code: tuple(some) for code, some in by_target.items()},
    )


def _element(raw: Json) -> Element:
    targets = [_target(each) for each in raw.get("target", ()) if each.get("equivalence") != "unmatched"]
    unmatched = any(each.get("equivalence") == "unmatched" for each in raw.get("target", ()))
    return Element(
        str(raw.get("code", "")),
        str(raw.get("display", "")),
        str(raw.get("valueSet", "")),
        raw.get("noMap") is True or (unmatched and not targets),
        tuple(targets),
    )


def _target(raw: Json) -> Target:
    equivalence = str(raw.get("equivalence", ""))
    if equivalence:
        relationship = TO_RELATIONSHIP.get(equivalence, "related-to")
    else:
        relationship = cast("Relationship", str(raw.get("relationship", "related-to")))
        kept = (str(each.get("valueCode")) for each in raw.get("extension", ()) if each.get("url") == _KEPT)
        equivalence = next(kept, TO_EQUIVALENCE.get(relationship, "relatedto"))
    return Target(
        str(raw.get("code", "")),
        str(raw.get("display", "")),
        str(raw.get("valueSet", "")),
        relationship,
        cast("Equivalence", equivalence),
        str(raw.get("comment", "")),
        tuple(_dependencies(raw.get("dependsOn", ()))),
        tuple(_dependencies(raw.get("product", ()))),
        tuple(raw.get("property", ())),
    )


def _dependencies(raw: Iterable[Json]) -> Iterable[Dependency]:
    for each in raw:
        value = next((each[name] for name in each if name.startswith("value") and name != "valueSet"), "")
        system = str((value if is_object(value) else each).get("system", ""))
        attribute = str(each.get("attribute", "") or each.get("property", "") or each.get("element", ""))
        yield Dependency(attribute, cast("Any", value), system, str(each.get("valueSet", "")))


_MODES: dict[str, Literal["use-source-code", "fixed", "other-map"]] = {
    "provided": "use-source-code",
    "use-source-code": "use-source-code",
    "fixed": "fixed",
    "other-map": "other-map",
}


def _unmapped(raw: Json) -> Unmapped | None:
    mode = _MODES.get(str(raw.get("mode", "")))
    if mode is None:
        return None
    relationship = raw.get("relationship")
    return Unmapped(
        mode,
        str(raw.get("code", "")),
        str(raw.get("display", "")),
        str(raw.get("valueSet", "")),
        _first(raw, "otherMap", "url"),
        cast("Relationship", relationship) if relationship else None,
    )


def coding_in(group: Group, code: str, display: str = "", *, of_source: bool) -> Coding:
    """A code of a group as a Coding of its source or target system."""
    if of_source:
        return Coding(group.source, code, display, group.source_version)
    return Coding(group.target, code, display, group.target_version)
