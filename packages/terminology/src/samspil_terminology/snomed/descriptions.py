"""The texts of a release, the most relevant first, and which of them is the display of a concept."""

from array import array
from collections.abc import Iterable
from operator import itemgetter

from samspil_terminology.store.snapshot import Term

from .gathered import Gathered, Progress
from .known import (
    ACCEPTABLE,
    DEFINITION,
    FSN,
    PREFERRED,
    SYNONYM,
)
from .rf2 import Release

__all__ = ["displays_of", "read_terms"]


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


def read_terms(
    release: Release,
    held: Gathered,
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


def displays_of(rows: Iterable[Term]) -> dict[int, str]:
    """The best active synonym, else the fully specified name, else any text."""
    synonyms: dict[int, tuple[int, str]] = {}
    for row in rows:
        n, text = row[2], row[1]
        place = (row[0] >> 16 & 63) + (0 if row[4] == SYNONYM else 64)
        held = synonyms.get(n)
        if held is None or place < held[0]:
            synonyms[n] = (place, text)
    return {n: text for n, (_, text) in synonyms.items()}
