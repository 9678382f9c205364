"""CDC's pairs, each about one row of the guide: the element in question stands in our bundle as in theirs.

The name of a pair says which segment or datatype it is about. In question are the elements that hold a value of such
a position: all primitive values of that element, below what the name says it leads to (`-to-MessageHeader`). A pair
agrees outright when each of these values stands in our bundle under the same path, whatever its indexes; where the
pair is about a datatype, wherever the element hangs. CDC's own extensions are left out. A disagreement that the guide
or FHIR decides for us passes by `settled.csv`. `python -m tools.suites.hl7v2_cdc` prints both counts, and each pair
that does not agree outright.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from samspil_hl7v2.v2.fields import component, field
from tools import golden, settled
from tools.corpora import DEFAULT
from tools.golden import Leaf, Ours, Pair
from tools.suites import Case

NAME = "hl7v2-cdc"
GROUP = "hl7v2"
ORIGIN = "cdc-reportstream-mappinginventory"
_OWN = "reportstream.cdc.gov"


class Counts(NamedTuple):
    """Pairs: in all; that agree outright; whose values in question all stand in ours, at another place too; that pass."""

    total: int
    outright: int
    by_value: int
    passed: int


_HEADER = {"MessageHeader", "Provenance"}


def run(folder: Path) -> Iterator[Case]:
    """Yield each pair, and the elements in question that ours lacks and nothing settles."""
    for name, lacking, here in compared(folder):
        open_ones = [leaf for leaf in lacking if not settled.reason(leaf, ORIGIN, here)]
        yield name, "; ".join(sorted(leaf.path for leaf in open_ones)) or None


def counts(folder: Path) -> Counts:
    """Count the pairs: all, those that agree outright, whose values all stand somewhere in ours, and that are settled."""
    total = outright = by_value = passed = 0
    for _, lacking, here in compared(folder):
        total += 1
        outright += not lacking
        by_value += all(here.keeps(leaf.value) for leaf in lacking)
        passed += all(settled.reason(leaf, ORIGIN, here) for leaf in lacking)
    return Counts(total, outright, by_value, passed)


def compared(folder: Path) -> Iterator[tuple[str, list[Leaf], Ours]]:
    """Give each pair's name, the leaves in question that ours lacks, and ours."""
    for pair in golden.pairs(folder / "hl7v2" / "messages" / ORIGIN):
        here = golden.ours(pair.message)
        yield pair.name, differences(pair, here.leaves), here


def differences(pair: Pair, here: set[Leaf]) -> list[Leaf]:
    """Give the leaves in question that our bundle (its leaves: `here`) does not have."""
    about = subjects(pair.name)
    anywhere = {Leaf(_last(leaf.path), leaf.value) for leaf in here} if about and not _segments(about) else set[Leaf]()
    return [
        leaf
        for leaf in sorted(named(pair.name, questions(pair, about)))
        if leaf not in here and Leaf(_last(leaf.path), leaf.value) not in anywhere
    ]


def subjects(name: str) -> set[str]:
    """Give the segments or the datatype that a pair is about, out of its name: `orcobr__...` is about ORC and OBR."""
    first = name.split("__", maxsplit=1)[0].upper()
    parts = {first[start : start + 3] for start in range(0, len(first), 3)}
    return parts if len(first) % 3 == 0 and all(field(part, 1) for part in parts) else {first}


def named(name: str, asked: set[Leaf]) -> set[Leaf]:
    """Give the leaves of what a pair's name says it leads to: of `MSH-to-MessageHeader-...` those of the MessageHeader."""
    found = re.search(r"-to-([a-z0-9_]+)", name.lower())
    words = set(found[1].split("_")) if found else set[str]()
    return {leaf for leaf in asked if words & set(leaf.path.lower().split("."))} or asked


def questions(pair: Pair, about: set[str]) -> set[Leaf]:
    """Give the leaves of the elements that hold a value of a position in question; all positions when none does."""
    bundle = [golden.without(resource, _OWN) for resource in golden.resources(pair.bundle)]
    header = "MSH" in about
    for words in (about, set[str]()):
        said = set(_said(pair.message, words, header=header))
        found = {
            leaf
            for resource in bundle
            if header or resource["resourceType"] not in _HEADER
            for element in _elements(resource, resource["resourceType"])
            if any(leaf.value in said for leaf in element)
            for leaf in element
        }
        if found:
            return found
    return set()


def _said(message: bytes, about: set[str], *, header: bool) -> Iterator[str]:
    value_type = ""
    for name, number, text in golden.fields(message):
        if (name, number) == ("OBX", 2):
            value_type = text
        if name == "MSH" and not header:
            continue
        known = field(name, number)
        datatype = value_type if known and known.type == "varies" else known.type if known else ""
        if not about or {name, datatype} & about:
            yield from golden.texts(text)
            continue
        for place, piece in enumerate(text.split("^"), 1):
            inner = component(datatype, place)
            if inner and inner.type in about:
                yield from golden.texts(piece)


def _elements(value: Any, path: str) -> Iterator[list[Leaf]]:
    """Give, for each object below `path`, the leaves that stand in it itself."""
    if isinstance(value, dict):
        simple = {name: each for name, each in value.items() if not _nested(each)}
        yield list(golden.leaves(simple, path))
        for name, each in value.items():
            if _nested(each):
                yield from _elements(each, golden.below(path, name))
    elif isinstance(value, list):
        for each in value:
            yield from _elements(each, path)


def _nested(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(each, dict | list) for each in value))


def _segments(about: set[str]) -> bool:
    return any(field(name, 1) for name in about)


def _last(path: str) -> str:
    """Give the element and its value's name: `address.city` of `Patient.address.city`."""
    return re.sub(r"^.*?([^.]+\.[^.]+)$", r"\1", path)


def main() -> None:
    """Print the pairs that do not agree outright, with what decides them, and the counts."""
    folder = Path(os.environ.get("SAMSPIL_CORPORA") or DEFAULT)
    for name, lacking, here in compared(folder):
        for leaf in lacking:
            print(f"{name} {leaf.path}: {settled.reason(leaf, ORIGIN, here) or 'OPEN'}")
    found = counts(folder)
    print(
        f"{found.total} pairs: {found.outright} agree outright, {found.by_value} with each value in question somewhere in ours, "
        f"{found.passed} with those that the guide or FHIR decides for us"
    )


if __name__ == "__main__":
    main()
