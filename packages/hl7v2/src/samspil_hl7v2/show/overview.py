"""Many messages on one page: what was carried over of each, and the loss by segment as a chart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from html import escape
from typing import NamedTuple

from samspil_hl7v2.report import Report

from .page import document

_WIDTH = 24
"""Width of the longest bar, in em."""


class Shown(NamedTuple):
    """A message of the overview: the file, its number there from 0, and its report."""

    source: str
    number: int
    report: Report


def overview_page(messages: Iterable[Shown], name: str) -> str:
    """Give the page of a folder. A position that a row leaves out on purpose (`dropped`) is no loss."""
    shown = list(messages)
    populated = sum(one.report.populated for one in shown)
    mapped = sum(one.report.mapped for one in shown)
    lost, reasons = _losses(shown)
    head = (
        f"<header><h1>{escape(name)}</h1><p>{len(shown):,} messages; "
        f"{populated:,} populated positions = {mapped:,} mapped + {populated - mapped:,} reported</p></header>"
    )
    chart = _bars("Loss by segment", "segment", lost) + _bars("Loss by reason", "reason", reasons)
    return document(name, f'{head}<div class="wide">{chart}{_table(shown)}</div>')


def _losses(shown: list[Shown]) -> tuple[Counter[str], Counter[str]]:
    segments, reasons = Counter[str](), Counter[str]()
    for one in shown:
        for each in one.report.unmapped:
            if each.reason != "dropped":
                segments[re.split(r"[\[-]", each.position)[0]] += 1
                reasons[each.reason] += 1
    return segments, reasons


def _bars(title: str, what: str, counts: Counter[str]) -> str:
    if not counts:
        return f"<h2>{title}</h2><p>Nothing was lost.</p>"
    most = max(counts.values())
    rows = "".join(
        f'<tr><td>{escape(name)}</td><td class="number">{number:,}</td>'
        f'<td><span class="bar" style="width:{_WIDTH * number / most:.2f}em"></span></td></tr>'
        for name, number in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    )
    return f'<h2>{title}</h2><table><tr><th>{what}</th><th class="number">positions</th><th></th></tr>{rows}</table>'


def _table(shown: list[Shown]) -> str:
    rows = "".join(
        f"<tr><td>{escape(one.source)}{f' #{one.number + 1}' if one.number else ''}</td>"
        f"<td>{escape(one.report.message_type)}</td><td>{one.report.status}</td>"
        f'<td class="number">{one.report.populated:,}</td><td class="number">{one.report.mapped:,}</td>'
        f'<td class="number">{one.report.reported:,}</td></tr>'
        for one in shown
    )
    head = "".join(f"<th>{name}</th>" for name in ("message", "type", "status"))
    head += "".join(f'<th class="number">{name}</th>' for name in ("populated", "mapped", "reported"))
    return f"<h2>Messages</h2><table><tr>{head}</tr>{rows}</table>"
