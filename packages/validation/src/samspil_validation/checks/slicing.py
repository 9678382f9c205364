"""Slices: which entry belongs to which, how many there may be, and in what order.

https://hl7.org/fhir/R4/profiling.html#slicing
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from samspil_validation import findings as f

from .matching import Matcher, compile_matcher
from .rivals import exclusive

if TYPE_CHECKING:
    from samspil_validation.run import Run
    from samspil_validation.schema import Schema

    from .profiles import Item, ItemsCheck

__all__ = ["compile_slicing"]


class _Slice(NamedTuple):
    """A slice: its name, what tells its entries, their check, and the later slices that may take the same entry."""

    name: str
    matches: Matcher
    check: ItemsCheck
    rivals: tuple[int, ...]


def compile_slicing(plan: dict[str, Any], path: str, url: str, schema: Schema) -> ItemsCheck:
    """The check that puts the values of a sliced element into slices."""
    from .profiles import compile_element

    name, rules, ordered = plan["n"], plan["rules"], plan.get("ordered", False)
    slices = _slices([each for each in plan["s"] if each["sn"] != "@default"], path, url, schema)
    default = next((compile_element(each, path, url, schema) for each in plan["s"] if each["sn"] == "@default"), None)
    shown = ", ".join(each.name for each in slices)

    def check(items: list[Item], place: Any, run: Run) -> None:
        buckets: list[list[Item]] = [[] for _ in slices]
        others: list[Item] = []
        last = -1
        for position, item in enumerate(items):
            at = _slice_of(item, position, slices, run, url)
            if at is None:
                if rules == "closed" and default is None:
                    run.find(f.SLICE_CLOSED, item.place, url, element=name, slices=shown)
                else:
                    others.append(item)
                continue
            buckets[at].append(item)
            if slices[at].rivals:
                _only_one(item, position, at, slices, run, (url, name))
            if others and rules == "openAtEnd":
                run.find(f.SLICE_AT_END, item.place, url, element=name, slice=slices[at].name)
            if ordered and at < last:
                run.find(f.SLICE_ORDER, item.place, url, element=name, slice=slices[at].name)
            last = max(at, last)
        for each, bucket in zip(slices, buckets, strict=True):
            each.check(bucket, place, run)
        if default is not None:
            default(others, place, run)

    return check


def _slices(plans: list[dict[str, Any]], path: str, url: str, schema: Schema) -> list[_Slice]:
    from .profiles import compile_element

    return [
        _Slice(
            each["sn"],
            compile_matcher(each["m"], index, schema),
            compile_element(each, path, url, schema),
            tuple(at for at in range(index + 1, len(plans)) if not exclusive(each["m"], plans[at]["m"])),
        )
        for index, each in enumerate(plans)
    ]


def _only_one(  # noqa: PLR0913, PLR0917  an entry among slices
    item: Item, position: int, at: int, slices: list[_Slice], run: Run, element: tuple[str, str]
) -> None:
    """Tell of an entry that belongs to a later slice as well."""
    also = [slices[other].name for other in slices[at].rivals if slices[other].matches(item, position, run) is True]
    if also:
        url, name = element
        run.find(f.SLICE_SEVERAL, item.place, url, element=name, slices=", ".join([slices[at].name, *also]))


def _slice_of(item: Item, position: int, slices: list[_Slice], run: Run, url: str) -> int | None:
    """The index of the slice an item belongs to; one that cannot be decided is told, and belongs to none."""
    for index, each in enumerate(slices):
        met = each.matches(item, position, run)
        if met is True:
            return index
        if met is None:
            run.undecide(
                f.SLICE_UNDECIDED, item.place, url, slice=each.name, why="its discriminator has no answer here"
            )
    return None
