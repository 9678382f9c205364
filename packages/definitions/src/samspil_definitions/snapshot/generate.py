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
from samspil_definitions.findings import (
    CIRCULAR_BASE,
    ELEMENT_UNMATCHED,
    INSIDE_UNKNOWN,
    MALFORMED,
    NO_BASE,
    OUT_OF_ORDER,
    SLICING_WRONG,
    WIDER_THAN_BASE,
)

from .check import widened
from .choices import misnamed, name_choices, narrow_choice, of_extension, settle_choice
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

    Raises `PackageError` when the base is not there, the profile derives from itself, or something is malformed.
    """
    try:
        return _Generator(structure, definitions).run()
    except (AttributeError, KeyError, IndexError, RecursionError, TypeError, ValueError) as error:
        # whatever shape a definition has that is none: its author is told, and nobody gets a traceback
        raise PackageError(MALFORMED.at(url=str(structure.get("url", "")), why=type(error).__name__)) from error


class _Generator:
    """One generation: the structure, where to find others, and the findings on the way."""

    def __init__(self, structure: Mapping[str, Any], definitions: Definitions) -> None:
        self.structure = structure
        self.definitions = definitions
        self.url = str(structure.get("url", ""))
        self.issues: list[Issue] = []
        self.root = self.base = Node("", "", {})

    def run(self) -> Generated:
        base = self._base()
        self.base = grow(base["snapshot"]["element"])
        self.root = self.base.clone()
        specializes = self.structure.get("derivation") == "specialization"
        name = str(self.structure.get("type", self.root.name)).rpartition("/")[2]
        for node in _walk(self.root):
            state_base(node.element)
        if specializes:
            self._start_type(name)
        changes = self._changes(name)
        self._constrain(self.root, changes, extends=specializes)
        elements = flatten(self.root)
        made = {**copy.deepcopy(dict(self.structure)), "snapshot": {"element": elements}}
        return Generated(made, Outcome(tuple(self.issues)))

    def _changes(self, name: str) -> Change:
        """The differential as a tree, once what cannot stand in any is told."""
        elements: list[Element] = self.structure.get("differential", {}).get("element", [])
        seen: set[tuple[str, str]] = set()
        for each in elements:
            path, place = str(each.get("path", "")), str(each.get("id", ""))
            if path.partition(".")[0] != name:
                self.issues.append(ELEMENT_UNMATCHED.at(url=self.url, element=path))
            if path == name and self.url in _profiles(each):
                self.issues.append(SLICING_WRONG.at(url=self.url, element=path, why="it is a profile of itself"))
            if path == name and ("slicing" in each or "sliceName" in each):
                self.issues.append(SLICING_WRONG.at(url=self.url, element=path, why="the whole cannot be sliced"))
            if place and (path, place) in seen and "sliceName" not in each:
                self.issues.append(SLICING_WRONG.at(url=self.url, element=place, why="it stands there twice"))
            seen.add((path, place))
        return read_differential(
            [each for each in elements if str(each.get("path", "")).partition(".")[0] == name], name
        )

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
        found = self.definitions.structure(url) if url else None
        if found is not None and found.get("differential") == self.structure.get("differential") and url == self.url:
            raise PackageError(CIRCULAR_BASE.at(url=self.url))
        if found is None:
            raise PackageError(NO_BASE.at(url=self.url, base=url or "none"))
        return found

    def _constrain(self, node: Node, change: Change, *, extends: bool = False) -> None:
        if change.element:
            if not extends:
                self._check(node, change)
            self._take_profile(node, change.element)
            capped = dict(node.element)
            lay_over(node.element, change.element, self.url)
            _cap(node.element, capped)
        if not change.children:
            return
        if not node.children:
            self._check_known(node)
            unfold(node, self.base, self.definitions)
            if extends and self.structure.get("kind") == "resource":
                _unslice_extensions(node)
            if extends and self.structure.get("kind") == "logical":
                self._constrain_by_type(node.element)
        self._constrain_children(node, change, extends=extends)

    def _check(self, node: Node, change: Change) -> None:
        element = str(change.element.get("id") or change.element.get("path", ""))
        for why in widened(node.element, change.element, self.definitions):
            self.issues.append(WIDER_THAN_BASE.at(url=self.url, element=element, why=why))

    def _check_known(self, node: Node) -> None:
        for profile in _profiles(node.element):
            if node.name in {"extension", "modifierExtension"} and profiled(profile, self.definitions) is None:
                element = str(node.element.get("path", node.name))
                self.issues.append(INSIDE_UNKNOWN.at(url=self.url, element=element, profile=profile))

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
        most = str(node.element.get("max", "*"))
        lay_over(node.element, {key: root[key] for key in taken if key in root}, str(found.get("url", "")))
        _cap(node.element, {"max": most})

    def _constrain_children(self, node: Node, change: Change, *, extends: bool) -> None:
        for child, plain, slices in self._matched(node, change, extends=extends):
            before = copy.deepcopy(child.element)
            if plain is not None:
                self._constrain(child, plain, extends=extends)
            original = Node(child.name, "", before, [each.clone() for each in child.children])
            if "contentReference" in before and not child.children and any(each.children for each in slices):
                unfold(original, self.base, self.definitions)
                child.children = [each.clone() for each in original.children]
            _cap(original.element, child.element)
            for each in slices:
                self._constrain_slice(node, child, original, each, plain)
            if slices:
                settle_choice(node, child, slices, sliced="slicing" in before, spoken=plain is not None)
            if slices and plain is None:
                _settle_min(child)
            if slices:
                self._check_slices(child)

    def _check_slices(self, node: Node) -> None:
        """A choice appears once, so that two of its slices cannot both be required."""
        least = sum(int(each.element.get("min", 0)) for each in node.slices if "/" not in each.slice)
        if least > _most(node.element):
            why = f"its slices must appear {least} times and the element may appear {node.element['max']} times"
            self.issues.append(SLICING_WRONG.at(url=self.url, element=str(node.element.get("path")), why=why))
        for name, wanted in misnamed(node):
            why = f"the slice {name} must be named {wanted}, for its type"
            self.issues.append(SLICING_WRONG.at(url=self.url, element=str(node.element.get("path")), why=why))

    def _matched(self, node: Node, change: Change, *, extends: bool) -> list[tuple[Node, Change | None, list[Change]]]:
        """The children of a node that the change speaks of: the change of the element itself, and those of its slices."""
        plain: dict[int, Change] = {}
        slices: dict[int, list[Change]] = {}
        name_choices(node, change)
        for each in change.children:
            child = node.child(each.name)
            if child is None and extends:
                child = self._added(node, each)
            if child is None:
                self.issues.append(ELEMENT_UNMATCHED.at(url=self.url, element=str(each.element.get("path", each.name))))
                continue
            if each.slice and not _never_sliced(child, each, change):
                slices.setdefault(id(child), []).append(each)
            else:
                plain[id(child)] = each
        self._check_order(node, change)
        found = [child for child in node.children if id(child) in plain or id(child) in slices]
        return [(child, plain.get(id(child)), slices.get(id(child), [])) for child in found]

    def _check_order(self, node: Node, change: Change) -> None:
        names = [child.name for child in node.children]
        places = [names.index(each.name) for each in change.children if each.name in names]
        for number, place in enumerate(places[1:], 1):
            if place < places[number - 1]:
                element = f"{node.element.get('path', node.name)}.{names[place]}"
                self.issues.append(OUT_OF_ORDER.at(url=self.url, element=element))
                return

    def _added(self, node: Node, change: Change) -> Node:
        """An element that a type has and its base has not."""
        element = copy.deepcopy(change.element)
        made = Node(change.name, "", element)
        node.children.append(made)
        state_base(element)
        if self.structure.get("kind") != "logical":
            self._constrain_by_type(element)
        return made

    def _constrain_by_type(self, element: Element) -> None:
        own = element.get("constraint", [])
        keys = {each.get("key") for each in own}
        element["constraint"] = [*(each for each in self._of_type(element) if each.get("key") not in keys), *own]

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

    def _constrain_slice(self, parent: Node, child: Node, original: Node, change: Change, plain: Change | None) -> None:
        known = child.slice_named(change.slice)
        if known is not None:
            self._constrain(known, change)
            return
        made = self._new_slice(child, original, change, extension_value=of_extension(parent, child))
        if plain is None or not plain.children or len(_profiles(change.element)) != 1:
            self._constrain(made, change)
            return
        made.children = []  # those of its profile, constrained as the element is, and then as the slice is
        self._constrain(made, Change(change.name, change.slice, change.element, plain.children))
        self._constrain(made, Change(change.name, change.slice, {}, change.children))

    def _new_slice(self, child: Node, original: Node, change: Change, *, extension_value: bool) -> Node:
        _ensure_slicing(child)
        of = child.slice_named(change.slice.rpartition("/")[0]) if "/" in change.slice else None
        made = (of or original).clone(slices=False)
        made.slice = change.slice
        made.element.pop("slicing", None)
        made.element["sliceName"] = change.slice
        if of is None and "min" not in change.element and not extension_value:
            made.element["min"] = 0
        narrow_choice(made)
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


def _cap(element: Element, above: Element) -> None:
    """A slice appears at most as often as the element it is a slice of."""
    if above.get("max", "*").isdecimal() and _most(element) > _most(above):
        element["max"] = above["max"]


def _most(element: Element) -> float:
    most = str(element.get("max", "*"))
    return int(most) if most.isdecimal() else float("inf")


def _settle_min(node: Node) -> None:
    """An element appears at least as often as its slices together must; reslices count in their slice."""
    least = sum(int(each.element.get("min", 0)) for each in node.slices if "/" not in each.slice)
    if least > int(node.element.get("min", 0)):
        node.element["min"] = least


def _unslice_extensions(node: Node) -> None:
    for child in node.children:
        if child.name in {"extension", "modifierExtension"}:
            child.element.pop("slicing", None)


def _ensure_slicing(node: Node) -> None:
    if "slicing" in node.element:
        return
    if node.name in {"extension", "modifierExtension"}:
        node.element["slicing"] = copy.deepcopy(_EXTENSION_SLICING)
    elif choice_stem(node.name):
        node.element["slicing"] = copy.deepcopy(_TYPE_SLICING)
