"""Whether a resource holds at least what a smaller one holds.

https://hl7.org/fhir/R4/testscript-definitions.html#TestScript.setup.action.assert.minimumId
"""

from typing import Any, cast

__all__ = ["lacks"]


def lacks(minimum: Any, found: Any, place: str = "") -> str:
    """The place of the first part of `minimum` that `found` does not hold, or empty.

    Objects hold every member, arrays each item, in any order and each by an item of its own, values are equal.
    """
    if isinstance(minimum, dict):
        if not isinstance(found, dict):
            return place or "the resource"
        whole = cast("dict[str, Any]", found)
        for name, part in cast("dict[str, Any]", minimum).items():
            at = f"{place}.{name}" if place else name
            if name not in whole:
                return at
            if why := lacks(part, whole[name], at):
                return why
        return ""
    if isinstance(minimum, list):
        return _items(cast("list[Any]", minimum), cast("list[Any]", found) if isinstance(found, list) else [], place)
    same = minimum == found and isinstance(minimum, bool) == isinstance(found, bool)
    return "" if same else place or "the value"


def _items(wanted: list[Any], there: list[Any], place: str) -> str:
    fits = [[number for number, one in enumerate(there) if not lacks(each, one)] for each in wanted]
    taken: dict[int, int] = {}
    for number in range(len(wanted)):
        if not _assign(number, fits, taken, set()):
            return f"{place}[{number}]"
    return ""


def _assign(number: int, fits: list[list[int]], taken: dict[int, int], tried: set[int]) -> bool:
    """Give an item to a wanted one, moving others where needed (augmenting paths)."""
    for one in fits[number]:
        if one in tried:
            continue
        tried.add(one)
        if one not in taken or _assign(taken[one], fits, taken, tried):
            taken[one] = number
            return True
    return False
