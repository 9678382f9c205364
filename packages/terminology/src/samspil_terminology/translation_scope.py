"""Which concept maps, and which of their groups, a translation looks in.

https://hl7.org/fhir/R5/conceptmap-operation-translate.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from samspil_core.values import Coding

from .canonical import matches, split
from .catalog import Catalog
from .concept_maps import ConceptMap, Group, read_map

__all__ = ["Scope", "fits", "maps_in", "parsed"]

Json = Mapping[str, Any]
_KEEP = 512
"""How many maps are kept as they were read."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What to look in: one map, or all maps between these systems and value sets; empty means any."""

    map: str = ""
    map_version: str = ""
    source_scope: str = ""
    target_scope: str = ""
    target_system: str = ""
    target_version: str = ""
    source_system: str = ""


def maps_in(catalog: Catalog, scope: Scope, coding: Coding, *, reverse: bool) -> Iterator[ConceptMap]:
    """The maps to look in: the one named, else every one with a group between the systems."""
    if scope.map:
        resource = catalog.concept_map(scope.map, scope.map_version)
        if resource is not None:
            yield parsed(resource)
        return
    for resource in catalog.concept_maps():
        made = parsed(resource)
        if scope.source_scope and not _same_canonical(scope.source_scope, made.source_scope):
            continue
        if scope.target_scope and not _same_canonical(scope.target_scope, made.target_scope):
            continue
        if any(fits(catalog, group, coding, scope, reverse=reverse) for group in made.groups):
            yield made


def _same_canonical(asked: str, has: str) -> bool:
    url, version = split(asked)
    has_url, has_version = split(has)
    return url == has_url and (not version or not has_version or matches(version, has_version))


_parsed: dict[int, tuple[Json, ConceptMap]] = {}


def parsed(resource: Json) -> ConceptMap:
    """The map in one shape; a resource is read once as long as it lives."""
    held = _parsed.get(id(resource))
    if held is not None and held[0] is resource:
        return held[1]
    made = read_map(resource)
    if len(_parsed) > _KEEP:
        _parsed.clear()
    _parsed[id(resource)] = (resource, made)
    return made


def fits(catalog: Catalog, group: Group, coding: Coding, scope: Scope, *, reverse: bool) -> bool:
    """Whether a group is between the systems asked for, in the versions asked for."""
    same = catalog.aliases.same
    near, near_version = (group.target, group.target_version) if reverse else (group.source, group.source_version)
    if coding.system and near and not same(near, coding.system):
        return False
    if (
        coding.version
        and near_version
        and not (matches(near_version, coding.version) or matches(coding.version, near_version))
    ):
        return False
    far, wanted = (group.source, scope.source_system) if reverse else (group.target, scope.target_system)
    if wanted and far and not same(far, wanted):
        return False
    return reverse or not (
        scope.target_version and group.target_version and not matches(scope.target_version, group.target_version)
    )
