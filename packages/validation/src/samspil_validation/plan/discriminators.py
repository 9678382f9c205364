"""How a slice is known by its discriminators: the value, pattern, presence, type or profile it has at a path.

https://hl7.org/fhir/R4/profiling.html#discriminator
A criterion is a list: the way to the values, and what one of them must be. It is plain, so that a plan can be kept.
"""

from __future__ import annotations

import re
from typing import Any

from samspil_validation.shape import node as inner_node
from samspil_validation.shape import texts

from .library import Library
from .tree import Node, type_code, value_of

__all__ = ["criterion"]

_STEP = re.compile(
    r"\s*(?:(?P<call>extension|resolve|ofType|as)\(\s*(?:'(?P<text>[^']*)'|(?P<type>[\w.]*))\s*\)|"
    r"(?P<this>\$this)|(?P<name>\w+)(?:\[x\])?)\s*(?:\.|$)"
)
_DEEPEST = 6


def criterion(node: Node, kind: str, path: str, library: Library) -> list[Any] | None:
    """`[steps, test]` for a slice and a discriminator, or None when the snapshot does not tell."""
    steps = _parsed(path)
    if steps is None:
        return None
    if kind == "position":
        return [[], ["position"]]
    if kind == "value" and path == "url" and node.name in {"extension", "modifierExtension"}:
        url = _extension_url(node)
        if url:
            return [[["f", "url"]], ["fixed", url]]
    way, candidates = _walk(node, steps, library)
    if kind == "exists":
        test = _exists(candidates)
    elif kind == "type":
        test = _types(candidates, way, library)
    elif kind == "profile":
        test = _profiles(candidates, way)
    else:
        test = _first(candidates, library)
    return None if test is None else [way, test]


def _parsed(path: str) -> list[tuple[str, str]] | None:
    steps: list[tuple[str, str]] = []
    at = 0
    while at < len(path):
        found = _STEP.match(path, at)
        if not found:
            return None
        if found["call"]:
            steps.append((found["call"], found["text"] or found["type"] or ""))
        elif found["name"]:
            steps.append(("f", found["name"]))
        at = found.end()
    return steps


def _extension_url(node: Node) -> str:
    for declared in node.types:
        for profile in texts(declared, "profile"):
            return str(profile).partition("|")[0]
    child = node.children.get("url")
    fixed = value_of(child.element, "fixed") if child else None
    return str(fixed[1]) if fixed else ""


def _walk(node: Node, steps: list[tuple[str, str]], library: Library) -> tuple[list[Any], list[Node]]:
    """The steps to take on an instance, and the elements of the snapshot that speak of what is there."""
    way: list[Any] = []
    here = [node]
    for kind, name in steps:
        if kind == "f":
            keys: dict[str, str] = {}
            for each in here:
                keys.update(_keys(each, name, library))
            way.append(["f", name] if not keys else ["x", keys])
            here = [child for each in here for child in _named(each, name, library)]
        elif kind == "extension":
            way.append(["ext", name])
            here = [found for each in here for found in _extensions(each, name, library)]
        elif kind == "resolve":
            way.append(["resolve"])
            here = [found for each in here for found in _resolved(each, library)]
        else:
            way.append(["of", name])
            here = [each for node_ in here for each in _of_type(node_, name)]
    return way, here


def _keys(node: Node, name: str, library: Library) -> dict[str, str]:
    """The keys of a choice element, empty for one that is none."""
    for each in (library.inner(node), *_profiled(node, library), _bare(node, library)):
        choice = each.children.get(name + "[x]") if each else None
        if choice is not None:
            return library.keys(choice)
    return {}


def _bare(node: Node, library: Library) -> Node | None:
    codes = {type_code(each) for each in node.types}
    return library.tree(codes.pop()) if len(codes) == 1 else None


def _profiled(node: Node, library: Library) -> list[Node]:
    found = [library.tree(profile) for declared in node.types for profile in texts(declared, "profile")]
    return [each for each in found if each is not None]


def _named(node: Node, name: str, library: Library) -> list[Node]:
    found: list[Node] = []
    for each in (node, *_profiled(node, library), library.inner(node)):
        if each is None:
            continue
        child = each.children.get(name) or each.children.get(name + "[x]")
        if child is not None:
            found.append(child)
            found.extend(child.slices)
        else:
            found.extend(part for key, part in each.children.items() if _is_typed(key, name))
    return found


def _is_typed(key: str, name: str) -> bool:
    return key.startswith(name) and key[len(name) :][:1].isupper()


def _extensions(node: Node, url: str, library: Library) -> list[Node]:
    found: list[Node] = []
    for each in (node, *_profiled(node, library), library.inner(node)):
        child = each.children.get("extension") if each else None
        slices = [part for part in (child.all_slices() if child else ()) if _extension_url(part) == url]
        found.extend(sorted(slices, key=lambda part: -part.slice_name.count("/")))  # a reslice says more
    tree = library.tree(url)
    if tree is not None:
        found.append(tree)
    return found


def _resolved(node: Node, library: Library) -> list[Node]:
    targets = [each for declared in node.types for each in texts(declared, "targetProfile")]
    marker = Node({"type": [{"code": library.type_of(each), "profile": [each]} for each in targets]}, "resolve()")
    return [marker]


def _of_type(node: Node, name: str) -> list[Node]:
    mine = [part for part in node.slices if {type_code(each) for each in part.types} == {name}]
    return [*mine, node] if not node.types or name in {type_code(each) for each in node.types} else []


def _exists(candidates: list[Node]) -> list[Any] | None:
    for each in candidates:
        if each.maximum == 0:
            return ["exists", False]
        if each.minimum > 0:
            return ["exists", True]
    return None


def _types(candidates: list[Node], _way: list[Any], library: Library) -> list[Any] | None:
    for each in candidates:
        codes = [type_code(declared) for declared in each.types]
        profiled = [library.type_of(p) for declared in each.types for p in texts(declared, "profile")]
        if codes:
            return ["types", sorted({*codes, *profiled} - {""})]
    return None


def _profiles(candidates: list[Node], _way: list[Any]) -> list[Any] | None:
    for each in candidates:
        profiles = [str(p) for declared in each.types for p in texts(declared, "profile")]
        if profiles:
            return ["profiles", profiles]
    return None


def _first(candidates: list[Node], library: Library) -> list[Any] | None:
    """What the first candidate that says anything says of a value."""
    for say in (_valued, _bound):
        for each in candidates:
            found = say(each, library, 0)
            if found is not None:
                return _any_slice(found, each, candidates, library) if each.slice_name else found
    return _exists(candidates)


def _any_slice(found: list[Any], first: Node, candidates: list[Node], library: Library) -> list[Any]:
    """What one of several slices below a sliced element says: a value may meet any of them."""
    beside = [each for each in candidates if each.slice_name and each is not first and each.name == first.name]
    others = [test for each in beside if (test := _valued(each, library, 0)) is not None]
    return ["any", [found, *others]] if others else found


def _valued(node: Node, library: Library, depth: int) -> list[Any] | None:
    """The fixed value or pattern of an element, or those of what lies below it."""
    for prefix in ("fixed", "pattern"):
        constant = value_of(node.element, prefix)
        if constant is not None:
            return [prefix, constant[1]]
    if depth > _DEEPEST:
        return None
    parts: list[Any] = []
    for name, child in node.children.items():
        for each in (child, *(part for part in child.slices if part.minimum > 0)):
            test = _valued(each, library, depth + 1)
            if test is not None:
                keys = library.keys(child) if name.endswith("[x]") else {}
                parts.append([[["x", keys] if keys else ["f", name]], test])
    if parts:
        return ["all", parts]
    for each in _profiled(node, library):
        test = _valued(each, library, depth + 1)
        if test is not None:
            return test
    return None


def _bound(node: Node, _library: Library, _depth: int) -> list[Any] | None:
    binding = inner_node(node.element, "binding")
    if binding.get("strength") == "required" and binding.get("valueSet"):
        return ["in", binding["valueSet"]]
    return None
