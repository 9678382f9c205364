"""The attributes of the concepts of a release into a snapshot: by concept, and by attribute and value."""

from array import array
from collections.abc import Iterator

from samspil_core.jsontext import dumps
from samspil_terminology.store.ids import to_blob
from samspil_terminology.store.snapshot import SnapshotWriter

try:
    import numpy as np
except ImportError:  # the extra `fast` is not installed
    np = None

__all__ = ["write_attributes"]

_NUMBER, _KIND = 22, 12
"""Bits of a concept's number and of an attribute among the attributes: four million concepts fit, 4096 attributes."""


def write_attributes(
    writer: SnapshotWriter,
    attributes: "array[int]",
    concrete: dict[int, list[tuple[int, int, str]]],
    renumbered: "array[int]",
) -> None:
    """Write the attributes: `attributes` is (source, group, type, target) one after the other, `concrete` by source.

    Numbers are those of the reading; `renumbered` gives those of the snapshot.
    """
    ordered, pairs, kinds = (_packed_fast if np is not None and attributes else _packed)(attributes, renumbered)
    values = {renumbered[source]: [(g, renumbered[k], v) for g, k, v in some] for source, some in concrete.items()}
    by_value: dict[tuple[int, str], set[int]] = {}
    for source, some in values.items():
        for _, kind, value in some:
            by_value.setdefault((kind, value), set()).add(source)
    writer.properties(
        (f"concrete:{kind}", value, to_blob(sorted(some))) for (kind, value), some in sorted(by_value.items())
    )
    writer.attributes(_attribute_rows(ordered, values, kinds))
    numbers = (1 << _NUMBER) - 1
    writer.inverse((kinds[pair >> _NUMBER], pair & numbers, sources) for pair, sources in _inverse_rows(pairs))


Packed = tuple[list[int], list[int], list[int]]
"""(source, group, attribute, target) and (attribute, target, source), each as one number and sorted; the attributes."""


def _packed(attributes: "array[int]", renumbered: "array[int]") -> Packed:
    kinds = sorted({renumbered[each] for each in attributes[2::4]})
    place = {kind: at for at, kind in enumerate(kinds)}
    packed: list[int] = []
    for at in range(0, len(attributes), 4):
        source, group, kind, target = attributes[at : at + 4]
        rest = renumbered[source] << 8 | min(group, 255)
        packed.append((rest << _KIND | place[renumbered[kind]]) << _NUMBER | renumbered[target])
    ends = (1 << _KIND + _NUMBER) - 1
    pairs = sorted((each & ends) << _NUMBER | each >> _KIND + _NUMBER + 8 for each in packed)
    return sorted(packed), pairs, kinds


def _packed_fast(attributes: "array[int]", renumbered: "array[int]") -> Packed:
    assert np is not None  # noqa: S101  called with numpy only
    fresh = np.frombuffer(renumbered, dtype=np.int32).astype(np.uint64)
    source, group, kind, target = np.frombuffer(attributes, dtype=np.int32).reshape(-1, 4).T
    kinds, place = np.unique(fresh[kind], return_inverse=True)
    eight, few, wide = np.uint64(8), np.uint64(_KIND), np.uint64(_NUMBER)
    packed = fresh[source] << eight | np.minimum(group, 255).astype(np.uint64)
    packed = (packed << few | place.astype(np.uint64)) << wide | fresh[target]
    ends = np.uint64((1 << _KIND + _NUMBER) - 1)
    pairs = (packed & ends) << wide | packed >> few + wide + eight
    packed.sort()
    pairs.sort()
    return packed.tolist(), pairs.tolist(), kinds.tolist()


def _attribute_rows(
    ordered: list[int], values: dict[int, list[tuple[int, int, str]]], kinds: list[int]
) -> Iterator[tuple[int, str]]:
    source, row = -1, list[list[object]]()
    for each in ordered:
        rest, target = each >> _NUMBER, each & (1 << _NUMBER) - 1
        rest, kind = rest >> _KIND, rest & (1 << _KIND) - 1
        at, group = rest >> 8, rest & 255
        if at != source:
            if row:
                yield source, _json(row, values.pop(source, []))
            source, row = at, []
        row.append([group, kinds[kind], target])
    if row:
        yield source, _json(row, values.pop(source, []))
    for at, some in sorted(values.items()):
        yield at, _json([], some)


def _json(row: list[list[object]], concrete: list[tuple[int, int, str]]) -> str:
    return dumps([*row, *([group, kind, None, value] for group, kind, value in sorted(concrete))]).decode()


def _inverse_rows(pairs: list[int]) -> Iterator[tuple[int, bytes]]:
    """(attribute and value, sources) for every pair of the two."""
    held, sources = -1, array("i")
    for each in pairs:
        pair, source = each >> _NUMBER, each & (1 << _NUMBER) - 1
        if pair != held:
            if len(sources):
                yield held, to_blob(sources)
            held, sources = pair, array("i")
        if not sources or sources[-1] != source:
            sources.append(source)
    if len(sources):
        yield held, to_blob(sources)
