"""CDC's pairs, each about one row of the guide: the element in question stands in our bundle as in theirs.

The name of a pair says which field, component, segment or datatype it is about (`pair_names`). In question are the
elements that hold a value of such a position, and of no other field more: all primitive values of that element (of a
resource itself, where the name says which field, only the one that holds the value), below what the name says it
leads to (`-to-MessageHeader`). Where no element holds such a value, those are in question whose value is put together of
such texts (`LAB - CLIA:4711`). Where the name says which field is taken (`prefers-orc-12`), a value that no field says is
not in question. A pair agrees outright when each of these values stands in our bundle under the same
path, whatever its indexes; where the pair is about a datatype, wherever the element hangs. CDC's own extensions are
left out. A disagreement that the guide or FHIR decides for us passes by `settled.csv`.
`python -m tools.suites.hl7v2_cdc` prints both counts, and each pair that does not agree outright.
"""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from tools import golden, pair_names, settled
from tools.corpora import DEFAULT
from tools.golden import Leaf, Ours, Pair
from tools.pair_names import About, Source
from tools.suites import Case

NAME = "hl7v2-cdc"
GROUP = "hl7v2"
ORIGIN = "cdc-reportstream-mappinginventory"
_OWN = "reportstream.cdc.gov"


Told: TypeAlias = Callable[[set[str], set[str]], set[str]]


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
    about = pair_names.read(pair.name)
    anywhere = set[Leaf]() if about.segments else {Leaf(_last(leaf.path), leaf.value) for leaf in here}
    return [
        leaf
        for leaf in sorted(_led_to(about, questions(pair, about)))
        if leaf not in here and Leaf(_last(leaf.path), leaf.value) not in anywhere
    ]


def _led_to(about: About, asked: set[Leaf]) -> set[Leaf]:
    """Give the leaves of what a pair's name says it leads to: of `MSH-to-MessageHeader-...` those of the MessageHeader."""
    return {leaf for leaf in asked if about.targets & set(leaf.path.lower().split("."))} or asked


def questions(pair: Pair, about: About) -> set[Leaf]:
    """Give the leaves of the elements in question: of the first of position, segment or datatype, message that has any.

    A value put together of texts comes before the message.
    """
    bundle = [
        resource
        for resource in (golden.without(each, _OWN) for each in golden.resources(pair.bundle))
        if "MSH" in about.segments or resource["resourceType"] not in _HEADER
    ]
    everything = About(about.segments & {"MSH"}, *[frozenset[Any]()] * 3, choice=False)
    stages = (
        (about, _exactly, True),
        (about, _exactly, False),
        (about, _together, False),
        (everything, _exactly, False),
    )
    for each, told, alone in stages:
        if found := set(_holding(bundle, pair_names.sources(pair.message, each, whole=not alone), told, alone=alone)):
            return _said(found, pair.message) if about.choice else found
    return set()


def _said(asked: set[Leaf], message: bytes) -> set[Leaf]:
    """Give the leaves whose value stands in the message."""
    said = {text for _, _, field in golden.fields(message) for text in golden.texts(field)}
    return {leaf for leaf in asked if leaf.value in said}


def _holding(bundle: list[dict[str, Any]], sources: list[Source], told: Told, *, alone: bool) -> Iterator[Leaf]:
    """Give the leaves of the elements of these sources; with `alone`, of a resource only the leaves that are of them.

    `told` gives those of some texts that some values tell.
    """
    for resource in bundle:
        top, *below = _elements(resource, resource["resourceType"])
        parts = [[leaf] for leaf in top] if alone else [top]
        for element in (*parts, *below):
            if _of(sources, {leaf.value for leaf in element}, told):
                yield from element


def _of(sources: list[Source], values: set[str], told: Told) -> bool:
    """Whether values tell a text in question, and no other field says more of them than one that has such a text."""
    found = [(each, told(values, each.texts)) for each in sources]
    most = max((len(texts) for _, texts in found), default=0)
    return any(texts & each.asked and len(texts) == most for each, texts in found)


def _exactly(values: set[str], texts: set[str]) -> set[str]:
    """Give those of the texts that values are."""
    return values & texts


def _together(values: set[str], texts: set[str]) -> set[str]:
    """Give those of the texts that values are, or are put together of."""
    return (values & texts).union(*(_parts(value, texts) for value in values - texts))


def _parts(value: str, texts: set[str]) -> set[str]:
    """Give the texts, two or more, of which a value is put together with nothing but signs and blanks between."""
    found, rest = set[str](), value
    for text in sorted(texts, key=lambda each: (-len(each), each)):
        if text in rest:
            found.add(text)
            rest = rest.replace(text, " ")
    return found if len(found) > 1 and not re.search(r"\w", rest) else set()


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
