"""From an element to its children, with their types and the `_x` siblings of primitives."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .model import Model
from .shapes import is_array, is_object
from .values import Node

__all__ = ["as_node", "child", "children", "descendants"]

_GUESSED: dict[Any, str] = {bool: "boolean", int: "integer", str: "string"}


def as_node(value: Any, type_name: str, model: Model, sibling: Any = None) -> Node:
    """A JSON value as an element; a resource is of the type it names."""
    if is_object(value) and (not type_name or model.is_resource(type_name)):
        named = value.get("resourceType")
        if isinstance(named, str):
            return Node(value, named, sibling)
    if not type_name and not is_object(value):
        type_name = _GUESSED.get(value.__class__, "decimal")
    return Node(value, type_name, sibling)


def _made(value: Any, sibling: Any, type_name: str, model: Model) -> Iterable[Node]:
    """The elements under one key: a list gives one each, and a sibling list goes along."""
    if is_array(value) or is_array(sibling):
        values = value if is_array(value) else []
        siblings = sibling if is_array(sibling) else []
        for at in range(max(len(values), len(siblings))):
            one = values[at] if at < len(values) else None
            two = siblings[at] if at < len(siblings) else None
            if one is not None or two is not None:
                yield as_node(one, type_name, model, two)
    elif value is not None or sibling is not None:
        yield as_node(value, type_name, model, sibling)


def child(node: Node, name: str, model: Model) -> list[Any]:
    """The children of one name; for a choice, of whatever type is there."""
    value = node.value
    if value.__class__ is not dict:
        return _of_primitive(node, name, model)
    element = model.element(node.type, name)
    if element is None:
        return [] if node.type in model else _unknown(value, name, model)
    found: list[Any] = []
    for key, sibling_key, type_name in element.keys:
        one = value.get(key)
        if one is not None or (sibling_key and sibling_key in value):
            _add(found, one, value.get(sibling_key) if sibling_key else None, type_name, model)
    return found


def _add(found: list[Any], one: Any, sibling: Any, type_name: str, model: Model) -> None:
    """Add the elements under one key."""
    if one.__class__ is list or sibling.__class__ is list or type_name == "Resource":
        found += _made(one, sibling, type_name, model)
    elif one is not None or sibling is not None:
        found.append(Node(one, type_name, sibling))


def _of_primitive(node: Node, name: str, model: Model) -> list[Any]:
    if name == "value":
        return [] if node.value is None else [node]
    sibling = node.sibling
    if not is_object(sibling) or name not in {"id", "extension"}:
        return []
    return list(
        _made(sibling.get(name), sibling.get("_" + name), "Extension" if name == "extension" else "string", model)
    )


def _unknown(value: dict[str, Any], name: str, model: Model) -> list[Any]:
    """Children of an element whose type is not known: by the key, or by the key of a choice."""
    if name in value or "_" + name in value:
        return list(_made(value.get(name), value.get("_" + name), "", model))
    found: list[Any] = []
    for key, one in value.items():
        rest = key[len(name) :]
        if key.startswith(name) and rest[:1].isupper():
            type_name = rest if rest in model else rest[0].lower() + rest[1:]
            if type_name in model:
                found += _made(one, value.get("_" + key), type_name, model)
    return found


def children(node: Node, model: Model) -> list[Any]:
    """All children, in the order of the JSON object."""
    value = node.value
    if not is_object(value):
        sibling = node.sibling
        if not is_object(sibling):
            return []
        return [each for name in ("id", "extension") for each in _of_primitive(node, name, model)]
    if node.type not in model:
        names = dict.fromkeys(key.removeprefix("_") for key in value if key != "resourceType")
        return [each for name in names for each in _made(value.get(name), value.get("_" + name), "", model)]
    found: list[Any] = []
    known = model.keys(node.type)
    for key, one in value.items():
        entry = known.get(key)
        if entry is None:
            continue
        name, sibling_key, type_name = entry
        if name == key:
            _add(found, one, value.get(sibling_key) if sibling_key else None, type_name, model)
        elif name not in value:  # the sibling of a primitive comes with the value, or alone
            _add(found, None, one, type_name, model)
    return found


def descendants(nodes: Iterable[Any], model: Model) -> list[Any]:
    """All children, their children and so on, without the nodes themselves."""
    found: list[Any] = []
    queue = [each for node in nodes if isinstance(node, Node) for each in children(node, model)]
    while queue:
        found += queue
        queue = [
            each
            for node in queue
            if node.value.__class__ is dict or node.sibling is not None
            for each in children(node, model)
        ]
    return found
