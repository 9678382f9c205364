"""Whether JSON that came from outside has the shape of FHIR: lists where there are lists, objects where there are objects.

https://hl7.org/fhir/R5/json.html. Only what the engine reads is looked at; the rest is the business of a validator.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

__all__ = ["misshapen"]

Shape = str | list[str]
"""`text`, `plain` (any primitive), the name of a type in `_TYPES`, or a list of one of these."""

_TEXTS = ("id", "url", "version", "name", "title", "status", "language", "resourceType")
_RESOURCE: dict[str, Shape] = {
    **dict.fromkeys(_TEXTS, "text"),
    "extension": ["Extension"],
    "contained": ["Resource"],
}
_TYPES: dict[str, dict[str, Shape]] = {
    "Parameters": {"id": "text", "parameter": ["Parameter"]},
    "Parameter": {"name": "text", "part": ["Parameter"], "resource": "Resource"},
    "Bundle": {"type": "text", "entry": ["Entry"]},
    "Entry": {"fullUrl": "text", "resource": "Resource", "request": "Request"},
    "Request": {"method": "text", "url": "text"},
    "Extension": {"url": "text", "extension": ["Extension"]},
    "Coding": {"system": "text", "version": "text", "code": "text", "display": "text", "extension": ["Extension"]},
    "CodeableConcept": {"coding": ["Coding"], "text": "text"},
    "Designation": {"language": "text", "value": "text", "use": "Coding", "extension": ["Extension"]},
    "Property": {"code": "text", "uri": "text", "type": "text"},
    "NamingSystem": {**_RESOURCE, "uniqueId": ["UniqueId"]},
    "UniqueId": {"type": "text", "value": "text"},
    "CodeSystem": {
        **_RESOURCE,
        "content": "text",
        "supplements": "text",
        "valueSet": "text",
        "hierarchyMeaning": "text",
        "caseSensitive": "plain",
        "versionNeeded": "plain",
        "experimental": "plain",
        "property": ["Property"],
        "filter": ["CodeSystemFilter"],
        "concept": ["Concept"],
    },
    "CodeSystemFilter": {"code": "text", "value": "text", "operator": ["text"]},
    "Concept": {
        "code": "text",
        "display": "text",
        "definition": "text",
        "designation": ["Designation"],
        "property": ["Property"],
        "concept": ["Concept"],
        "extension": ["Extension"],
    },
    "ValueSet": {**_RESOURCE, "experimental": "plain", "compose": "Compose", "expansion": "Expansion"},
    "Compose": {
        "include": ["Include"],
        "exclude": ["Include"],
        "property": ["text"],
        "inactive": "plain",
        "extension": ["Extension"],
    },
    "Include": {
        "system": "text",
        "version": "text",
        "concept": ["Concept"],
        "filter": ["Filter"],
        "valueSet": ["text"],
        "extension": ["Extension"],
    },
    "Filter": {"property": "text", "op": "text", "value": "text", "extension": ["Extension"]},
    "Expansion": {"contains": ["Contains"], "parameter": ["Parameter"], "property": ["Property"]},
    "Contains": {
        **dict.fromkeys(("system", "version", "code", "display"), "text"),
        "abstract": "plain",
        "inactive": "plain",
        "designation": ["Designation"],
        "property": ["Property"],
        "contains": ["Contains"],
        "extension": ["Extension"],
    },
    "ConceptMap": {**_RESOURCE, "property": ["Property"], "additionalAttribute": ["Property"], "group": ["Group"]},
    "Group": {
        **dict.fromkeys(("source", "sourceVersion", "target", "targetVersion"), "text"),
        "element": ["Element"],
        "unmapped": "Unmapped",
    },
    "Element": {"code": "text", "display": "text", "valueSet": "text", "noMap": "plain", "target": ["Target"]},
    "Target": {
        **dict.fromkeys(("code", "display", "equivalence", "relationship", "comment", "valueSet"), "text"),
        "property": ["Property"],
        "dependsOn": ["Dependency"],
        "product": ["Dependency"],
    },
    "Dependency": {
        **dict.fromkeys(("property", "attribute", "system", "display", "valueSet"), "text"),
        "value": "plain",
    },
    "Unmapped": dict.fromkeys(("mode", "code", "display", "url", "otherMap", "relationship", "valueSet"), "text"),
}
_VALUES = {"valueCoding": "Coding", "valueCodeableConcept": "CodeableConcept"}
_PRIMITIVE = [
    "Base64Binary",
    "Boolean",
    "Canonical",
    "Code",
    "Date",
    "DateTime",
    "Decimal",
    "Id",
    "Instant",
    "Integer",
    "Integer64",
    "Markdown",
    "Oid",
    "PositiveInt",
    "String",
    "Time",
    "UnsignedInt",
    "Uri",
    "Url",
    "Uuid",
]
_SHAPES: dict[str, Shape] = {**_VALUES, **{f"value{each}": "plain" for each in _PRIMITIVE}}
_VALUED = frozenset({"Parameter", "Extension", "Property", "Dependency"})
for _name in _VALUED:
    _TYPES[_name] = {**_SHAPES, **_TYPES[_name]}

_DEEPEST = 200


def misshapen(value: object, place: str = "") -> str:
    """The place of the first element of another shape, such as `ValueSet.compose.include`; empty when there is none."""
    return _resource(value, place or _kind(value) or "resource", 0)


def _kind(value: object) -> str:
    kind = cast("Mapping[str, Any]", value).get("resourceType", "") if isinstance(value, Mapping) else ""
    return kind if isinstance(kind, str) else ""


def _resource(value: object, place: str, depth: int) -> str:
    if not isinstance(value, Mapping):
        return place
    held = cast("Mapping[str, Any]", value)
    if not isinstance(held.get("resourceType", ""), str):
        return f"{place}.resourceType"
    shape = _TYPES.get(_kind(held) or "Parameters")
    return _object(held, shape, place, depth) if shape is not None else ""


def _object(value: Mapping[str, Any], shape: Mapping[str, Shape], place: str, depth: int) -> str:
    if depth > _DEEPEST:
        return place
    for name, held in value.items():
        wanted = shape.get(name)
        if wanted is not None:
            found = _element(held, wanted, f"{place}.{name}", depth)
            if found:
                return found
    return ""


def _element(held: Any, wanted: Shape, place: str, depth: int) -> str:
    if isinstance(wanted, str):
        return _one(held, wanted, place, depth)
    if not isinstance(held, list):
        return place
    for at, each in enumerate(cast("list[Any]", held)):
        found = _one(each, wanted[0], f"{place}[{at}]", depth)
        if found:
            return found
    return ""


def _one(held: Any, wanted: str, place: str, depth: int) -> str:
    if wanted == "text":
        return "" if isinstance(held, str) else place
    if wanted == "plain":
        return "" if isinstance(held, str | bool | int | Decimal) else place
    if wanted == "Resource":
        return _resource(held, place, depth + 1)
    return (
        _object(cast("Mapping[str, Any]", held), _TYPES[wanted], place, depth + 1)
        if isinstance(held, Mapping)
        else place
    )
