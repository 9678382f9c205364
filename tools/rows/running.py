"""Run the oracle: each row's messages are converted until one shows the row; what is left has a reason, or is a fault."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from samspil_hl7v2 import convert
from samspil_hl7v2.coverage import measure
from tools import golden
from tools.rows import cases, reasons, walk
from tools.rows.cases import Expected, Try
from tools.rows.guide import Guide, key, read

MOST = {"segments": 12, "datatypes": 12, "messages": 60, "codes": 12}
"""Messages that are tried for one row: a map is used by many others."""


class Outcome(NamedTuple):
    """What became of a row: `agrees`, the kind of the reason that settles it, or `differs`; `why` tells the rest."""

    id: str
    state: str
    why: str


def run(folder: Path) -> Iterator[Outcome]:
    """Give the outcome of every row with a target of the guide's tables below a folder of the corpora."""
    tables = folder / "hl7v2" / "ig-mappings"
    guide = read(tables)
    for each in measure(tables):
        for row in each.rows:
            name = f"{each.kind}/{each.name}/{row.number}"
            why = _shown(islice(_tries(guide, each.kind, each.name, row.number), MOST[each.kind]))
            yield _judged(name, why, row.reason if row.status == "deviating" or row.conditioned else "")


def ids(folder: Path) -> Iterator[str]:
    """Give the id of every row with a target: `segments/PID[Patient]/12`."""
    for each in measure(folder / "hl7v2" / "ig-mappings"):
        yield from (f"{each.kind}/{each.name}/{row.number}" for row in each.rows)


def _tries(guide: Guide, kind: str, name: str, number: int) -> Iterator[Try]:
    if kind == "messages":
        row = next(row for row in guide.messages[name] if row.number == number)
        return cases.message_tries(guide, name, row)
    if kind == "codes":
        pair = next(pair for pair in guide.codes[key(name)] if pair.number == number)
        return cases.code_tries(guide, key(name), (pair.source, pair.target))
    maps = guide.segments if kind == "segments" else guide.datatypes
    row = next(row for row in maps[key(name)] if row.number == number)
    tries = cases.segment_tries if kind == "segments" else cases.datatype_tries
    return tries(guide, key(name), row)


def _judged(name: str, why: str | None, beside: str) -> Outcome:
    if why is None:
        return Outcome(name, "agrees", "")
    if found := reasons.settled(name):
        return Outcome(name, found.kind, found.reason)
    return Outcome(name, "otherwise", beside) if beside else Outcome(name, "differs", why)


def _shown(tries: Iterator[Try]) -> str | None:
    """None where a message shows the row; else what the first one lacks."""
    first: str | None = None
    for each in tries:
        why = lacking(convert(each.message).bundle or {}, each.expected)
        if why is None:
            return None
        first = first or why
    return first or "no message shows it"


def lacking(bundle: dict[str, Any], expected: tuple[Expected, ...]) -> str | None:
    """Say what of the expected a bundle lacks, or nothing."""
    for each in expected:
        nodes = walk.reached(bundle, walk.starts(bundle, set(each.types)), list(each.path)) if bundle else []
        place = f"{'|'.join(sorted(each.types))}.{'.'.join(each.path)}"
        if not nodes:
            return f"nothing at {place}"
        if each.text is not None and golden.plain(each.text) not in {
            text for node in nodes for text in walk.texts(node)
        }:
            return f"another value at {place}"
    return None
