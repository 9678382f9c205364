"""Whether two JSON values with symbols in them are equal, and which symbols that rests on."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from .symbol import NotRecordableError, Symbol, present

Pairs = list[tuple[Any, Any]]


def match(one: Any, other: Any, pairs: Pairs, *, ordered: bool) -> bool:
    """Whether two values may be equal; collects the pairs of which each must be equal for that.

    With `ordered`, objects are equal only if their members have one order, and numbers if they are written alike.
    """
    if isinstance(one, dict) and isinstance(other, dict):
        mine, theirs = cast("dict[str, Any]", one), cast("dict[str, Any]", other)
        if mine.keys() != theirs.keys() or (ordered and list(mine) != list(theirs)):
            return False
        return all(match(value, theirs[key], pairs, ordered=ordered) for key, value in mine.items())
    if isinstance(one, list) and isinstance(other, list):
        first, second = cast("list[Any]", one), cast("list[Any]", other)
        if len(first) != len(second):
            return False
        return all(match(*both, pairs, ordered=ordered) for both in zip(first, second, strict=True))
    if isinstance(one, Symbol) or isinstance(other, Symbol):
        return _match_symbols(one, other, pairs, ordered=ordered)
    left, right = cast("tuple[object, object]", (one, other))
    return type(left) is type(right) and left == right


def _match_symbols(one: Any, other: Any, pairs: Pairs, *, ordered: bool) -> bool:
    if any(isinstance(each, dict | list) for each in (one, other)):
        return False
    if isinstance(one, Symbol) and isinstance(other, Symbol):
        if one.known and other.known and one.known != other.known:
            return False
        if one.source() == other.source():
            return True
    left, right = cast("tuple[object, object]", (present(one), present(other)))
    if ordered and isinstance(left, Decimal) and left == right:
        raise NotRecordableError("equal numbers, which may be written differently")
    pairs.append((one, other))
    return True
