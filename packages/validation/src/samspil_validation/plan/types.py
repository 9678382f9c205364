"""The plan of a base type: what its snapshot says, without what its data types say themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from samspil_validation.shape import node, nodes, texts

from .constraints import constraints_of
from .tree import Node, build, type_code, value_of

__all__ = ["binding_of", "plan_type", "root_keys"]

Structures = Callable[[str], "dict[str, Any] | None"]

BASE = "http://hl7.org/fhir/StructureDefinition/"
_MAX_VALUE_SET = "http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet"


def plan_type(structure: dict[str, Any], keys_of: Callable[[str], frozenset[str]]) -> dict[str, Any]:
    """The plan of a type; `keys_of` gives the keys of the invariants that a type states at its own root."""
    top = build(structure)
    return {
        "name": structure.get("type"),
        "url": structure.get("url"),
        "kind": structure.get("kind"),
        "abstract": bool(structure.get("abstract")),
        "k": constraints_of(top.element),
        "c": [_element(child, keys_of, structure) for child in top.children.values()],
    }


def root_keys(structure: dict[str, Any]) -> frozenset[str]:
    """The keys of the invariants at the root of a snapshot."""
    elements = nodes(node(structure, "snapshot"), "element")
    return frozenset(str(each.get("key")) for element in elements[:1] for each in nodes(element, "constraint"))


def _element(node: Node, keys_of: Callable[[str], frozenset[str]], structure: dict[str, Any]) -> dict[str, Any]:
    element = node.element
    types: list[list[Any]] = [_type(each) for each in node.types]
    if structure.get("kind") == "resource" and element.get("path", "").count(".") == 1 and node.name == "id":
        types = [["id", [], []]]
    elif node.name == "id" and types and types[0][0] == "id":
        types = [["string", [], []]]  # R4B and R5 say id of every element's id, whose text says any string
    known = frozenset[str]().union(*(keys_of(code) for code, _, _ in types)) if types else frozenset[str]()
    plan: dict[str, Any] = {"n": node.name.removesuffix("[x]"), "t": types}
    _put(plan, "x", node.name.endswith("[x]"))
    _put(plan, "min", node.minimum)
    plan["max"] = node.maximum
    _put(plan, "k", constraints_of(element, known))
    _put(plan, "b", binding_of(element))
    _put(plan, "r", str(element.get("contentReference") or "").rpartition("#")[2])
    _put(plan, "ml", element.get("maxLength"))
    _put(plan, "f", value_of(element, "fixed"))
    _put(plan, "p", value_of(element, "pattern"))
    if node.children:
        plan["c"] = [_element(child, keys_of, structure) for child in node.children.values()]
    if plan.get("c") or plan.get("r"):
        plan["id"] = element.get("path")
    return plan


def _put(plan: dict[str, Any], key: str, value: Any) -> None:
    if value:
        plan[key] = value


def _type(declared: dict[str, Any]) -> list[Any]:
    profiles = list(texts(declared, "profile"))
    return [type_code(declared), profiles, list(texts(declared, "targetProfile"))]


def binding_of(element: dict[str, Any]) -> list[Any] | None:
    """`[strength, value set, greatest value set]` of an element, or None."""
    binding = element.get("binding")
    if not binding or not binding.get("valueSet"):
        return None
    greatest = next(
        (
            each.get("valueCanonical") or each.get("valueUri") or ""
            for each in nodes(binding, "extension")
            if each.get("url") == _MAX_VALUE_SET
        ),
        "",
    )
    for each in nodes(binding, "additional"):
        if each.get("purpose") == "maximum" and not each.get("usage"):
            greatest = each.get("valueSet") or greatest
    return [binding.get("strength", "example"), binding["valueSet"], greatest]
