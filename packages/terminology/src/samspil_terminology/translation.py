"""$translate: what a code becomes in another code system, by concept maps.

https://hl7.org/fhir/R5/conceptmap-operation-translate.html, https://hl7.org/fhir/R4/conceptmap-operation-translate.html.
Chaining keeps to https://mapping-commons.github.io/sssom/chaining-rules/: only what is safe is said.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from samspil_core.values import Coding, Equivalence

from .canonical import matches, split
from .catalog import Catalog
from .compose import prepare
from .concept_maps import (
    FLIPPED,
    TO_EQUIVALENCE,
    ConceptMap,
    Dependency,
    Element,
    Group,
    Relationship,
    Target,
    Unmapped,
    coding_in,
    flip_equivalence,
    read_map,
)
from .finder import Finder
from .options import Options

__all__ = ["Scope", "TranslationAnswer", "TranslationMatch", "chain", "translate", "translate_through"]

Json = Mapping[str, Any]


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


@dataclass(frozen=True, slots=True)
class TranslationMatch:
    """One match: from `source` to `target`, how they relate in that direction, and the maps that say so.

    `unresolved` are the values the match depends on and the request did not give; `product` what it makes besides.
    `no_map` is a map's word that there is no target; `target` is then empty. `maps` are canonicals, in the order used.
    """

    source: Coding
    target: Coding
    relationship: Relationship
    equivalence: Equivalence
    maps: tuple[str, ...]
    comment: str = ""
    value_set: str = ""
    unresolved: tuple[Dependency, ...] = ()
    product: tuple[Dependency, ...] = ()
    properties: tuple[Json, ...] = ()
    no_map: bool = False
    unmapped: bool = False

    def flipped(self) -> "TranslationMatch":
        """The same match read from target to source."""
        return replace(
            self,
            source=self.target,
            target=self.source,
            relationship=FLIPPED[self.relationship],
            equivalence=flip_equivalence(self.equivalence),
        )


@dataclass(frozen=True, slots=True)
class TranslationAnswer:
    """The answer of $translate: all matches in the order of the maps, and why there is none."""

    matches: tuple[TranslationMatch, ...] = ()
    message: str = ""
    maps: tuple[str, ...] = ()

    @property
    def result(self) -> bool:
        """Whether there is a match that relates the two codes."""
        return any(not each.no_map and each.relationship != "not-related-to" for each in self.matches)


def translate(
    catalog: Catalog,
    coding: Coding,
    scope: Scope | None = None,
    *,
    reverse: bool = False,
    dependencies: Sequence[Dependency] = (),
) -> TranslationAnswer:
    """All matches of a code, in the order of the maps and of their elements.

    With `reverse`, `coding` is a target and the matches lead to it: `source` is what was found, and `relationship` still
    reads from source to target (`flipped` turns it). A target that depends on a value given otherwise in `dependencies`
    is left out; one that depends on a value that is not given is kept, and says so.
    """
    scope = scope or Scope()
    maps = list(_maps(catalog, scope, coding, reverse=reverse))
    if not maps:
        return TranslationAnswer(message=_no_map(scope))
    found: list[TranslationMatch] = []
    for each in maps:
        work = _Translator(catalog, scope, dependencies, (each.canonical,))
        found += work.backward(each, coding) if reverse else work.forward(each, coding)
    unique = tuple(dict.fromkeys(found)) if _hashable(found) else tuple(found)
    message = "" if unique else f"No translation of {coding.code} was found"
    if unique and all(each.no_map for each in unique):
        message = f"{coding.code} is declared to have no target"
    return TranslationAnswer(unique, message, tuple(each.canonical for each in maps))


def _hashable(found: Sequence[TranslationMatch]) -> bool:
    try:
        hash(tuple(found))
    except TypeError:
        return False
    return True


def _no_map(scope: Scope) -> str:
    if scope.map:
        return f"The concept map '{scope.map}' is not known"
    return "No concept map for these systems is known"


def _maps(catalog: Catalog, scope: Scope, coding: Coding, *, reverse: bool) -> Iterator[ConceptMap]:
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
        if any(_fits(catalog, group, coding, scope, reverse=reverse) for group in made.groups):
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


_KEEP = 512


def _fits(catalog: Catalog, group: Group, coding: Coding, scope: Scope, *, reverse: bool) -> bool:
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


@dataclass(frozen=True, slots=True)
class _Translator:
    """One map of one translation; `seen` are the maps on the way here, so that `other-map` cannot go in circles."""

    catalog: Catalog
    scope: Scope
    dependencies: Sequence[Dependency]
    seen: tuple[str, ...]

    def forward(self, made: ConceptMap, coding: Coding) -> list[TranslationMatch]:
        """From source to target."""
        found: list[TranslationMatch] = []
        for group in made.groups:
            if not _fits(self.catalog, group, coding, self.scope, reverse=False):
                continue
            elements = [*group.by_code.get(coding.code, ()), *self._by_value_set(group, coding)]
            for element in elements:
                found += self._of_element(made, group, element, coding)
            if not elements and group.unmapped:
                found += self._unmapped(made, group, group.unmapped, coding)
        return found

    def _by_value_set(self, group: Group, coding: Coding) -> list[Element]:
        return [
            each
            for each in group.elements
            if each.value_set and not each.code and _is_in(self.catalog, each.value_set, group.source, coding.code)
        ]

    def _of_element(
        self, made: ConceptMap, group: Group, element: Element, coding: Coding
    ) -> Iterator[TranslationMatch]:
        source = Coding(group.source or coding.system, coding.code, element.display, group.source_version)
        if element.no_map:
            yield TranslationMatch(source, Coding(group.target), "not-related-to", "unmatched", self.seen, no_map=True)
        for each in element.targets:
            unresolved = self._unresolved(each)
            if unresolved is not None:
                yield _match(source, group, each, self.seen, unresolved)
        del made

    def _unresolved(self, target: Target) -> tuple[Dependency, ...] | None:
        """The dependencies that the request says nothing of; None when it contradicts one."""
        given = {each.attribute: each for each in self.dependencies}
        missing: list[Dependency] = []
        for each in target.depends_on:
            value = given.get(each.attribute)
            if value is None:
                missing.append(each)
            elif value.text != each.text or (each.system and value.system and each.system != value.system):
                return None
        return tuple(missing)

    def _unmapped(
        self, made: ConceptMap, group: Group, unmapped: Unmapped, coding: Coding
    ) -> Iterator[TranslationMatch]:
        source = Coding(group.source or coding.system, coding.code, "", group.source_version)
        if unmapped.mode == "other-map":
            yield from self._other_map(unmapped, coding)
            return
        if unmapped.mode == "fixed":
            relationship = unmapped.relationship or "related-to"
            target = coding_in(group, unmapped.code, unmapped.display, of_source=False)
        else:
            relationship = unmapped.relationship or "equivalent"
            target = coding_in(group, coding.code, coding.display, of_source=False)
        yield TranslationMatch(
            source,
            target,
            relationship,
            TO_EQUIVALENCE[relationship],
            self.seen,
            value_set=unmapped.value_set if unmapped.mode == "fixed" else "",
            unmapped=True,
        )
        del made

    def _other_map(self, unmapped: Unmapped, coding: Coding) -> Iterator[TranslationMatch]:
        resource = self.catalog.concept_map(unmapped.other_map)
        if resource is None:
            return
        other = parsed(resource)
        if other.canonical in self.seen:
            return
        inner = replace(self, seen=(*self.seen, other.canonical))
        for each in inner.forward(other, coding):
            yield replace(each, unmapped=True)

    def backward(self, made: ConceptMap, coding: Coding) -> list[TranslationMatch]:
        """From target to source."""
        found: list[TranslationMatch] = []
        for group in made.groups:
            if not _fits(self.catalog, group, coding, self.scope, reverse=True):
                continue
            if self.scope.target_system and not self.catalog.aliases.same(
                group.target, coding.system or self.scope.target_system
            ):
                continue
            for element, target in group.by_target.get(coding.code, ()):
                unresolved = self._unresolved(target)
                if unresolved is not None:
                    source = coding_in(group, element.code, element.display, of_source=True)
                    found.append(_match(source, group, target, self.seen, unresolved))
        return found


def _match(
    source: Coding, group: Group, target: Target, maps: tuple[str, ...], unresolved: tuple[Dependency, ...]
) -> TranslationMatch:
    return TranslationMatch(
        source,
        coding_in(group, target.code, target.display, of_source=False),
        target.relationship,
        target.equivalence,
        maps,
        target.comment,
        target.value_set,
        unresolved,
        target.product,
        target.properties,
    )


def _is_in(catalog: Catalog, value_set: str, system: str, code: str) -> bool:
    from .validation import validate_in_value_set

    resource = catalog.value_set(value_set)
    if resource is None:
        return False
    finder = Finder(catalog, Options())
    prepare(finder, resource, purpose="validate")
    return validate_in_value_set(catalog, resource, [Coding(system, code)], Options()).result


def chain(first: Relationship, second: Relationship) -> Relationship | None:
    """What A is to C when A is `first` to B and B is `second` to C; None when nothing safe can be said.

    Equivalence passes the other one on; narrower of narrower is narrower, broader of broader is broader. Mixed
    directions and mere relatedness do not carry over.
    """
    if first == "equivalent":
        return second
    if second == "equivalent":
        return first
    directed = {"source-is-narrower-than-target", "source-is-broader-than-target"}
    return first if first == second and first in directed else None


def translate_through(catalog: Catalog, coding: Coding, maps: Sequence[str]) -> TranslationAnswer:
    """Translate by one map after the other; each match names the maps it came by, and only safe steps are taken."""
    found = list(translate(catalog, coding, Scope(map=maps[0])).matches)
    for each in maps[1:]:
        further: list[TranslationMatch] = []
        for step in found:
            if step.no_map:
                continue
            for then in translate(catalog, step.target, Scope(map=each)).matches:
                relationship = chain(step.relationship, then.relationship) if not then.no_map else None
                if relationship is not None:
                    joined = replace(
                        then,
                        source=step.source,
                        relationship=relationship,
                        equivalence=TO_EQUIVALENCE[relationship],
                        maps=(*step.maps, *then.maps),
                        product=(*step.product, *then.product),
                        unresolved=(*step.unresolved, *then.unresolved),
                    )
                    further.append(joined)
        found = further
    message = "" if found else f"No safe translation of {coding.code} through {len(maps)} maps was found"
    return TranslationAnswer(tuple(found), message, tuple(maps))
