"""Which elements must be there for an invariant to ask anything: without one of them it is met as it stands.

`contact.empty() or name.exists()` is met where there is no contact, `a.exists() implies b` where there is no a, and
`type = 'document' implies x` where the type is another. Only the plainest forms are read so; for every other text
there is nothing to spare. https://hl7.org/fhirpath/N1/#boolean-logic
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from .native import Native

__all__ = ["keys_by_name", "met_without"]

_FIRST_EMPTY = re.compile(r"(\w+)(?:\.\w+)*\.(?:empty\(\)|exists\(\)\.not\(\)) or ")
_LAST_EMPTY = re.compile(r".* or (\w+)(?:\.\w+)*\.(?:empty\(\)|exists\(\)\.not\(\))", re.DOTALL)
_EXISTS_IMPLIES = re.compile(r"(\w+)(?:\.\w+)*\.exists\(\) implies ")
_EQUALS_IMPLIES = re.compile(r"(\w+) = '(\w+)' implies ")


def keys_by_name(elements: Sequence[dict[str, Any]]) -> dict[str, frozenset[str]]:
    """The JSON keys of each of the elements of a plan: one a type for a choice, and the `_key` of each."""
    found: dict[str, frozenset[str]] = {}
    for each in elements:
        name = each["n"]
        keys = [name + code[:1].upper() + code[1:] for code, _, _ in each["t"]] if each.get("x") else [name]
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
    equals = _EQUALS_IMPLIES.match(expression)
    if equals is None or equals[1] not in keys or expression.count("implies") > 1:
        return None
    name, wanted = equals[1], equals[2]
    return lambda node, _run: (node.get(name, wanted) != wanted and node[name].__class__ is str) or None


def _names(expression: str) -> set[str]:
    """The first names of the paths of which one must lead somewhere."""
    if "implies" in expression:
        implies = _EXISTS_IMPLIES.match(expression) if expression.count("implies") == 1 else None
        return {implies[1]} if implies else set()
    if "xor" in expression:
        return set()
    return {found[1] for found in (_FIRST_EMPTY.match(expression), _LAST_EMPTY.fullmatch(expression)) if found}
