"""The numbers of the concepts: parents before their children."""

from array import array

from .gathered import Gathered
from .layout import DamagedFile
from .rf2 import Release

__all__ = ["renumbered_by", "topological"]


def topological(held: Gathered, parents: list["array[int]"], release: Release) -> list[int]:
    """The numbers of reading, parents before children, by level and then by code; concepts outside come last."""
    children: dict[int, list[int]] = {}
    waiting = array("i", bytes(4 * len(parents)))
    for at, above in enumerate(parents):
        unique = set(above)
        if len(unique) != len(above):
            parents[at] = array("i", sorted(unique))
        waiting[at] = len(unique)
        for each in unique:
            children.setdefault(each, []).append(at)
    codes = held.codes

    def by_code(at: int) -> tuple[int, str]:
        return len(codes[at]), codes[at]

    level = sorted((at for at, count in enumerate(waiting) if not count and at in children), key=by_code)
    order = list(level)
    while level:
        following: list[int] = []
        for at in level:
            for below in children.get(at, ()):
                waiting[below] -= 1
                if not waiting[below]:
                    following.append(below)
        level = sorted(following, key=by_code)
        order += level
    stuck = next((at for at, count in enumerate(waiting) if count > 0), None)
    if stuck is not None:
        name = release.relationships[0].name if release.relationships else "relationships"
        raise DamagedFile(name, 1, 1, f"concept {codes[stuck]} is above itself")
    inside = set(order)
    order += sorted((at for at in range(len(codes)) if at not in inside), key=by_code)
    return order


def renumbered_by(held: Gathered, order: list[int]) -> "array[int]":
    """The new number of each concept by its old one; the codes are numbered anew as well."""
    made = array("i", bytes(4 * len(order)))
    for n, at in enumerate(order):
        made[at] = n
    held.number.clear()
    held.number.update((held.codes[at], n) for n, at in enumerate(order))
    return made
