"""An RF2 release into a snapshot: concepts numbered parents first, the closure, the texts in the order of relevance."""

import gc
from array import array
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from samspil_core.jsontext import dumps
from samspil_terminology.store.ids import to_blob
from samspil_terminology.store.snapshot import SnapshotWriter, close_over, writing

from .attributes import write_attributes
from .descriptions import displays_of, read_terms
from .gathered import Gathered, Progress
from .known import (
    DEFINED,
    DEFINITION,
    DIALECTS,
    EDITIONS,
    IS_A,
    MODULE_DEPENDENCY,
    URL,
)
from .layout import DamagedFile
from .ordering import renumbered_by, topological
from .rf2 import Release

__all__ = ["LICENSE", "import_release"]

LICENSE = (
    "SNOMED CT is (c) SNOMED International and used under its Affiliate Licence, free of charge in member countries "
    "such as Denmark: https://www.snomed.org/get-snomed"
)
_STATED = "900000000000010007"
_ENGLISH = (DIALECTS["en-us"], DIALECTS["en-gb"])


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
        order = topological(held, parents, release)
        renumbered = renumbered_by(held, order)
        _write_hierarchy(writer, parents, order, renumbered)
        write_attributes(writer, attributes, concrete, renumbered)
        del parents, attributes, concrete
        terms = read_terms(release, held, renumbered, tuple(dialects), report)
        writer.terms(terms, not_indexed=DEFINITION)
        _write_concepts(writer, held, order, displays_of(terms))
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


def _read_concepts(release: Release, report: Progress) -> Gathered:
    held = Gathered()
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
    release: Release, held: Gathered, report: Progress
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


def _write_hierarchy(
    writer: SnapshotWriter, parents: list["array[int]"], order: list[int], renumbered: "array[int]"
) -> None:
    ordered = [
        array("i", sorted(renumbered[each] for each in parents[at])) if parents[at] else parents[at] for at in order
    ]
    writer.nodes(close_over(ordered))


def _write_concepts(writer: SnapshotWriter, held: Gathered, order: list[int], displays: dict[int, str]) -> None:
    writer.concepts(
        (n, held.codes[at], displays.get(n, ""), held.flags[at], held.modules[at], held.effective[at], None)
        for n, at in enumerate(order)
    )
    writer.numeric_codes(array("q", (int(held.codes[at]) for at in order)))


def _write_refsets(
    writer: SnapshotWriter, release: Release, held: Gathered, _renumbered: "array[int]", report: Progress
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
