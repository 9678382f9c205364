"""A snapshot from a differential: the base's elements, constrained.

https://hl7.org/fhir/R4/profiling.html#snapshot
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from samspil_core import Issue, Outcome
from samspil_definitions.errors import PackageError
from samspil_definitions.findings import CIRCULAR_BASE, ELEMENT_UNMATCHED, NO_BASE

from .differential import Change, read_differential
from .merge import lay_over, state_base
from .node import Element, Node, choice_stem, flatten, grow
from .unfold import profiled, unfold

if TYPE_CHECKING:
    from samspil_definitions.definitions import Definitions

__all__ = ["Generated", "generate"]

_EXTENSION_SLICING = {"discriminator": [{"type": "value", "path": "url"}], "ordered": False, "rules": "open"}
_SYSTEM_TYPES = "http://hl7.org/fhirpath/"
_TYPE_SLICING = {"discriminator": [{"type": "type", "path": "$this"}], "ordered": False, "rules": "open"}


_OF_PROFILE = ("short", "definition", "comment", "requirements", "alias", "mapping")
_OF_EXTENSION = (*_OF_PROFILE, "constraint", "condition", "min", "max", "isModifier", "isModifierReason")


@dataclass(frozen=True, slots=True)
class Generated:
    """A StructureDefinition with its snapshot, and what was wrong with its differential."""

    structure: dict[str, Any]
    outcome: Outcome


def generate(structure: Mapping[str, Any], definitions: Definitions) -> Generated:
    """Make the snapshot of a StructureDefinition, whose base and types are found in the definitions.

    Raises `PackageError` when the base is not there or the profile derives from itself.
    """
    return _Generator(structure, definitions).run()


class _Generator:
    """One generation: the structure, where to find others, and the findings on the way."""

    def __init__(self, structure: Mapping[str, Any], definitions: Definitions) -> None:
        self.structure = structure
        self.definitions = definitions
        self.url = str(structure.get("url", ""))
        self.issues: list[Issue] = []
        self.root = Node("", "", {})

    def run(self) -> Generated:
        base = self._base()
        self.root = grow(base["snapshot"]["element"]).clone()
        specializes = self.structure.get("derivation") == "specialization"
        name = str(self.structure.get("type", self.root.name)).rpartition("/")[2]
        for node in _walk(self.root):
            state_base(node.element)
        if specializes:
            self._start_type(name)
        changes = read_differential(self.structure.get("differential", {}).get("element", []), name)
        self._constrain(self.root, changes, extends=specializes)
        elements = flatten(self.root)
        made = {**copy.deepcopy(dict(self.structure)), "snapshot": {"element": elements}}
        return Generated(made, Outcome(tuple(self.issues)))

    def _start_type(self, name: str) -> None:
        """Make the base the beginning of a type of its own."""
        self.root.name = name
        if self.structure.get("kind") != "logical":
            self.root.element["base"] = {"path": name, "min": 0, "max": "*"}
        if self.structure.get("kind") in {"resource", "primitive-type"}:
            _unslice_extensions(self.root)
        value = self.root.child("value")
        if value is not None:  # a primitive type has the limits it states, and none of its base
            for key in [key for key in value.element if key.startswith(("minValue", "maxValue", "maxLength"))]:
                del value.element[key]

    def _base(self) -> dict[str, Any]:
        url = str(self.structure.get("baseDefinition", ""))
        if url.partition("|")[0] == self.url:
            raise PackageError(CIRCULAR_BASE.at(url=self.url))
        found = self.definitions.structure(url) if url else None
        if found is None:
            raise PackageError(NO_BASE.at(url=self.url, base=url or "none"))
        return found

    def _constrain(self, node: Node, change: Change, *, extends: bool = False) -> None:
        if change.element:
            self._take_profile(node, change.element)
            lay_over(node.element, change.element, self.url)
        if not change.children:
            return
        if not node.children:
            unfold(node, self.root, self.definitions)
            if extends and self.structure.get("kind") == "resource":
                _unslice_extensions(node)
        self._constrain_children(node, change, extends=extends)

    def _take_profile(self, node: Node, change: Mapping[str, Any]) -> None:
        """Let an element that gets one profile of its type say what the root of that profile says."""
        profiles = [str(url) for kind in change.get("type", []) for url in kind.get("profile", [])]
        if len(profiles) != 1 or len(change["type"]) != 1 or profiles[0] in _profiles(node.element):
            return
        found = profiled(profiles[0], self.definitions)
        if found is None:
            return
        if found.get("kind") == "resource":
            return
        root = found["snapshot"]["element"][0]
        taken = _OF_EXTENSION if root["path"] == "Extension" else _OF_PROFILE
        lay_over(node.element, {key: root[key] for key in taken if key in root}, str(found.get("url", "")))

    def _constrain_children(self, node: Node, change: Change, *, extends: bool) -> None:
        for child, plain, slices in self._matched(node, change, extends=extends):
            before = copy.deepcopy(child.element)
            if plain is not None:
                self._constrain(child, plain, extends=extends)
            original = Node(child.name, "", before, [each.clone() for each in child.children])
            for each in slices:
                self._constrain_slice(child, original, each)
            if slices and choice_stem(child.name) and _by_type_alone(child.element.get("slicing", {})):
                _settle_choice(child, plain, slices)
            if slices and plain is None:
                _settle_min(child)

    def _matched(self, node: Node, change: Change, *, extends: bool) -> list[tuple[Node, Change | None, list[Change]]]:
        """The children of a node that the change speaks of: the change of the element itself, and those of its slices."""
        plain: dict[int, Change] = {}
        slices: dict[int, list[Change]] = {}
        for each in change.children:
            child = node.child(each.name)
            if child is None and not extends:
                child = _by_type(node, each, change)
            if child is None and extends:
                child = self._added(node, each)
            if child is None:
                self.issues.append(ELEMENT_UNMATCHED.at(url=self.url, element=str(each.element.get("path", each.name))))
                continue
            if each.slice and not _never_sliced(child, each, change):
                slices.setdefault(id(child), []).append(each)
            else:
                plain[id(child)] = each
        found = [child for child in node.children if id(child) in plain or id(child) in slices]
        return [(child, plain.get(id(child)), slices.get(id(child), [])) for child in found]

    def _added(self, node: Node, change: Change) -> Node:
        """An element that a type has and its base has not."""
        element = copy.deepcopy(change.element)
        made = Node(change.name, "", element)
        node.children.append(made)
        state_base(element)
        if self.structure.get("kind") != "logical":
            element["constraint"] = [*self._of_type(element), *element.get("constraint", [])]
        return made

    def _of_type(self, element: Element) -> list[Element]:
        """The constraints an element has by being one (ele-1), or an extension (ext-1); resources and raw values have none."""
        codes = {str(each.get("code", "")) for each in element.get("type", [])}
        if any(code.startswith(_SYSTEM_TYPES) or self._is_resource(code) for code in codes):
            return []
        found = self.definitions.structure("Extension" if codes == {"Extension"} else "Element")
        return copy.deepcopy(found["snapshot"]["element"][0].get("constraint", [])) if found else []

    def _is_resource(self, code: str) -> bool:
        heading = self.definitions.heading("StructureDefinition", code)
        return heading is not None and heading.kind == "resource"

    def _constrain_slice(self, child: Node, original: Node, change: Change) -> None:
        known = child.slice_named(change.slice)
        if known is None:
            known = self._new_slice(child, original, change)
        self._constrain(known, change)

    def _new_slice(self, child: Node, original: Node, change: Change) -> Node:
        _ensure_slicing(child)
        of = child.slice_named(change.slice.rpartition("/")[0]) if "/" in change.slice else None
        made = (of or original).clone(slices=False)
        made.slice = change.slice
        made.element.pop("slicing", None)
        made.element["sliceName"] = change.slice
        if of is None and "min" not in change.element:
            made.element["min"] = 0
        _narrow_choice(made)
        after = child.slices.index(of) + 1 if of else len(child.slices)
        while of and after < len(child.slices) and child.slices[after].slice.startswith(f"{of.slice}/"):
            after += 1
        child.slices.insert(after, made)
        return made


def _walk(node: Node) -> list[Node]:
    below = [each for child in (*node.children, *node.slices) for each in _walk(child)]
    return [node, *below]


def _never_sliced(child: Node, change: Change, among: Change) -> bool:
    """Whether a slice name stands on an element that is not sliced and cannot be: one that does not repeat."""
    sliced = "slicing" in child.element or any(
        each.name == change.name and "slicing" in each.element for each in among.children
    )
    single = child.element.get("max") == "1" and not choice_stem(child.name)
    return single and not sliced and child.slice_named(change.slice) is None


def _profiles(element: Element) -> list[str]:
    return [str(url) for kind in element.get("type", []) for url in kind.get("profile", [])]


def _by_type(node: Node, change: Change, among: Change) -> Node | None:
    """The choice element that a path such as `valueQuantity` means.

    The change becomes one of the choice itself where that has the one type, and one of a slice of it otherwise.
    """
    for child in node.children:
        stem = choice_stem(child.name)
        kind = change.name.removeprefix(stem) if stem else change.name
        if stem and stem == change.name:
            change.name = child.name
            return child
        plain = next((each for each in among.children if (each.name, each.slice) == (child.name, "")), None)
        types = (plain.element.get("type") if plain else None) or child.element.get("type", [])
        codes = {_capital(str(each.get("code", ""))) for each in types}
        if kind == change.name or kind not in codes:
            continue
        change.name = child.name
        if len(codes) > 1 or child.slice_named(f"{stem}{kind}"):
            change.slice = change.slice or f"{stem}{kind}"
        elif plain is not None:
            plain.element = {**plain.element, **change.element}
            plain.children.extend(change.children)
            change.element, change.children = plain.element, plain.children
        return child
    return None


def _settle_choice(node: Node, plain: Change | None, slices: list[Change]) -> None:
    """Close the slices of a choice that leaves no other type: one is required, or a path such as `valueQuantity` named it.

    A differential that names slices of a choice without a word on the choice itself closes it too, as the publishing
    tools do.
    """
    stated = plain.element.get("slicing") if plain else None
    by_path = [each for each in slices if not str(each.element.get("path", "[x]")).endswith("[x]")]
    required = [each for each in node.slices if each.element.get("min", 0) and each.element.get("type")]
    chosen = [node.slice_named(each.slice) for each in by_path if not stated] or required
    types = [kind for each in chosen if each for kind in each.element.get("type", [])]
    slicing = node.element["slicing"]
    if required or by_path or plain is None or not plain.element:
        slicing["rules"] = "open" if stated and not required else "closed"
    if types and slicing["rules"] == "closed":
        codes = {kind.get("code") for kind in types}
        node.element["type"] = [kind for kind in node.element.get("type", []) if kind.get("code") in codes]


def _settle_min(node: Node) -> None:
    """An element appears at least as often as its slices together must; reslices count in their slice."""
    least = sum(int(each.element.get("min", 0)) for each in node.slices if "/" not in each.slice)
    if least > int(node.element.get("min", 0)):
        node.element["min"] = least


def _by_type_alone(slicing: Element) -> bool:
    return [(each.get("type"), each.get("path")) for each in slicing.get("discriminator", [])] == [("type", "$this")]


def _unslice_extensions(node: Node) -> None:
    for child in node.children:
        if child.name in {"extension", "modifierExtension"}:
            child.element.pop("slicing", None)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _narrow_choice(node: Node) -> None:
    """A slice of a choice that is named for a type has that type alone."""
    stem = choice_stem(node.name)
    if not stem:
        return
    kind = node.slice.removeprefix(stem)
    types = [each for each in node.element.get("type", []) if _capital(str(each.get("code", ""))) == kind]
    if types:
        node.element["type"] = types


def _ensure_slicing(node: Node) -> None:
    if "slicing" in node.element:
        return
    if node.name in {"extension", "modifierExtension"}:
        node.element["slicing"] = copy.deepcopy(_EXTENSION_SLICING)
    elif choice_stem(node.name):
        node.element["slicing"] = copy.deepcopy(_TYPE_SLICING)
