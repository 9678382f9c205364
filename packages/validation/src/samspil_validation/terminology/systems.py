"""A CodeSystem as tables: displays, parents, properties; and the filters of a value set over them.

https://hl7.org/fhir/R4/codesystem.html#filters
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from samspil_fhirpath.errors import FhirPathError
from samspil_fhirpath.regex import pattern
from samspil_validation.shape import node, nodes

__all__ = ["System", "tabulate"]

_PARENTS = frozenset({"subsumedBy", "parent"})


@dataclass(slots=True)
class System:
    """The concepts of a code system. `complete` is whether they are all there."""

    url: str
    complete: bool
    case_sensitive: bool
    displays: dict[str, tuple[str, ...]] = field(default_factory=dict[str, "tuple[str, ...]"])
    parents: dict[str, set[str]] = field(default_factory=dict[str, "set[str]"])
    properties: dict[str, list[tuple[str, str]]] = field(default_factory=dict[str, "list[tuple[str, str]]"])

    @property
    def inactive(self) -> frozenset[str]:
        """The codes that are marked as inactive: https://hl7.org/fhir/R4/codesystem-concept-properties.html."""
        return frozenset(code for code, pairs in self.properties.items() if any(each in _INACTIVE for each in pairs))

    def filtered(self, filters: Sequence[dict[str, Any]]) -> frozenset[str] | None:
        """The codes that meet all filters, or None when one of them cannot be applied here."""
        found = frozenset(self.displays)
        for each in filters:
            met = self._met(str(each.get("property", "")), str(each.get("op", "")), str(each.get("value", "")))
            if met is None:
                return None
            found &= met
        return found

    def _met(self, name: str, operation: str, value: str) -> frozenset[str] | None:  # noqa: C901, PLR0911  one case a filter
        match operation:
            case "is-a":
                return self._below(value) | ({value} & self.displays.keys())
            case "descendent-of" | "descendant-of":
                return self._below(value)
            case "is-not-a":
                return frozenset(self.displays) - self._below(value) - {value}
            case "generalizes":
                return self._above(value) | {value}
            case "child-of":
                return frozenset(code for code, above in self.parents.items() if value in above)
            case "descendent-leaf":
                below = self._below(value)
                inner = {parent for code in below for parent in self.parents.get(code, ())}
                return below - inner
            case "=":
                return self._where(name, lambda text: text == value)
            case "regex":
                return self._of_form(name, value)
            case "in":
                wanted = {part.strip() for part in value.split(",")}
                return self._where(name, wanted.__contains__)
            case "not-in":
                wanted = {part.strip() for part in value.split(",")}
                return frozenset(self.displays) - self._where(name, wanted.__contains__)
            case "exists":
                there = self._where(name, lambda _: True)
                return there if value == "true" else frozenset(self.displays) - there
            case _:
                return None

    def _of_form(self, name: str, regex: str) -> frozenset[str] | None:
        try:
            return self._where(name, pattern(regex).fullmatch)
        except FhirPathError:
            return None

    def _where(self, name: str, test: Callable[[str], object]) -> frozenset[str]:
        if name in {"code", "concept"}:
            return frozenset(code for code in self.displays if test(code))
        if name == "display":
            return frozenset(code for code, texts in self.displays.items() if any(map(test, texts)))
        if name == "parent":
            return frozenset(code for code, above in self.parents.items() if any(map(test, above)))
        return frozenset(
            code for code, pairs in self.properties.items() if any(key == name and test(text) for key, text in pairs)
        )

    def _below(self, top: str) -> frozenset[str]:
        children: dict[str, list[str]] = {}
        for code, above in self.parents.items():
            for parent in above:
                children.setdefault(parent, []).append(code)
        return _reached(top, lambda code: children.get(code, ()))

    def _above(self, bottom: str) -> frozenset[str]:
        return _reached(bottom, lambda code: self.parents.get(code, ()))


_INACTIVE = frozenset({("inactive", "true"), ("status", "retired"), ("status", "inactive")})


def _reached(start: str, step: Callable[[str], Iterable[str]]) -> frozenset[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for each in step(waiting.pop()):
            if each not in found:
                found.add(each)
                waiting.append(each)
    return frozenset(found)


def tabulate(resource: dict[str, Any], supplements: Sequence[dict[str, Any]] = ()) -> System:
    """The tables of a CodeSystem resource; supplements add designations."""
    system = System(
        str(resource.get("url", "")),
        resource.get("content") == "complete",
        resource.get("caseSensitive") is not False,
    )
    for concept, parent in _concepts(resource):
        code = str(concept.get("code", ""))
        texts = [concept.get("display"), *(each.get("value") for each in nodes(concept, "designation"))]
        system.displays[code] = tuple(text for text in texts if isinstance(text, str))
        above = {parent} - {""}
        pairs: list[tuple[str, str]] = []
        for each in nodes(concept, "property"):
            name = str(each.get("code", ""))
            text = _text(each)
            pairs.append((name, text))
            if name in _PARENTS:
                above.add(text)
        if pairs:
            system.properties[code] = pairs
        if above:
            system.parents[code] = above
    for supplement in supplements:
        for concept, _ in _concepts(supplement):
            code = str(concept.get("code", ""))
            more = [concept.get("display"), *(each.get("value") for each in nodes(concept, "designation"))]
            if code in system.displays:
                system.displays[code] += tuple(text for text in more if isinstance(text, str))
    return system


def _text(item: dict[str, Any]) -> str:
    for key, value in item.items():
        if key.startswith("value"):
            if isinstance(value, bool):
                return "true" if value else "false"
            return str(node(item, key).get("code", "")) if isinstance(value, dict) else str(value)
    return ""


def _concepts(holder: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    waiting = [(each, "") for each in reversed(nodes(holder, "concept"))]
    while waiting:
        concept, above = waiting.pop()
        yield concept, above
        code = str(concept.get("code", ""))
        waiting.extend((each, code) for each in reversed(nodes(concept, "concept")))
