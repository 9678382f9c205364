"""FHIRPath Patch: https://hl7.org/fhir/R4/fhirpatch.html. Needs samspil-fhirpath, which the extra `fhirpath` brings."""

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from typing import Any, cast

from .findings import BAD_PATCH, NOT_A_RESOURCE
from .refused import Refused

__all__ = ["AVAILABLE", "patched_by"]

Json = dict[str, Any]
AVAILABLE = find_spec("samspil_fhirpath") is not None
_LEAF = re.compile(r"(?P<parent>.+)\.(?P<name>\w+)(\[(?P<index>\d+)\])?")


def patched_by(resource: Mapping[str, Any], parameters: Mapping[str, Any]) -> Json:
    """The resource after all operations of a Parameters; itself is not touched. Raises `Refused` when one cannot be done."""
    if parameters.get("resourceType") != "Parameters" or not AVAILABLE:
        raise Refused(NOT_A_RESOURCE.at(why="it is no Parameters with the operations of a FHIRPath Patch"), 400)
    from samspil_fhirpath import FhirPathError

    made: Json = copy.deepcopy(dict(resource))
    for number, each in enumerate(parameters.get("parameter", ())):
        try:
            _apply(made, {part["name"]: part for part in each["part"]})
        except (LookupError, ValueError, TypeError, AttributeError, FhirPathError):
            raise Refused(BAD_PATCH.at(number=number), 422) from None
    return made


def _apply(made: Json, parts: Mapping[str, Json]) -> None:
    path = str(parts["path"]["valueString"])
    match parts["type"]["valueCode"]:
        case "add":
            (parent,) = _found(made, path)
            _add(made, parent, parts["name"]["valueString"], parts["value"])
        case "insert":
            members, kind = _list_at(made, path)
            index = int(parts["index"]["valueInteger"])
            if index > len(members):
                raise IndexError
            members.insert(index, _value(parts["value"], kind))
        case "delete":
            if _found(made, path):
                parent, key, index = _place(made, path)
                _remove(parent, key, index)
        case "replace":
            parent, key, index = _place(made, path)
            value = _value(parts["value"], _kind_of(made, parent, key))
            if index is None:
                parent[key] = value
            else:
                parent[key][index] = value
        case "move":
            members, _ = _list_at(made, path)
            source, destination = (int(parts[name]["valueInteger"]) for name in ("source", "destination"))
            if max(source, destination) >= len(members):
                raise IndexError
            members.insert(destination, members.pop(source))
        case _:
            raise ValueError


def _found(made: Json, path: str) -> list[Any]:
    from samspil_fhirpath import compile_expression

    return list(compile_expression(path)(made))


def _place(made: Json, path: str) -> tuple[Json, str, int | None]:
    """The object, the key and, in a list, the index of the one thing a path leads to."""
    (one,) = _found(made, path)
    if isinstance(one, dict):
        return next(place for place, value in _places(made) if value is one)
    leaf = _LEAF.fullmatch(path)
    if leaf is None:
        raise ValueError
    (parent,) = _found(made, leaf["parent"])
    key = next(key for key in parent if key == leaf["name"] or re.fullmatch(f"{leaf['name']}[A-Z]\\w*", key))
    return parent, key, int(leaf["index"] or 0) if isinstance(parent[key], list) else None


def _places(node: Json) -> Iterator[tuple[tuple[Json, str, int | None], Any]]:
    """Every object and list member below one, and where it stands."""
    for key, value in node.items():
        members = cast("list[Any]", value) if isinstance(value, list) else [value]
        for index, each in enumerate(members):
            yield (node, key, index if isinstance(value, list) else None), each
            if isinstance(each, dict):
                yield from _places(cast("Json", each))


def _list_at(made: Json, path: str) -> tuple[list[Any], str]:
    leaf = _LEAF.fullmatch(path)
    if leaf is None or leaf["index"]:
        raise ValueError
    (parent,) = _found(made, leaf["parent"])
    members = parent[leaf["name"]]
    if not isinstance(members, list):
        raise TypeError
    return cast("list[Any]", members), _kind_of(made, parent, leaf["name"])


def _remove(parent: Json, key: str, index: int | None) -> None:
    if index is not None:
        parent[key].pop(index)
    if index is None or not parent[key]:
        del parent[key]
        parent.pop(f"_{key}", None)


def _add(made: Json, parent: Json, name: str, told: Json) -> None:
    table = _table(_kind_at(made, parent))
    suffix = next((key.removeprefix("value") for key in told if key.startswith("value")), "")
    key = name if name in table else f"{name}{suffix}"
    kind, many = table[key]
    value = _value(told, kind)
    if many:
        parent.setdefault(key, []).append(value)
    elif key in parent:
        raise ValueError
    else:
        parent[key] = value


def _value(told: Json, kind: str) -> Any:
    """A value as it is sent, or put together of parts that are named for elements of a type."""
    for key, value in told.items():
        if key.startswith("value"):
            return value
    made: Json = {}
    for part in cast("Sequence[Json]", told["part"]):
        own, many = _table(kind)[part["name"]]
        value = _value(part, own)
        if many:
            made.setdefault(part["name"], []).append(value)
        else:
            made[part["name"]] = value
    return made


def _kind_of(made: Json, parent: Json, key: str) -> str:
    return _table(_kind_at(made, parent))[key][0]


def _kind_at(made: Json, wanted: Json) -> str:
    """The type of an object of a resource, by the way that leads to it."""
    waiting: list[tuple[Json, str]] = [(made, str(made["resourceType"]))]
    while waiting:
        node, kind = waiting.pop()
        if node is wanted:
            return kind
        table = _table(kind)
        for key, value in node.items():
            members = cast("list[Any]", value) if isinstance(value, list) else [value]
            waiting += [(each, table[key][0]) for each in members if isinstance(each, dict) and key in table]
    raise LookupError


def _table(kind: str) -> dict[str, tuple[str, bool]]:
    """By JSON key, the type of an element and whether there may be many."""
    from samspil_fhirpath.model import load

    model = load("R4")
    return {key[0]: (key[2], element.many) for element in model.elements(kind) for key in element.keys}
