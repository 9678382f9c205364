"""A snapshot as a tree: children by name, slices beside the element they slice.

https://hl7.org/fhir/R4/elementdefinition.html#id
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from samspil_validation.shape import node, nodes

__all__ = ["Node", "build", "extension_values", "slice_of", "type_code", "value_of"]

_FHIR_TYPE = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type"
_SYSTEM = "http://hl7.org/fhirpath/System."
_SYSTEM_TYPES = {"String": "string", "Boolean": "boolean", "Date": "date", "DateTime": "dateTime", "Time": "time"}


@dataclass(slots=True, repr=False)
class Node:
    """One element of a snapshot. `name` keeps its `[x]`; `slice_name` is empty outside a slice."""

    element: dict[str, Any]
    name: str
    slice_name: str = ""
    children: dict[str, Node] = field(default_factory=dict[str, "Node"])
    slices: list[Node] = field(default_factory=list["Node"])

    @property
    def types(self) -> list[dict[str, Any]]:
        """The types as the snapshot has them."""
        return nodes(self.element, "type")

    @property
    def minimum(self) -> int:
        """The least number of times."""
        return int(self.element.get("min") or 0)

    @property
    def maximum(self) -> int | None:
        """The greatest number of times, or None for any number."""
        text = self.element.get("max", "*")
        return None if text == "*" else int(text)

    def all_slices(self) -> Iterator[Node]:
        """The slices and their reslices."""
        for each in self.slices:
            yield each
            yield from each.all_slices()


def build(structure: dict[str, Any]) -> Node:
    """The tree of a StructureDefinition's snapshot. Raises ValueError when it has none."""
    elements = nodes(node(structure, "snapshot"), "element")
    if not elements:
        raise ValueError(f"no snapshot: {structure.get('url')}")
    top = Node(elements[0], str(elements[0].get("path", "")))
    known: dict[str, Node] = {_identity(elements[0]): top}
    for element in elements[1:]:
        _place(_identity(element), element, known)
    return top


def _identity(element: dict[str, Any]) -> str:
    name = element.get("sliceName")
    path = str(element.get("path", ""))
    return str(element.get("id") or (f"{path}:{name}" if name else path))


def _place(identity: str, element: dict[str, Any], known: dict[str, Node]) -> None:
    above, _, last = _split(identity)
    parent = known.get(above)
    if parent is None:
        return
    name, _, slice_name = last.partition(":")
    node = Node(element, name, slice_name)
    known[identity] = node
    if not slice_name:
        parent.children[name] = node
        return
    sliced = parent.children.get(name)
    if sliced is None:
        sliced = parent.children[name] = Node({"path": element.get("path"), "min": 0, "max": "*"}, name)
    _under(sliced, slice_name).slices.append(node)


def _split(identity: str) -> tuple[str, str, str]:
    """Cut at the last dot that belongs to the path: a slice name may hold dots, but never after a slash of a type."""
    above, dot, last = identity.rpartition(".")
    return above, dot, last


def _under(sliced: Node, slice_name: str) -> Node:
    """The slice that `a/b` reslices, or the sliced element itself."""
    outer = slice_name.rpartition("/")[0]
    if not outer:
        return sliced
    return next((each for each in sliced.all_slices() if each.slice_name == outer), sliced)


def slice_of(node: Node, name: str) -> Node | None:
    """The slice of that name."""
    return next((each for each in node.all_slices() if each.slice_name == name), None)


def type_code(declared: dict[str, Any]) -> str:
    """The FHIR type of a `type` entry: FHIRPath's system types are given as the primitive they stand for."""
    code = str(declared.get("code", ""))
    if not code.startswith(_SYSTEM):
        return code.rpartition("/")[2] if code.startswith("http://hl7.org/fhir/StructureDefinition/") else code
    for extension in nodes(declared, "extension"):
        if extension.get("url") == _FHIR_TYPE:
            return str(extension.get("valueUrl") or extension.get("valueUri") or "string")
    return _SYSTEM_TYPES.get(code.removeprefix(_SYSTEM), "string")


def value_of(element: dict[str, Any], prefix: str) -> tuple[str, Any] | None:
    """A choice of an ElementDefinition, such as `fixed`: its key and its value."""
    for key, value in element.items():
        if key.startswith(prefix) and key[len(prefix) :][:1].isupper():
            return key, value
    return None


def extension_values(element: dict[str, Any], url: str) -> list[Any]:
    """The values of the extensions of an ElementDefinition with a URL."""
    found = [value_of(each, "value") for each in nodes(element, "extension") if each.get("url") == url]
    return [each[1] for each in found if each is not None]
