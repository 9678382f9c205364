"""The structures a plan is made from: trees by type or URL, each built once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from samspil_validation.place import choice_key
from samspil_validation.shape import nodes

from .tree import Node, build, type_code

__all__ = ["Library"]


class Library:
    """Trees of the definitions. `definitions.structure(name)` gives a StructureDefinition with a snapshot, or None."""

    def __init__(self, definitions: Any) -> None:
        self._definitions = definitions
        self._trees: dict[str, Node | None] = {}
        self._structures: dict[str, dict[str, Any] | None] = {}

    def structure(self, name: str) -> dict[str, Any] | None:
        """The StructureDefinition of a URL or type name; of another version if that one is not at hand."""
        if name not in self._structures:
            found = self._definitions.structure(name)
            if found is None and "|" in name:
                found = self._definitions.structure(name.partition("|")[0])
            self._structures[name] = found
        return self._structures[name]

    def tree(self, name: str) -> Node | None:
        """The tree of a structure."""
        if name not in self._trees:
            structure = self.structure(name)
            self._trees[name] = build(structure) if structure else None
        return self._trees[name]

    def root_keys(self, name: str) -> frozenset[str]:
        """The keys of the invariants at the root of a structure."""
        tree = self.tree(name)
        return frozenset(str(each.get("key")) for each in (nodes(tree.element, "constraint") if tree else ()))

    def type_of(self, canonical: str) -> str:
        """The type that a profile constrains, or the type itself; empty when it is not known."""
        heading = self._definitions.heading("StructureDefinition", canonical)
        if heading is None and "|" in canonical:
            heading = self._definitions.heading("StructureDefinition", canonical.partition("|")[0])
        if heading is not None:
            return heading.sd_type
        return ""

    def child(self, node: Node | None, name: str) -> Node | None:
        """The child of a node by its name: its own, that of the element it refers to, or that of its only type."""
        inner = self.inner(node)
        return inner.children.get(name) if inner else None

    def inner(self, node: Node | None) -> Node | None:
        """The node that has a node's children."""
        if node is None or node.children:
            return node
        refers = str(node.element.get("contentReference") or "").rpartition("#")[2]
        if refers:
            return self._at(refers)
        codes = [type_code(each) for each in node.types]
        return self.tree(codes[0]) if len(codes) == 1 and codes[0] else node

    def _at(self, path: str) -> Node | None:
        first, *steps = path.split(".")
        node = self.tree(first)
        for step in steps:
            node = node.children.get(step) if node else None
        return node

    def choices(self, node: Node | None) -> Iterator[tuple[str, str]]:
        """Name and type of every choice below a node."""
        inner = self.inner(node)
        for child in inner.children.values() if inner else ():
            if child.name.endswith("[x]"):
                for declared in child.types:
                    yield child.name.removesuffix("[x]"), type_code(declared)

    def keys(self, node: Node | None) -> dict[str, str]:
        """The JSON keys of an element and the type that each is for; an element of resources or parts has an empty type."""
        if node is None:
            return {}
        name = node.name.removesuffix("[x]")
        codes = [type_code(each) for each in node.types]
        if node.name.endswith("[x]"):
            return {choice_key(name, code): code for code in codes}
        return {name: codes[0] if len(codes) == 1 else ""}
