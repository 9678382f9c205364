"""An RF2 release into a snapshot: concepts numbered parents first, the closure, the texts in the order of relevance."""

import gc
from array import array
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path

from samspil_core.jsontext import dumps
from samspil_terminology.store.ids import to_blob
from samspil_terminology.store.snapshot import SnapshotWriter, Term, close_over, writing

from .known import (
    ACCEPTABLE,
    DEFINED,
    DEFINITION,
    DIALECTS,
    EDITIONS,
    FSN,
    IS_A,
    MODULE_DEPENDENCY,
    PREFERRED,
    SYNONYM,
    URL,
)
from .layout import DamagedFile
from .rf2 import Release

__all__ = ["LICENSE", "import_release"]

LICENSE = (
    "SNOMED CT is (c) SNOMED International and used under its Affiliate Licence, free of charge in member countries "
    "such as Denmark: https://www.snomed.org/get-snomed"
)
_STATED = "900000000000010007"
_ENGLISH = (DIALECTS["en-us"], DIALECTS["en-gb"])

Progress = Callable[[int], None]

_NUMBER, _KIND = 22, 12
"""Bits of a concept's number and of an attribute among the attributes: four million concepts fit, 4096 attributes."""


@dataclass(slots=True)
class _Release:
    """What is held while a release is read. Numbers are first those of the order of reading."""

    codes: list[str] = field(default_factory=list[str])
    flags: "array[int]" = field(default_factory=lambda: array("b"))
    modules: "array[int]" = field(default_factory=lambda: array("q"))
    effective: "array[int]" = field(default_factory=lambda: array("i"))
    number: dict[str, int] = field(default_factory=dict[str, int])
    dangling: dict[str, int] = field(default_factory=dict[str, int])
    """How many rows of which file speak of concepts that the release does not have."""

    def miss(self, file: str) -> None:
        """Count such a row."""
        self.dangling[file] = self.dangling.get(file, 0) + 1


def import_release(
    release: Release,
    path: Path,
    *,
    version: str = "",
    dialects: Iterable[str] = _ENGLISH,
    progress: Progress | None = None,
) -> dict[str, str]:
    """Write the snapshot of a release to `path`, and give its facts.

    `version` is the URI of the edition and release; without it, it follows from the module dependencies. `dialects` are
    the language reference sets whose preferred terms are the displays, best first; every other one is kept as well.
    `progress` is told the bytes read. Raises `DamagedFile`; then nothing has changed.
    """
    report = progress or _silent
    with writing(path) as writer, _no_collection():
        held = _read_concepts(release, report)
        version = version or _version(release, report)
        parents, attributes, concrete = _read_relationships(release, held, report)
        order = _topological(held, parents, release)
        renumbered = _renumber(held, order)
        _write_hierarchy(writer, parents, order, renumbered)
        _write_attributes(writer, attributes, concrete, renumbered)
        del parents, attributes, concrete
        terms = _read_terms(release, held, renumbered, tuple(dialects), report)
        writer.terms(terms, not_indexed=DEFINITION)
        _write_concepts(writer, held, order, _displays(terms))
        writer.details(terms)
        del terms
        _write_refsets(writer, release, held, renumbered, report)
        facts = _facts(version, len(order), sum(1 for each in held.flags if not each & 1))
        for name, value in facts.items():
            writer.meta(name, value)
    return facts | ({"dangling": dumps(held.dangling).decode()} if held.dangling else {})


def _silent(_done: int) -> None:
    return


@contextmanager
def _no_collection() -> Generator[None]:
    """Millions of small values without circles: the collector would walk them again and again for nothing."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _facts(version: str, concepts: int, active: int) -> dict[str, str]:
    module = version.partition("sct/")[2].partition("/")[0]
    return {
        "kind": "snomed",
        "url": URL,
        "version": version,
        "name": "SNOMED_CT",
        "title": f"SNOMED CT {EDITIONS.get(module, '')}".strip(),
        "edition": EDITIONS.get(module, ""),
        "language": "en",
        "license": LICENSE,
        "concepts": str(concepts),
        "active": str(active),
    }


def _read_concepts(release: Release, report: Progress) -> _Release:
    held = _Release()
    latest: dict[str, int] = {}
    for file in release.concepts:
        rows = file.rows(report)
        next(rows, None)
        before = len(held.codes)
        for line, row in enumerate(rows, 2):
            code, effective = row[0], int(row[1])
            at = held.number.get(code)
            if at is None:
                at = held.number[code] = len(held.codes)
                held.codes.append(code)
                held.flags.append(0)
                held.modules.append(0)
                held.effective.append(0)
            elif at >= before:
                raise DamagedFile(file.name, line, 1, f"concept {code} comes twice, so this is no snapshot")
            elif effective < latest.get(code, 0):
                continue
            held.flags[at] = (0 if row[2] == "1" else 1) | (4 if row[4] == DEFINED else 0)
            held.modules[at] = int(row[3])
            held.effective[at] = effective
            if len(release.concepts) > 1:
                latest[code] = effective
    return held


def _version(release: Release, report: Progress) -> str:
    """The URI of the edition: the module that others do not depend on, and the date of the files."""
    depends: set[str] = set()
    needed: set[str] = set()
    for file in release.refsets:
        if "ModuleDependency" in file.name:
            rows = file.rows(report)
            next(rows, None)
            for row in rows:
                if row[2] == "1" and row[4] == MODULE_DEPENDENCY:
                    depends.add(row[3])
                    needed.add(row[5])
    tops = sorted(depends - needed, key=lambda each: (each not in EDITIONS, len(each), each))
    module = tops[0] if tops else "900000000000207008"
    return f"{URL}/{module}/version/{release.date}"


def _read_relationships(
    release: Release, held: _Release, report: Progress
) -> tuple[list["array[int]"], "array[int]", dict[int, list[tuple[int, int, str]]]]:
    """Parents a concept; the attributes as one array of (source, group, type, target); concrete values a concept."""
    number = held.number
    parents: list[array[int]] = [array("i")] * len(held.codes)
    attributes = array("i")
    for file in release.relationships:
        rows = file.rows(report)
        next(rows, None)
        for row in rows:
            if row[2] != "1" or row[8] == _STATED:
                continue
            source, target, kind = number.get(row[4]), number.get(row[5]), row[7]
            if source is None or target is None:
                held.miss(file.name)
                continue
            if kind == IS_A:
                parents[source] = parents[source] + array("i", (target,)) if parents[source] else array("i", (target,))
            else:
                attribute = number.get(kind)
                if attribute is not None:
                    attributes.extend((source, int(row[6]), attribute, target))
    concrete: dict[int, list[tuple[int, int, str]]] = {}
    for file in release.concrete:
        rows = file.rows(report)
        next(rows, None)
        for row in rows:
            source, attribute = number.get(row[4]), number.get(row[7])
            if row[2] == "1" and row[8] != _STATED and source is not None and attribute is not None:
                concrete.setdefault(source, []).append((int(row[6]), attribute, row[5]))
    return parents, attributes, concrete


def _topological(held: _Release, parents: list["array[int]"], release: Release) -> list[int]:
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


def _renumber(held: _Release, order: list[int]) -> "array[int]":
    made = array("i", bytes(4 * len(order)))
    for n, at in enumerate(order):
        made[at] = n
    held.number.clear()
    held.number.update((held.codes[at], n) for n, at in enumerate(order))
    return made


def _write_hierarchy(
    writer: SnapshotWriter, parents: list["array[int]"], order: list[int], renumbered: "array[int]"
) -> None:
    ordered = [
        array("i", sorted(renumbered[each] for each in parents[at])) if parents[at] else parents[at] for at in order
    ]
    writer.nodes(close_over(ordered))


def _write_attributes(
    writer: SnapshotWriter,
    attributes: "array[int]",
    concrete: dict[int, list[tuple[int, int, str]]],
    renumbered: "array[int]",
) -> None:
    packed = array("Q", bytes(8 * (len(attributes) // 4)))
    kinds = sorted({renumbered[each] for each in attributes[2::4]})
    place = {kind: at for at, kind in enumerate(kinds)}
    for at in range(0, len(attributes), 4):
        source, group, kind, target = attributes[at : at + 4]
        rest = renumbered[source] << 8 | min(group, 255)
        packed[at // 4] = (rest << _KIND | place[renumbered[kind]]) << _NUMBER | renumbered[target]
    values = {renumbered[source]: [(g, renumbered[k], v) for g, k, v in some] for source, some in concrete.items()}
    by_value: dict[tuple[int, str], set[int]] = {}
    for source, some in values.items():
        for _, kind, value in some:
            by_value.setdefault((kind, value), set()).add(source)
    writer.properties(
        (f"concrete:{kind}", value, to_blob(sorted(some))) for (kind, value), some in sorted(by_value.items())
    )
    ordered = sorted(packed)
    writer.attributes(_attribute_rows(ordered, values, kinds))
    numbers = (1 << _NUMBER) - 1
    ends = (1 << _KIND + _NUMBER) - 1
    pairs = array("Q", ((each & ends) << _NUMBER | each >> _KIND + _NUMBER + 8 for each in ordered))
    writer.inverse((kinds[pair >> _NUMBER], pair & numbers, sources) for pair, sources in _inverse_rows(sorted(pairs)))


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


def _read_languages(release: Release, report: Progress) -> dict[int, str]:
    """Which language reference sets have a description, preferred (P) or acceptable (A), as a text a description."""
    found: dict[int, str] = {}
    shared: dict[str, str] = {}
    for file in release.languages:
        rows = file.rows(report)
        next(rows, None)
        for row in rows:
            if row[2] != "1":
                continue
            mark = "P" if row[6] == PREFERRED else "A" if row[6] == ACCEPTABLE else ""
            description = int(row[5])
            text = f"{found.get(description, ' ')}{row[4]}{mark} "
            found[description] = shared.setdefault(text, text)
    return found


def _read_terms(
    release: Release,
    held: _Release,
    renumbered: "array[int]",
    dialects: tuple[str, ...],
    report: Progress,
) -> list[Term]:
    """Every description, the most relevant first."""
    languages = _read_languages(release, report)
    inactive = bytearray(len(held.codes))
    for at, n in enumerate(renumbered):
        inactive[n] = held.flags[at] & 1
    rows: list[Term] = []
    numbers: dict[str, int] = {}
    wanted = [f" {each}P" for each in dialects]
    shared: dict[str, str] = {}
    places: dict[str, int] = {}
    for file in release.descriptions:
        lines = file.rows(report)
        next(lines, None)
        for row in lines:
            n = held.number.get(row[4])
            if n is None:
                held.miss(file.name)
                continue
            active = row[2] == "1"
            identifier = int(row[0])
            marks = languages.get(identifier, "")
            place = places.get(marks)
            if place is None:
                absent = len(wanted) + (0 if marks else 1)
                place = places[marks] = min(next((at for at, each in enumerate(wanted) if each in marks), absent), 7)
            kind = row[6]
            first = (
                inactive[n] * 64
                + (0 if active else 32)
                + (16 if kind == DEFINITION else 0)
                + (8 if kind == FSN else 0)
                + place
            )
            language, marks = shared.setdefault(row[5], row[5]), shared.setdefault(marks, marks)
            kind = shared.setdefault(kind, kind)
            module, effective = numbers.get(row[3]), numbers.get(row[1])
            if module is None:
                module = numbers[row[3]] = int(row[3])
            if effective is None:
                effective = numbers[row[1]] = int(row[1])
            text = row[7]
            order = first << 16 | min(len(text), 65535)
            flags = (1 if active else 0) | (2 if not marks or "P " in marks else 0)
            rows.append((order, text, n, language, kind, flags, identifier, marks, module, effective))
    del languages
    rows.sort(key=itemgetter(0))
    return rows


def _displays(rows: Iterable[Term]) -> dict[int, str]:
    """The best active synonym, else the fully specified name, else any text."""
    synonyms: dict[int, tuple[int, str]] = {}
    for row in rows:
        n, text = row[2], row[1]
        place = (row[0] >> 16 & 63) + (0 if row[4] == SYNONYM else 64)
        held = synonyms.get(n)
        if held is None or place < held[0]:
            synonyms[n] = (place, text)
    return {n: text for n, (_, text) in synonyms.items()}


def _write_concepts(writer: SnapshotWriter, held: _Release, order: list[int], displays: dict[int, str]) -> None:
    writer.concepts(
        (n, held.codes[at], displays.get(n, ""), held.flags[at], held.modules[at], held.effective[at], None)
        for n, at in enumerate(order)
    )
    writer.numeric_codes(array("q", (int(held.codes[at]) for at in order)))


def _write_refsets(
    writer: SnapshotWriter, release: Release, held: _Release, _renumbered: "array[int]", report: Progress
) -> None:
    number = held.number
    members: dict[int, set[int]] = {}
    fields: dict[int, list[str]] = {}
    for file in release.refsets:
        rows = file.rows(report)
        header = next(rows, None) or []
        names = header[6:]
        writer.members(_member_rows(rows, number, members, fields, names))
    writer.refsets((n, to_blob(sorted(some)), dumps(fields.get(n, [])).decode()) for n, some in sorted(members.items()))


def _member_rows(
    rows: Iterator[list[str]],
    number: dict[str, int],
    members: dict[int, set[int]],
    fields: dict[int, list[str]],
    names: list[str],
) -> Iterator[tuple[object, ...]]:
    for row in rows:
        refset = number.get(row[4])
        if refset is None:
            continue
        n = number.get(row[5])
        active = 1 if row[2] == "1" else 0
        held = members.setdefault(refset, set())
        fields.setdefault(refset, names)
        if active and n is not None:
            held.add(n)
        values = dumps(dict(zip(names, row[6:], strict=False))).decode()
        yield refset, row[5], n, active, int(row[3]), int(row[1]), row[0], values
