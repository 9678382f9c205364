"""The children of an element whose type has them, fetched when a differential constrains one of them."""

from __future__ import annotations

import copy
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from samspil_definitions.errors import PackageError

from .merge import state_base
from .node import Element, Node, grow

if TYPE_CHECKING:
    from samspil_definitions.definitions import Definitions

__all__ = ["profiled", "unfold"]


def unfold(node: Node, base: Node, definitions: Definitions) -> None:
    """Give an element the children of its type, of its one profile, or of the element its contentReference names.

    `base` is the tree of the base, as it was before anything was constrained.
    """
    reference = str(node.element.get("contentReference", ""))
    if reference:
        target = _find(base, reference.rpartition("#")[2])
        if target is not None:
            node.children = [each.clone() for each in target.children]
            node.element["type"] = copy.deepcopy(target.element.get("type", []))
            del node.element["contentReference"]
        return
    found = _structure(node.element, definitions)
    if found is None:
        return
    node.children = grow(found["snapshot"]["element"]).clone().children
    for child in node.children:
        state_base(child.element)


def _structure(element: Element, definitions: Definitions) -> dict[str, Any] | None:
    types: list[dict[str, Any]] = element.get("type", [])
    codes = {str(each.get("code", "")) for each in types}
    if len(codes) != 1:
        return definitions.structure("Element") if codes else None
    profiles = [str(url) for each in types for url in each.get("profile", [])]
    found = profiled(profiles[0], definitions) if len(profiles) == 1 else None
    return found or definitions.structure(codes.pop())


def profiled(url: str, definitions: Definitions) -> dict[str, Any] | None:
    """The profile of a canonical; where its very version is not there, the one that is."""
    with suppress(PackageError):  # it cannot be made, as one that contains itself cannot: the type alone is known
        return definitions.structure(url) or definitions.structure(url.partition("|")[0])
    return None


def _find(base: Node, identifier: str) -> Node | None:
    node: Node | None = base
    for part in identifier.split(".")[1:]:
        node = node.child(part.partition(":")[0]) if node else None
    return node
