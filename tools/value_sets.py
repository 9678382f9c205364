"""Expand value sets that are composed of whole code systems and of codes listed one by one."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

Json = dict[str, Any]
Expand = Callable[[str], frozenset[str]]


class NotSimpleError(Exception):
    """The value set needs a filter, or a code system whose content is not at hand."""


def expander(resources: list[Json]) -> Expand:
    """Give a function from canonical to codes; no codes where the value set is not simple."""
    known = {resource["url"]: resource for resource in resources if "url" in resource}

    @cache
    def expand(canonical: str) -> frozenset[str]:
        try:
            return _value_set(known, canonical)
        except NotSimpleError:
            return frozenset()

    return expand


def _value_set(known: dict[str, Json], canonical: str) -> frozenset[str]:
    compose = known.get(canonical.partition("|")[0], {}).get("compose")
    if compose is None:
        raise NotSimpleError(canonical)
    included = [_clause(known, clause) for clause in compose["include"]]
    excluded = [_clause(known, clause) for clause in compose.get("exclude", ())]
    empty: frozenset[str] = frozenset()
    return empty.union(*included).difference(*excluded)


def _clause(known: dict[str, Json], clause: Json) -> frozenset[str]:
    if "filter" in clause:
        raise NotSimpleError(clause)
    sets: list[frozenset[str]] = [_value_set(known, canonical) for canonical in clause.get("valueSet", ())]
    if "concept" in clause:
        sets.append(frozenset(concept["code"] for concept in clause["concept"]))
    elif "system" in clause:
        sets.append(_code_system(known, clause["system"]))
    return sets[0].intersection(*sets[1:])


def _code_system(known: dict[str, Json], url: str) -> frozenset[str]:
    system = known.get(url, {})
    if system.get("content") != "complete":
        raise NotSimpleError(url)
    return frozenset(_codes(system.get("concept", ())))


def _codes(concepts: list[Json]) -> Iterator[str]:
    for concept in concepts:
        yield concept["code"]
        yield from _codes(concept.get("concept", []))
