"""What goes with the matches of a search: an included resource only by a link, asked for, from or to what may be seen.

A server that includes by way of what is withheld would tell of it. https://hl7.org/fhir/R4/search.html#revinclude
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from .features import outgoing, own_key
from .parts import is_object

__all__ = ["included", "is_match", "of_everything", "without_orphans"]

_PATIENT: Final = frozenset({"subject", "patient", "beneficiary", "individual", "for"})
Entry = Mapping[str, Any]
Links = Callable[[Mapping[str, Any]], Iterator[str]]


@dataclass(frozen=True, slots=True)
class _Rule:
    """An `_include` or `_revinclude`: the type and parameter that a link stands in."""

    kind: str
    name: str
    reverse: bool
    iterates: bool

    def links(self, resource: Mapping[str, Any]) -> Iterator[str]:
        """What a resource refers to by this rule's parameter; by anything, where no element goes by its name."""
        if self.kind not in {"*", resource.get("resourceType")}:
            return
        named = [element for element in resource if _goes_by(element, self.name)]
        for element in named if named and self.name != "*" else resource:
            yield from outgoing({element: resource[element]})


def _goes_by(element: str, name: str) -> bool:
    bare = name.replace("-", "").lower()
    return element.lower().startswith(bare) or (bare == "patient" and element in _PATIENT)


def _rules(query: Sequence[tuple[str, str]]) -> Iterator[_Rule]:
    for name, value in query:
        bare, _, modifier = name.partition(":")
        if bare in {"_include", "_revinclude"}:
            kind, _, rest = value.partition(":")
            parameter = rest.partition(":")[0] or "*"
            yield _Rule(kind, parameter, bare == "_revinclude", modifier in {"iterate", "recurse"})


def included(matches: Sequence[Entry], others: Sequence[Entry], query: Sequence[tuple[str, str]]) -> list[Entry]:
    """Those of the others that a rule of the query leads to from what is left."""
    rules = list(_rules(query))
    first = {own_key(one["resource"]) for one in matches}
    forward, reverse = ([one for one in rules if one.reverse is way] for way in (False, True))

    def out(resource: Mapping[str, Any]) -> Iterator[str]:
        is_match = own_key(resource) in first
        for rule in forward:
            if is_match or rule.iterates:
                yield from rule.links(resource)

    def back(resource: Mapping[str, Any]) -> Iterator[str]:
        for rule in reverse:
            yield from (one for one in rule.links(resource) if rule.iterates or one in first)

    return _reached(matches, others, out, back)


def of_everything(entries: Sequence[Entry], name: str) -> list[Entry]:
    """Of the entries of `$everything` on `Type/id`: itself, what refers to it, and what these lead to."""
    roots = [one for one in entries if own_key(one["resource"]) == name]
    others = [one for one in entries if own_key(one["resource"]) != name]

    def back(resource: Mapping[str, Any]) -> Iterator[str]:
        yield from (one for one in outgoing(resource) if one == name)

    return [*roots, *_reached(roots, others, outgoing, back)]


def _reached(kept: Sequence[Entry], others: Sequence[Entry], out: Links, back: Links) -> list[Entry]:
    """Those that are reached from what is kept, in the order they came."""
    leading: dict[str, set[int]] = {}
    for at, one in enumerate(others):
        for target in back(one["resource"]):
            leading.setdefault(target, set()).add(at)
    places: dict[str, set[int]] = {}
    for at, one in enumerate(others):
        places.setdefault(own_key(one["resource"]), set()).add(at)
    reached: set[int] = set()
    waiting = list(kept)
    while waiting:
        here = waiting.pop()["resource"]
        found = set(leading.get(own_key(here), ()))
        for target in out(here):
            found |= places.get(target, set())
        waiting += [others[at] for at in found - reached]
        reached |= found
    return [others[at] for at in sorted(reached)]


def is_match(entry: Mapping[str, Any]) -> bool:
    """Whether an entry answers the search itself."""
    return _mode(entry) == "match"


def _mode(entry: Mapping[str, Any]) -> str:
    search = entry.get("search")
    return str(search.get("mode", "match")) if is_object(search) else "match"


def without_orphans(entries: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Included resources only where something that is left leads to them, or they lead to it."""
    waiting = [each for each in entries if _mode(each) == "include"]
    if not waiting:
        return entries
    kept = {own_key(each["resource"]) for each in entries if _mode(each) in {"match", "outcome"}}
    linked = {target for each in entries if is_match(each) for target in outgoing(each["resource"])}
    grown = True
    while grown:
        grown = False
        for each in tuple(waiting):
            own, out = own_key(each["resource"]), set(outgoing(each["resource"]))
            if own in linked or out & kept:
                kept.add(own)
                linked |= out
                waiting.remove(each)
                grown = True
    return [each for each in entries if _mode(each) != "include" or own_key(each["resource"]) in kept]
