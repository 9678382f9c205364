"""The plan of a profile: what it asks beyond its base type, found by holding its snapshot against the base's.

An element that says nothing of its own is left out, and so a resource is checked against its type once, and against
each profile for the difference alone.
"""

from __future__ import annotations

from typing import Any

from samspil_validation.place import choice_key
from samspil_validation.shape import node as inner_node
from samspil_validation.shape import nodes, texts

from .constraints import constraints_of
from .discriminators import criterion
from .library import Library
from .tree import Node, build, extension_values, type_code, value_of
from .types import binding_of

__all__ = ["plan_profile"]

_LEAST_LENGTH = "http://hl7.org/fhir/StructureDefinition/minLength"
_ALTERNATIVES = "http://hl7.org/fhir/5.0/StructureDefinition/extension-ElementDefinition.valueAlternatives"
_RESOURCES = frozenset({"Resource", "DomainResource"})


def plan_profile(structure: dict[str, Any], library: Library) -> dict[str, Any]:
    """The plan of a StructureDefinition that constrains a type. Raises ValueError when it cannot be made."""
    top = build(structure)
    base = library.tree(str(structure.get("type")))
    if base is None:
        raise ValueError(f"the type {structure.get('type')} is not defined")
    keys = frozenset(str(each.get("key")) for each in nodes(base.element, "constraint"))
    return {
        "url": structure.get("url"),
        "type": structure.get("type"),
        "k": constraints_of(top.element, keys),
        "c": _children(top, base, library),
        **_constants(top.element),
    }


def _children(node: Node, base: Node | None, library: Library) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for child in node.children.values():
        below = library.child(base, child.name)
        if below is None and not child.name.endswith("[x]"):
            renamed = _renamed(child, base, library)
            if renamed:
                found.append(renamed)
                continue
        plan = _element(child, below, library)
        if plan:
            found.append(plan)
    return found


def _renamed(child: Node, base: Node | None, library: Library) -> dict[str, Any] | None:
    """An element called valueQuantity in a snapshot, where the type has value[x]: the choice, kept to one type."""
    for name, code in library.choices(base):
        if child.name == choice_key(name, code):
            below = library.child(base, name + "[x]")
            plan = _element(child, below, library) or {}
            slice_plan = {**plan, "sn": child.name, "m": [["types", [code]]]}
            slice_plan.pop("t", None)
            keys = library.keys(below)
            return {"n": name, "keys": keys, "d": [["type", []]], "rules": "open", "s": [slice_plan]} if plan else None
    return None


def _element(
    node: Node, base: Node | None, library: Library, sliced: Node | None = None, outer: Any = None
) -> dict[str, Any] | None:
    """The plan of an element, or None when it says nothing beyond the base.

    `sliced` is what a slice slices, and `outer` the discriminators it does so by, which reslices may take over.
    """
    element = node.element
    plan: dict[str, Any] = {}
    if node.minimum > (base.minimum if base and not sliced else 0):
        plan["min"] = node.minimum
    most = base.maximum if base and not sliced else None
    if node.maximum is not None and (most is None or node.maximum < most):
        plan["max"] = node.maximum
    plan.update(_types(node, base))
    plan.update(_facets(node, base, library, sliced))
    plan.update(_constants(element))
    children = _children(node, _inner_base(node, base, library), library)
    if children:
        plan["c"] = children
    if node.slices:
        plan.update(_slicing(node, base, library, outer))
    if not plan and not sliced:
        return None
    keys = library.keys(base or node)
    return {"n": node.name.removesuffix("[x]"), "keys": keys, "id": element.get("id"), **plan}


def _inner_base(node: Node, base: Node | None, library: Library) -> Node | None:
    """What the children are held against: the base's own children, or the single type that the profile leaves."""
    if base is not None and (base.children or base.element.get("contentReference")):
        return base
    codes = {type_code(each) for each in node.types}
    if len(codes) == 1:
        code = codes.pop()
        if code not in _RESOURCES:
            return library.tree(code)
    return base


def _types(node: Node, base: Node | None) -> dict[str, Any]:
    plan: dict[str, Any] = {}
    codes = [type_code(each) for each in node.types]
    whole = {type_code(each) for each in base.types} if base else set[str]()
    if codes and whole and (set(codes) < whole or (whole & _RESOURCES and not set(codes) & _RESOURCES)):
        plan["t"] = codes
    profiles: dict[str, list[str]] = {}
    targets: list[Any] = []
    base_profiles = {each for declared in base.types for each in texts(declared, "profile")} if base else set[str]()
    base_targets = _targets(base) if base else {}
    for declared in node.types:
        code = type_code(declared)
        own = [each for each in texts(declared, "profile") if each not in base_profiles]
        if own and code != "Extension":
            profiles[code] = [*profiles.get(code, ()), *own]
        wanted = list(texts(declared, "targetProfile"))
        all_wanted = {
            _plain(each) for other in node.types if type_code(other) == code for each in texts(other, "targetProfile")
        }
        rules = [str(each) for each in texts(declared, "aggregation")]
        versioning = str(declared.get("versioning") or "")
        same = all_wanted == base_targets.get(code, set())
        if code in {"Reference", "CodeableReference", "canonical"} and (rules or versioning or (wanted and not same)):
            targets.append([code, wanted if not same else [], rules, versioning])
    if profiles:
        plan["tp"] = profiles
    if targets:
        plan["rt"] = targets
    return plan


def _targets(node: Node) -> dict[str, set[str]]:
    return {type_code(each): {_plain(target) for target in texts(each, "targetProfile")} for each in node.types}


def _plain(canonical: str) -> str:
    return canonical.partition("|")[0]


def _facets(node: Node, base: Node | None, library: Library, sliced: Node | None) -> dict[str, Any]:
    plan: dict[str, Any] = {}
    element = node.element
    known = {str(each.get("key")) for each in (nodes(base.element, "constraint") if base else ())}
    if sliced is not None:
        known |= {str(each.get("key")) for each in nodes(sliced.element, "constraint")}
    for declared in node.types:
        known |= library.root_keys(type_code(declared))
        for profile in texts(declared, "profile"):
            known |= library.root_keys(profile)
    constraints = constraints_of(element, frozenset(known))
    if constraints:
        plan["k"] = constraints
    binding = binding_of(element)
    outer = binding_of(sliced.element) if sliced is not None else None
    if binding and not _same_binding(binding, binding_of(base.element) if base else None, outer):
        plan["b"] = binding
    return {**plan, **_limits(element, base)}


def _limits(element: dict[str, Any], base: Node | None) -> dict[str, Any]:
    """Lengths, least and greatest values, and what must be there beside them."""
    plan: dict[str, Any] = {}
    length = element.get("maxLength")
    if length and not (base and base.element.get("maxLength") == length):
        plan["ml"] = length
    least = extension_values(element, _LEAST_LENGTH)
    if least:
        plan["nl"] = least[0]
    alternatives = texts(element, "valueAlternatives") or extension_values(element, _ALTERNATIVES)
    if alternatives:
        plan["va"] = [_plain(str(each)) for each in alternatives]
    for prefix, key in (("minValue", "mn"), ("maxValue", "mx")):
        limit = value_of(element, prefix)
        if limit is not None:
            plan[key] = limit[1]
    if element.get("mustHaveValue") is True:
        plan["mv"] = True
    return plan


def _same_binding(binding: list[Any], *others: list[Any] | None) -> bool:
    def plain(each: list[Any]) -> tuple[str, str, str]:
        return each[0], _plain(each[1]), _plain(each[2])

    return any(other is not None and plain(other) == plain(binding) for other in others)


def _constants(element: dict[str, Any]) -> dict[str, Any]:
    plan: dict[str, Any] = {}
    for prefix, key in (("fixed", "f"), ("pattern", "p")):
        constant = value_of(element, prefix)
        if constant is not None:
            plan[key] = constant[1]
    return plan


def _slicing(node: Node, base: Node | None, library: Library, outer: Any) -> dict[str, Any]:
    slicing = inner_node(node.element, "slicing")
    discriminators = [
        [str(each.get("type", "")), str(each.get("path", ""))] for each in nodes(slicing, "discriminator")
    ]
    discriminators = discriminators or outer or []
    if not discriminators and node.name.endswith("[x]"):
        discriminators = [["type", "$this"]]
    if not discriminators and node.name in {"extension", "modifierExtension"}:
        discriminators = [["value", "url"]]
    slices = [_slice(each, node, base, discriminators, library) for each in node.slices]
    rules = str(slicing.get("rules") or "open")
    said = any(set(each) - {"n", "keys", "id", "sn", "m", "max"} or each.get("max") == 0 for each in slices)
    limited = any(each.get("max") is not None for each in slices)
    if rules == "open" and not slicing.get("ordered") and not said and not limited:
        return {}
    return {"s": slices, "rules": rules, "ordered": bool(slicing.get("ordered")), "d": discriminators}


def _slice(node: Node, sliced: Node, base: Node | None, discriminators: Any, library: Library) -> dict[str, Any]:
    plan = _element(node, base, library, sliced, discriminators) or {}
    plan["sn"] = node.slice_name
    plan["m"] = [criterion(node, kind, path, library) for kind, path in discriminators]
    if node.name.endswith("[x]") and not plan["m"]:
        plan["m"] = [["types", [type_code(each) for each in node.types]]]
    return plan
