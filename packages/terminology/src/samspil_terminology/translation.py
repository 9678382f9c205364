"""$translate: what a code becomes in another code system, by concept maps.

https://hl7.org/fhir/R5/conceptmap-operation-translate.html, https://hl7.org/fhir/R4/conceptmap-operation-translate.html.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from samspil_core.values import Coding, Equivalence

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
)
from .finder import Finder
from .issues import failure
from .options import Options
from .translation_scope import Scope, fits, maps_in, parsed

__all__ = ["TranslationAnswer", "TranslationMatch", "translate"]

Json = Mapping[str, Any]


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


DEEPEST, MOST_OTHERS = 100, 1000
"""How far one map may name another for what is unmapped, and how many maps are asked so for one code."""


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
    is left out; one that depends on a value that is not given is kept, and says so. Raises `OperationFailed` where maps
    name each other for what is unmapped further than can be followed.
    """
    scope = scope or Scope()
    maps = list(maps_in(catalog, scope, coding, reverse=reverse))
    if not maps:
        return TranslationAnswer(message=_no_map(scope))
    found: list[TranslationMatch] = []
    others = iter(range(MOST_OTHERS))
    for each in maps:
        work = _Translator(catalog, scope, dependencies, (each.canonical,), others)
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


@dataclass(frozen=True, slots=True)
class _Translator:
    """One map of one translation; `seen` are the maps on the way here, so that `other-map` cannot go in circles.

    `others` has a value for each map that may still be asked by way of another.
    """

    catalog: Catalog
    scope: Scope
    dependencies: Sequence[Dependency]
    seen: tuple[str, ...]
    others: Iterator[int]

    def forward(self, made: ConceptMap, coding: Coding) -> list[TranslationMatch]:
        """From source to target."""
        found: list[TranslationMatch] = []
        for group in made.groups:
            if not fits(self.catalog, group, coding, self.scope, reverse=False):
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
        if len(self.seen) > DEEPEST or next(self.others, None) is None:
            raise failure("too-costly", "", "MAPS_TOO_MANY", map=self.seen[0], limit=str(MOST_OTHERS))
        inner = replace(self, seen=(*self.seen, other.canonical))
        for each in inner.forward(other, coding):
            yield replace(each, unmapped=True)

    def backward(self, made: ConceptMap, coding: Coding) -> list[TranslationMatch]:
        """From target to source."""
        found: list[TranslationMatch] = []
        for group in made.groups:
            if not fits(self.catalog, group, coding, self.scope, reverse=True):
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
