"""An element of a differential laid over the element it constrains, field by field.

https://hl7.org/fhir/R4/elementdefinition.html#interpretation
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from .node import Element

__all__ = ["lay_over", "state_base"]

_TEXTS = frozenset({"definition", "comment", "requirements"})
_UNIONS = {
    "alias": None,
    "mapping": ("identity", "map"),
    "condition": None,
    "code": ("system", "code"),
    "example": ("label",),
}
_NOT_LAID = frozenset({"id", "path", "base", "constraint", "slicing", "binding", "extension"})
_BINDABLE = frozenset(
    {
        *("code", "Coding", "CodeableConcept", "CodeableReference", "string", "markdown", "id"),
        *("uri", "url", "canonical", "oid", "uuid"),
        *("Quantity", "SimpleQuantity", "Age", "Count", "Distance", "Duration", "Money"),
    }
)
_VALUE_PREFIXES = ("fixed", "pattern", "defaultValue", "minValue", "maxValue")


def lay_over(element: Element, change: Mapping[str, Any], source: str) -> None:
    """Change an element as the differential says; `source` is the canonical URL of the profile that says it."""
    for key, value in change.items():
        if key in _NOT_LAID:
            continue
        if key in _TEXTS:
            element[key] = _text(element.get(key), value)
        elif key in _UNIONS:
            element[key] = _union(element.get(key, []), value, _UNIONS[key])
        else:
            _replace(element, key, value)
    if "slicing" in change:
        element["slicing"] = {**element.get("slicing", {}), **copy.deepcopy(change["slicing"])}
    if "binding" in change:
        element["binding"] = {**element.get("binding", {}), **copy.deepcopy(change["binding"])}
    if "constraint" in change:
        element["constraint"] = _constraints(element.get("constraint", []), change["constraint"], source)
    if "extension" in change:
        element["extension"] = _union(element.get("extension", []), change["extension"], ("url",))
    if "type" in change and "binding" in element and "binding" not in change and not _bindable(element["type"]):
        del element["binding"]


def state_base(element: Element) -> None:
    """State the element a profile starts from, where its own base does not state it yet."""
    if "base" not in element:
        element["base"] = {"path": element["path"], "min": element.get("min", 0), "max": element.get("max", "1")}


def _replace(element: Element, key: str, value: Any) -> None:
    for prefix in _VALUE_PREFIXES:
        if key.startswith(prefix) and (key == prefix or key[len(prefix)].isupper()):
            for other in [name for name in element if name.startswith(prefix) and name != key]:
                if other[len(prefix) : len(prefix) + 1].isupper():
                    del element[other]
    if key.startswith("fixed"):
        for other in [name for name in element if name.startswith("pattern")]:
            del element[other]
    element[key] = copy.deepcopy(value)


def _text(before: Any, after: Any) -> Any:
    """A text that begins with `...` goes on from the one it replaces."""
    if isinstance(after, str) and after.startswith("...") and isinstance(before, str):
        return f"{before}\r\n{after[3:]}"
    return after


def _union(before: Iterable[Any], after: Iterable[Any], keys: tuple[str, ...] | None) -> list[Any]:
    def identity(value: Any) -> Any:
        return [value.get(key) for key in keys] if keys else value

    made = list(before)
    for each in after:
        place = next((number for number, other in enumerate(made) if identity(other) == identity(each)), None)
        if place is None:
            made.append(copy.deepcopy(each))
        else:
            made[place] = copy.deepcopy(each)
    return made


def _constraints(before: Iterable[Element], after: Iterable[Element], source: str) -> list[Element]:
    made = list(before)
    for each in after:
        stated = {**copy.deepcopy(each)}
        stated.setdefault("source", source)
        place = next((number for number, other in enumerate(made) if other.get("key") == each.get("key")), None)
        if place is None:
            made.append(stated)
        else:
            made[place] = stated
    return made


def _bindable(types: Iterable[Mapping[str, Any]]) -> bool:
    codes = [str(each.get("code", "")) for each in types]
    return not codes or any(code in _BINDABLE or "/" in code for code in codes)
