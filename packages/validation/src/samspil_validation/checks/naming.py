"""What an element may be called in the context of an extension: its paths, its type and the types above that.

https://hl7.org/fhir/R4/defining-extensions.html#context
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from samspil_validation.place import choice_key

if TYPE_CHECKING:
    from samspil_validation.schema import Schema

__all__ = ["names_of"]

BASE = "http://hl7.org/fhir/StructureDefinition/"
_INTERFACES = ("CanonicalResource", "MetadataResource")


def names_of(keys: tuple[str, ...], schema: Schema) -> frozenset[str] | None:
    """The names for the element that `keys` lead to: a resource type, then the JSON keys below it.

    None when the keys lead nowhere the definitions know.
    """
    plan = schema.type_plan(keys[0])
    if plan is None:
        return None
    paths = _kinds(keys[0], schema)
    elements: list[dict[str, Any]] = plan["c"]
    type_name = keys[0]
    element: dict[str, Any] = {}
    for key in keys[1:]:
        found = _element(elements, key)
        if found is None:
            return None
        element, type_name = found
        step = element["n"]
        choice = element.get("x")
        paths = {f"{path}.{step}{mark}" for path in paths for mark in (("", "[x]") if choice else ("",))}
        if choice:
            paths |= {path.removesuffix("[x]")[: -len(step)] + key for path in paths if path.endswith("[x]")}
        if element.get("r"):
            paths |= {element["r"]}
            elements = _named(plan["c"], element["r"])
        elif "c" in element:
            paths |= {element.get("id", "")}
            elements = element["c"]
        else:
            inner = schema.type_plan(type_name) if type_name else None
            elements = inner["c"] if inner else []
            paths |= {type_name}
    return frozenset(paths | _kinds(type_name, schema)) - {""}


def _element(elements: list[dict[str, Any]], key: str) -> tuple[dict[str, Any], str] | None:
    for element in elements:
        if element.get("x"):
            for code, _, _ in element["t"]:
                if key == choice_key(element["n"], code):
                    return element, code
        elif element["n"] == key:
            return element, element["t"][0][0] if element["t"] else ""
    return None


def _named(elements: list[dict[str, Any]], identity: str) -> list[dict[str, Any]]:
    for element in elements:
        if element.get("id") == identity:
            return element.get("c", [])
        found = _named(element.get("c", []), identity)
        if found:
            return found
    return []


def _kinds(name: str, schema: Schema) -> set[str]:
    """A type and those it specializes; every element that is no resource is an Element."""
    found: set[str] = set()
    at = name
    while at and at not in found:
        found.add(at)
        heading = schema.definitions.heading("StructureDefinition", BASE + at)
        at = heading.base.rpartition("/")[2] if heading is not None else ""
    if name in schema.resource_types:
        plan = schema.type_plan(name)
        names = {each["n"] for each in plan["c"]} if plan else set[str]()
        if {"url", "status"} <= names:
            found.update(_INTERFACES)
    else:
        found.add("Element")
    return found
