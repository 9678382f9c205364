"""The elements of a snapshot as a tree: an element, its children, and its slices beside it.

https://hl7.org/fhir/R4/elementdefinition.html#id
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Element", "Node", "choice_stem", "flatten", "grow"]

Element = dict[str, Any]
"""An ElementDefinition as JSON."""


@dataclass(slots=True, eq=False)
class Node:
    """One element: `name` is the last part of its path, `slice` its slice name or an empty text."""

    name: str
    slice: str
    element: Element
    children: list[Node] = field(default_factory=list["Node"])
    slices: list[Node] = field(default_factory=list["Node"])

    def child(self, name: str) -> Node | None:
        """The child of this name, not its slices."""
        return next((each for each in self.children if each.name == name), None)

    def slice_named(self, name: str) -> Node | None:
        """The slice, or reslice, of this name."""
        return next((each for each in self.slices if each.slice == name), None)

    def clone(self, *, slices: bool = True) -> Node:
        """A copy that shares nothing."""
        return Node(
            self.name,
            self.slice,
            copy.deepcopy(self.element),
            [each.clone() for each in self.children],
            [each.clone() for each in self.slices] if slices else [],
        )


def choice_stem(name: str) -> str:
    """`value` of `value[x]`; an empty text for what is no choice."""
    return name.removesuffix("[x]") if name.endswith("[x]") else ""


def grow(elements: Iterable[Element]) -> Node:
    """The tree of a flat snapshot. The elements are copied when the tree is changed, not here: clone it first."""
    path: list[Node] = []
    for element in elements:
        parts = str(element["path"]).split(".")
        node = Node(parts[-1], str(element.get("sliceName", "")), element)
        del path[len(parts) - 1 :]
        if path:
            _attach(path[-1], node)
        path.append(node)
    return path[0]


def _attach(parent: Node, node: Node) -> None:
    unsliced = parent.child(node.name) or _choice_of(parent, node)
    if unsliced is None:
        parent.children.append(node)
        return
    if not node.slice:
        node.slice = node.name if node.name != unsliced.name else f"@{len(unsliced.slices)}"
    node.name = unsliced.name
    unsliced.slices.append(node)


def _choice_of(parent: Node, node: Node) -> Node | None:
    """The choice element of a node whose name tells the type: `value[x]` for `valueQuantity`."""
    for each in parent.children:
        stem = choice_stem(each.name)
        kind = node.name.removeprefix(stem) if stem else node.name
        codes = (str(each.get("code", "")) for each in each.element.get("type", []))
        if kind != node.name and any(code[:1].upper() + code[1:] == kind for code in codes):
            return each
    return None


def flatten(root: Node) -> list[Element]:
    """The elements of a tree in snapshot order, each with its path and id."""
    return list(_flat(root, "", ""))


def _flat(node: Node, path: str, place: str) -> Iterator[Element]:
    path = f"{path}.{node.name}" if path else node.name
    own = f"{node.name}:{node.slice}" if node.slice else node.name
    own_place = f"{place}.{own}" if place else own
    element = {"id": own_place, **{key: value for key, value in node.element.items() if key != "id"}}
    element["path"] = path
    yield element
    for child in node.children:
        yield from _flat(child, path, own_place)
    for each in node.slices:
        yield from _flat(each, path.rpartition(".")[0], place)
