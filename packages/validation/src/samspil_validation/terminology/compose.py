"""A value set computed from its compose, as far as the code systems are at hand.

https://hl7.org/fhir/R4/valueset.html#compositions
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from samspil_validation.shape import node, nodes, texts

from .answers import Members
from .grammars import GRAMMARS
from .systems import System

__all__ = ["compose"]

_DEPTH = 12


def compose(
    value_set: dict[str, Any],
    system_of: Callable[[str, str], System | None],
    members_of: Callable[[str, int], Members | None],
    depth: int = 0,
) -> Members:
    """The members of a ValueSet; `system_of(url, version)` and `members_of(canonical, depth)` give what it names."""
    included = node(value_set, "compose")
    expansion = node(value_set, "expansion")
    if not included.get("include"):
        return _expanded(expansion)
    found = Members()
    for each in nodes(included, "include"):
        _add(found, _included(each, system_of, members_of, depth))
    for each in nodes(included, "exclude"):
        _remove(found, _included(each, system_of, members_of, depth))
    if included.get("inactive") is False:
        for each in found.codes:
            _drop_inactive(found, each, system_of)
    if found.open and expansion.get("contains") and _whole(expansion):
        return _expanded(expansion)
    return found


def _drop_inactive(found: Members, url: str, system_of: Callable[[str, str], System | None]) -> None:
    """Leave out the inactive codes of a system, as `compose.inactive` asks."""
    system = system_of(url, "")
    if system is not None and system.inactive:
        found.codes[url] -= system.inactive
        found.barred[url] = found.barred.get(url, frozenset()) | system.inactive


def _whole(expansion: dict[str, Any]) -> bool:
    """Whether an expansion holds all codes: not a page of it, and not marked as cut short or unclosed."""
    marks = {str(each.get("url", "")).rpartition("/")[2] for each in nodes(expansion, "extension")}
    names = {str(each.get("name", "")) for each in nodes(expansion, "parameter")}
    listed = sum(1 for _ in _contained(expansion))
    total = expansion.get("total")
    return (
        not marks & {"valueset-unclosed", "valueset-toocostly"}
        and "limitedExpansion" not in names
        and (not isinstance(total, int) or total <= listed)
    )


def _contained(holder: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for each in nodes(holder, "contains"):
        yield each
        yield from _contained(each)


def _expanded(expansion: dict[str, Any]) -> Members:
    codes: dict[str, set[str]] = {}
    for each in _contained(expansion):
        if each.get("code") and not each.get("abstract"):
            codes.setdefault(str(each.get("system", "")), set()).add(str(each["code"]))
    is_open = not expansion or not _whole(expansion)
    return Members(
        {system: frozenset(found) for system, found in codes.items()},
        frozenset({"*"}) if is_open else frozenset(),
        why="the value set lists no codes" if is_open else "",
    )


def _included(
    part: dict[str, Any],
    system_of: Callable[[str, str], System | None],
    members_of: Callable[[str, int], Members | None],
    depth: int,
) -> Members:
    found: Members | None = None
    if part.get("system"):
        found = _of_system(str(part["system"]), part, system_of)
    for canonical in texts(part, "valueSet"):
        other = members_of(str(canonical), depth + 1) if depth < _DEPTH else None
        if other is None:
            other = Members(open=frozenset({"*"}), why=f"the value set {canonical} is not at hand")
        found = other if found is None else _both(found, other)
    return found or Members(open=frozenset({"*"}), why="an include names nothing")


def _of_system(url: str, part: dict[str, Any], system_of: Callable[[str, str], System | None]) -> Members:
    listed = nodes(part, "concept")
    if listed:
        codes = frozenset(str(each.get("code", "")) for each in listed)
        system = system_of(url, str(part.get("version", "")))
        folds = system is not None and not system.case_sensitive
        return Members(
            {url: frozenset(code.lower() for code in codes) | codes if folds else codes},
            folded=frozenset({url}) if folds else frozenset(),
        )
    filters = nodes(part, "filter")
    if url in GRAMMARS and not filters:
        return Members(grammars=frozenset({url}))
    system = system_of(url, str(part.get("version", "")))
    if system is None:
        return Members(open=frozenset({url}), why=f"the code system {url} is not at hand")
    codes = system.filtered(filters) if filters else frozenset(system.displays)
    if codes is None:
        return Members(open=frozenset({url}), why=f"a filter over {url} cannot be applied here")
    folds = not system.case_sensitive
    return Members(
        {url: frozenset(code.lower() for code in codes) | codes if folds else codes},
        open=frozenset() if system.complete else frozenset({url}),
        folded=frozenset({url}) if folds else frozenset(),
        why="" if system.complete else f"the code system {url} is not whole",
    )


def _add(found: Members, more: Members) -> None:
    for system, codes in more.codes.items():
        found.codes[system] = found.codes.get(system, frozenset()) | codes
    found.open |= more.open
    found.grammars |= more.grammars
    found.folded |= more.folded
    found.why = found.why or more.why


def _remove(found: Members, less: Members) -> None:
    for system, codes in less.codes.items():
        if system in found.codes:
            found.codes[system] -= codes
        found.barred[system] = found.barred.get(system, frozenset()) | codes
    if less.open:
        found.open |= less.open & (found.codes.keys() | found.open | {"*"})
        found.codes = {system: codes for system, codes in found.codes.items() if system not in less.open}
        found.why = found.why or less.why


def _both(one: Members, other: Members) -> Members:
    """The intersection; a code that one side has and the other does not know stays unknown."""
    codes: dict[str, frozenset[str]] = {}
    unknown: set[str] = set()
    for system in {*one.codes, *other.codes}:
        left, right = one.codes.get(system, frozenset()), other.codes.get(system, frozenset())
        sure = (left & right) | _grammatical(left, system, other) | _grammatical(right, system, one)
        codes[system] = sure
        if (left - sure and _is_open(other, system)) or (right - sure and _is_open(one, system)):
            unknown.add(system)
    for system in one.open | other.open:
        if _is_open(one, system) and _is_open(other, system):
            unknown.add(system)
    return Members(
        codes, frozenset(unknown), one.grammars & other.grammars, one.folded | other.folded, why=one.why or other.why
    )


def _is_open(members: Members, system: str) -> bool:
    return system in members.open or "*" in members.open


def _grammatical(codes: frozenset[str], system: str, other: Members) -> frozenset[str]:
    if system not in other.grammars:
        return frozenset()
    return frozenset(code for code in codes if GRAMMARS[system](code))
