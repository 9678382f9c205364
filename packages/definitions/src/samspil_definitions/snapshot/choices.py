"""Choice elements: paths that name a type, such as `valueQuantity`, and slices by type.

https://hl7.org/fhir/R4/formats.html#choice, https://hl7.org/fhir/R4/profiling.html#slicing
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .differential import Change
from .node import Element, Node, choice_stem

__all__ = ["capital", "misnamed", "name_choices", "narrow_choice", "of_extension", "settle_choice"]

_EXTENSIONS = frozenset({"Extension", "extension", "modifierExtension"})
_BY_TYPE = [("type", "$this")]


def capital(text: str) -> str:
    """A text with its first letter in capitals: `Quantity` for the type of `valueQuantity`, `String` for `valueString`."""
    return text[:1].upper() + text[1:]


def name_choices(node: Node, change: Change) -> None:
    """Let changes that name a type (`valueQuantity`) speak of the choice element (`value[x]`) or of a slice of it."""
    inside = bool(node.slice) and node.name not in _EXTENSIONS
    for each in list(change.children):
        if node.child(each.name) is not None:
            continue
        found = _choice(node, each.name)
        if found is None:
            continue
        change.children = [other for other in change.children if other is not each]
        plain = next((other for other in change.children if (other.name, other.slice) == (found.name, "")), None)
        if each.name == choice_stem(found.name) or _is_the_choice(each, found, plain, inside=inside):
            each.slice = ""
        else:
            each.slice = each.slice or each.name
        each.name = found.name
        change.take(each)


def _choice(node: Node, name: str) -> Node | None:
    for child in node.children:
        stem = choice_stem(child.name)
        kind = name.removeprefix(stem) if stem else name
        if stem and (stem == name or (kind != name and kind in _kinds(child.element))):
            return child
    return None


def _kinds(element: Element) -> set[str]:
    return {capital(str(each.get("code", ""))) for each in element.get("type", [])}


def _is_the_choice(change: Change, choice: Node, plain: Change | None, *, inside: bool) -> bool:
    """Whether a change whose path names a type speaks of the choice itself, which has that one type and no slices.

    So it is where the base leaves one type; where the path is but the parent of others and the profile leaves one; and,
    inside a slice that is no extension, where the change states its type, has no slice name, and stands alone.
    """
    stem = choice_stem(choice.name)
    if choice.slice_named(change.name) is not None or change.slice:
        return False
    stated: list[Any] = (plain.element.get("type") if plain else None) or choice.element.get("type", [])
    if len(choice.element.get("type", [])) == 1:
        return True
    if not change.element:
        return len(stated) == 1
    return inside and plain is None and {stem + kind for kind in _kinds(change.element)} == {change.name}


def narrow_choice(node: Node) -> None:
    """A slice of a choice that is named for a type has that type alone."""
    stem = choice_stem(node.name)
    kind = node.slice.removeprefix(stem)
    types = [each for each in node.element.get("type", []) if stem and capital(str(each.get("code", ""))) == kind]
    if types:
        node.element["type"] = types


def settle_choice(parent: Node, node: Node, changes: Sequence[Change], *, sliced: bool, spoken: bool) -> None:
    """Close the slices of a choice where no other type is left, and state the types that are.

    None is left when a slice is required, when each type has a slice, and in the value of an extension, unless the
    differential speaks of that itself (`spoken`). Slices of a choice that the base slices already (`sliced`) close it
    as well, and go before the others, as the publishing tools do.
    """
    if not choice_stem(node.name) or not _by_type(node.element):
        return
    required = [each for each in node.slices if each.element.get("min", 0)]
    allowed = [each for each in node.slices if each.element.get("max") != "0"]
    each_type = set[str]().union(*(_kinds(each.element) for each in node.slices)) >= _kinds(node.element)
    alone = of_extension(parent, node) and not spoken
    if required or each_type or alone or sliced:
        node.element["slicing"]["rules"] = "closed"
    if required or each_type or alone:
        left = set[str]().union(*(_kinds(each.element) for each in required or allowed))
        node.element["type"] = [each for each in node.element.get("type", []) if capital(str(each.get("code"))) in left]
    if required:
        node.element["min"] = max(1, int(node.element.get("min", 0)))
    order = [each.slice for each in changes]
    node.slices.sort(key=lambda each: order.index(each.slice) if each.slice in order else len(order))


def of_extension(parent: Node, node: Node) -> bool:
    """Whether an element is the value of an extension."""
    return parent.name in _EXTENSIONS and node.name == "value[x]"


def misnamed(node: Node) -> list[tuple[str, str]]:
    """Slices of a choice by type that are not named for their type, such as `Quantity` for `valueQuantity`; the right name."""
    stem = choice_stem(node.name)
    if not stem or not _by_type(node.element):
        return []
    kinds = [
        (each.slice, [stem + kind for kind in _kinds(each.element)]) for each in node.slices if "/" not in each.slice
    ]
    return [(name, right[0]) for name, right in kinds if len(right) == 1 and name != right[0]]


def _by_type(element: Element) -> bool:
    """Whether an element is sliced by type; slicing that names no discriminator is, on a choice."""
    slicing = element.get("slicing")
    if slicing is None:
        return False
    if not slicing.get("discriminator"):
        slicing["discriminator"] = [{"type": kind, "path": path} for kind, path in _BY_TYPE]
    return [(each.get("type"), each.get("path")) for each in slicing["discriminator"]] == _BY_TYPE
