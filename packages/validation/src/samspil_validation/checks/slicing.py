"""Slices: which entry belongs to which, how many there may be, and in what order.

https://hl7.org/fhir/R4/profiling.html#slicing
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from samspil_validation import findings as f

from .matching import Matcher, compile_matcher

if TYPE_CHECKING:
    from samspil_validation.run import Run
    from samspil_validation.schema import Schema

    from .profiles import Item, ItemsCheck

__all__ = ["compile_slicing"]


def compile_slicing(plan: dict[str, Any], path: str, url: str, schema: Schema) -> ItemsCheck:
    """The check that puts the values of a sliced element into slices."""
    from .profiles import compile_element

    name, rules, ordered = plan["n"], plan["rules"], plan.get("ordered", False)
    slices = [
        (each["sn"], compile_matcher(each["m"], index, schema), compile_element(each, path, url, schema))
        for index, each in enumerate(plan["s"])
        if each["sn"] != "@default"
    ]
    default = next((compile_element(each, path, url, schema) for each in plan["s"] if each["sn"] == "@default"), None)
    shown = ", ".join(slice_name for slice_name, _, _ in slices)

    def check(items: list[Item], place: Any, run: Run) -> None:
        buckets: list[list[Item]] = [[] for _ in slices]
        others: list[Item] = []
        last = -1
        for position, item in enumerate(items):
            at = _slice_of(item, position, slices, run, url)
            if at is None:
                if not others and rules == "openAtEnd":
                    others.append(item)
                elif rules == "closed" and default is None:
                    run.find(f.SLICE_CLOSED, item.place, url, element=name, slices=shown)
                else:
                    others.append(item)
                continue
            buckets[at].append(item)
            if others and rules == "openAtEnd":
                run.find(f.SLICE_AT_END, item.place, url, element=name, slice=slices[at][0])
            if ordered and at < last:
                run.find(f.SLICE_ORDER, item.place, url, element=name, slice=slices[at][0])
            last = max(at, last)
        for (_, _, each), bucket in zip(slices, buckets, strict=True):
            each(bucket, place, run)
        if default is not None:
            default(others, place, run)

    return check


def _slice_of(
    item: Item, position: int, slices: list[tuple[str, Matcher, Callable[..., None]]], run: Run, url: str
) -> int | None:
    """The index of the slice an item belongs to; one that cannot be decided is told, and belongs to none."""
    for index, (slice_name, matches, _) in enumerate(slices):
        met = matches(item, position, run)
        if met is True:
            return index
        if met is None:
            run.undecide(
                f.SLICE_UNDECIDED, item.place, url, slice=slice_name, why="its discriminator has no answer here"
            )
    return None
