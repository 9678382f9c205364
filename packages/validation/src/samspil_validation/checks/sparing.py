"""Which elements must be there for an invariant to ask anything: without one of them it is met as it stands.

`contact.empty() or name.exists()` is met where there is no contact, `a.exists() implies b` where there is no a, and
`type = 'document' implies x` where the type is another. Only the plainest forms are read so; for every other text
there is nothing to spare. https://hl7.org/fhirpath/N1/#boolean-logic
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from samspil_validation.place import choice_key

from .native import Native

__all__ = ["keys_by_name", "met_without"]

_ABSENT = (".empty()", ".exists().not()")
_QUOTE = "'"


def keys_by_name(elements: Sequence[dict[str, Any]]) -> dict[str, frozenset[str]]:
    """The JSON keys of each of the elements of a plan: one a type for a choice, and the `_key` of each."""
    found: dict[str, frozenset[str]] = {}
    for each in elements:
        name = each["n"]
        keys = [choice_key(name, code) for code, _, _ in each["t"]] if each.get("x") else [name]
        found[name] = frozenset([*keys, *("_" + key for key in keys)])
    return found


def met_without(expression: str, keys: Mapping[str, frozenset[str]]) -> Native | None:
    """The quick answer, true or none, to an expression of one of the forms on an object with elements of these keys."""
    spared = tuple(keys[name] for name in sorted(_names(expression)) if name in keys)
    if len(spared) == 1:
        only = spared[0]
        return lambda node, _run: only.isdisjoint(node) or None
    if spared:
        return lambda node, _run: any(each.isdisjoint(node) for each in spared) or None
    left, implies, right = expression.partition("' implies ")
    name, equals, wanted = left.partition(" = '")
    if not (implies and equals) or name not in keys or _QUOTE in wanted or "implies" in right:
        return None
    return lambda node, _run: (node.get(name, wanted) != wanted and node[name].__class__ is str) or None


def _names(expression: str) -> set[str]:
    """The first names of the paths of which one must lead somewhere."""
    if "implies" in expression:
        left, _, right = expression.partition(".exists() implies ")
        return {_first(left)} if right and "implies" not in right else set()
    if "xor" in expression:
        return set()
    ends = expression.partition(" or ")[0], expression.rpartition(" or ")[2]
    return {_first(each.removesuffix(mark)) for each in ends for mark in _ABSENT if each.endswith(mark)}


def _first(path: str) -> str:
    """The first name of a path of plain names; empty for anything else."""
    steps = path.split(".")
    return steps[0] if all(each.isidentifier() for each in steps) else ""
