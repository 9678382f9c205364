"""Whether JSON that came from outside has the shape of FHIR: lists where there are lists, objects where there are objects.

https://hl7.org/fhir/R5/json.html. Nothing else is checked: that is the business of a validator.
"""

from collections.abc import Iterable, Mapping
from typing import Any, cast

__all__ = ["misshapen"]

_OBJECTS = frozenset(
    {
        "codeSystem",
        "coding",
        "concept",
        "contained",
        "contains",
        "dependsOn",
        "designation",
        "element",
        "entry",
        "exclude",
        "extension",
        "filter",
        "group",
        "include",
        "modifierExtension",
        "parameter",
        "part",
        "product",
        "uniqueId",
    }
)
"""Elements that are lists of objects wherever a terminology resource has them."""

_OBJECT = frozenset({"compose", "expansion", "resource", "unmapped", "valueCodeableConcept", "valueCoding"})
_EITHER = frozenset({"property", "target", "valueSet"})
"""Lists of objects in one place, and plain values or lists of them in another."""

_DEEPEST = 200


def misshapen(value: Mapping[str, Any], place: str = "", depth: int = 0) -> str:
    """The place of the first element of another shape, such as `ValueSet.compose.include`; empty when there is none."""
    place = place or str(value.get("resourceType", "resource"))
    if depth > _DEEPEST:
        return place
    for name, held in value.items():
        if name in _OBJECTS or name in _OBJECT or name in _EITHER:
            found = _element(name, held, f"{place}.{name}", depth)
            if found:
                return found
    return ""


def _element(name: str, held: Any, place: str, depth: int) -> str:
    if isinstance(held, Mapping):
        if name in _OBJECTS:
            return place
        return misshapen(cast("Mapping[str, Any]", held), place, depth + 1)
    if isinstance(held, list):
        if name in _OBJECT:
            return place
        return _every(name, cast("list[Any]", held), place, depth)
    return place if name not in _EITHER or (name == "property" and not isinstance(held, str)) else ""


def _every(name: str, some: Iterable[Any], place: str, depth: int) -> str:
    for at, each in enumerate(some):
        if isinstance(each, Mapping):
            found = misshapen(cast("Mapping[str, Any]", each), f"{place}[{at}]", depth + 1)
            if found:
                return found
        elif name in _OBJECTS or not isinstance(each, str):
            return f"{place}[{at}]"
    return ""
