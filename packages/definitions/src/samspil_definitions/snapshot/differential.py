"""The differential of a StructureDefinition as a tree, whatever its author left out: parents, ids, slice names in paths.

https://hl7.org/fhir/R4/profiling.html#snapshot
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from .node import Element

__all__ = ["Change", "read_differential"]


@dataclass(slots=True, eq=False)
class Change:
    """What a differential says about one element, and about those inside it; `element` is empty for a mere parent."""

    name: str
    slice: str
    element: Element = field(default_factory=dict[str, object])
    children: list[Change] = field(default_factory=list["Change"])

    def child(self, name: str, slice_name: str) -> Change:
        """The change of this child, made where it is not there yet."""
        for each in self.children:
            if each.name == name and each.slice == slice_name:
                return each
        made = Change(name, slice_name)
        self.children.append(made)
        return made

    def take(self, other: Change) -> None:
        """Add a change among the children, or to the one of its name and slice."""
        same = next((each for each in self.children if (each.name, each.slice) == (other.name, other.slice)), None)
        if same is None:
            self.children.append(other)
            return
        path = same.element.get("path", other.element.get("path", ""))
        same.element = {**same.element, **other.element, "path": path} if other.element else same.element
        for each in other.children:
            same.take(each)


_SLICED = re.compile(r"([^:]+)(?::(.*))?", re.DOTALL)


def read_differential(elements: Iterable[Element], root: str) -> Change:
    """The tree of the elements of a differential; `root` is the type it constrains."""
    tree = Change(root, "")
    last: list[Change] = [tree]
    unnamed: set[str] = set()
    for element in elements:
        steps = _steps(element, last, unnamed)
        node = tree
        walked = [tree]
        for name, slice_name in steps[1:]:
            node = node.child(name, slice_name)
            walked.append(node)
        node.element = {**node.element, **element}
        last = walked
    return tree


def _steps(element: Element, last: list[Change], unnamed: set[str]) -> list[tuple[str, str]]:
    """Names and slice names from the root to the element: those of its id, else its path below the element before it.

    `unnamed` collects ids that end in a slice name which their element does not have: it is none.
    """
    names = str(element["path"]).split(".")
    place = str(element.get("id", ""))
    found = _of_id(place, names)
    own = str(element.get("sliceName", ""))
    if found is not None:
        if own:
            found[-1] = (found[-1][0], own)
        elif found[-1][1]:
            unnamed.add(place)
        return _named(found, place, unnamed) if unnamed else found
    steps: list[tuple[str, str]] = []
    for depth, name in enumerate(names[:-1]):
        follows = depth < len(last) and last[depth].name == name and len(steps) == depth
        steps.append((name, last[depth].slice if follows else ""))
        if not follows:
            last = last[:depth]
    return [*steps, (names[-1], own)]


def _named(steps: list[tuple[str, str]], place: str, unnamed: set[str]) -> list[tuple[str, str]]:
    parts = place.split(".")
    ids = [".".join(parts[: number + 1]) for number in range(len(parts))]
    return [(name, "" if each in unnamed else slice_name) for each, (name, slice_name) in zip(ids, steps, strict=True)]


def _of_id(text: str, names: list[str]) -> list[tuple[str, str]] | None:
    """The steps an id tells, or None where it does not fit the path, as hand-written ids may not."""
    parts = text.split(".")
    if len(parts) != len(names):
        return None
    steps: list[tuple[str, str]] = []
    for part, name in zip(parts, names, strict=True):
        found = _SLICED.fullmatch(part)
        if found is None or not _same(found[1], name):
            return None
        steps.append((found[1], found[2] or ""))
    return steps


def _same(in_id: str, in_path: str) -> bool:
    return in_id == in_path or (in_id.endswith("[x]") and in_path.startswith(in_id.removesuffix("[x]")))
