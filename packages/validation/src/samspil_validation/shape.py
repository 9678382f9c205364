"""Typed looks into JSON of any shape: what is not of the shape asked for is as good as absent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

__all__ = [
    "as_node",
    "choice",
    "entries",
    "has",
    "inner",
    "inner_pairs",
    "integer",
    "node",
    "nodes",
    "number",
    "text",
    "texts",
    "truth",
    "values",
]


def as_node(value: Any) -> dict[str, Any]:
    """The value when it is an object, else an empty one."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def inner_pairs(value: Any) -> list[tuple[str | int, Any]]:
    """The objects and lists directly in an object or list, each with its key or index."""
    found: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        found.extend(cast("dict[str, Any]", value).items())
    elif isinstance(value, list):
        found.extend(enumerate(cast("list[Any]", value)))
    return [each for each in found if each[1].__class__ is dict or each[1].__class__ is list]


def inner(value: Any) -> list[Any]:
    """The objects and lists directly in an object or list."""
    return [each for _, each in inner_pairs(value)]


def node(holder: dict[str, Any], *keys: str) -> dict[str, Any]:
    """The object reached by the keys, or an empty one."""
    for key in keys:
        found = holder.get(key)
        holder = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    return holder


def values(holder: dict[str, Any], key: str) -> list[Any]:
    """The list under a key, or an empty one."""
    found = holder.get(key)
    return cast("list[Any]", found) if isinstance(found, list) else []


def nodes(holder: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """The objects in the list under a key."""
    return [cast("dict[str, Any]", each) for each in values(holder, key) if isinstance(each, dict)]


def entries(holder: dict[str, Any], key: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects in the list under a key, each with its index."""
    for index, each in enumerate(values(holder, key)):
        if isinstance(each, dict):
            yield index, cast("dict[str, Any]", each)


def text(holder: dict[str, Any], key: str) -> str:
    """The string under a key, or an empty one."""
    found = holder.get(key)
    return found if isinstance(found, str) else ""


def texts(holder: dict[str, Any], key: str) -> list[str]:
    """The strings in the list under a key."""
    return [each for each in values(holder, key) if isinstance(each, str)]


def truth(holder: dict[str, Any], key: str) -> bool:
    """Whether true stands under a key."""
    return holder.get(key) is True


def integer(holder: dict[str, Any], key: str) -> int | None:
    """The whole number under a key, or None."""
    found = holder.get(key)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def number(value: Any) -> bool:
    """Whether a value is a JSON number."""
    return (isinstance(value, int) and not isinstance(value, bool)) or value.__class__.__name__ in {"Decimal", "float"}


def has(holder: dict[str, Any], key: str) -> bool:
    """Whether a key holds anything, be it only an extension of a primitive."""
    return key in holder or f"_{key}" in holder


def choice(holder: dict[str, Any], stem: str) -> tuple[str, Any]:
    """The key and value of a choice element: `choice(answer, "value")` may give `("valueDate", "2020")`; else `("", None)`."""
    length = len(stem)
    for key, value in holder.items():
        if key.startswith(stem) and key[length : length + 1].isupper():
            return key, value
    return "", None
