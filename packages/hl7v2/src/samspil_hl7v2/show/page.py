"""One message and its bundle side by side, as one HTML page that needs nothing but itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any, cast

from samspil_hl7v2.lineage import Trace

from .view import Field, Piece, SegmentView, View, because

_LONG = 400
"""Longer values are shown by their beginning and their length."""
LEGEND = (
    ("mapped", "mapped: became an element"),
    ("reported", "reported: not carried over, with the reason"),
    ("dropped", "left out by a row, with the reason"),
    ("empty", "empty"),
)


def message_page(shown: View, name: str) -> str:
    """Give the page of one message; `name` is its file, for the title."""
    report = shown.report
    counts = f"{report.populated:,} populated = {report.mapped:,} mapped + {report.reported:,} reported"
    title = f"{name}: {report.message_type or 'no readable MSH'}"
    body = (
        f"<header><h1>{escape(title)}</h1><p>{counts}</p>{legend()}</header>"
        f'<main><section aria-label="Message" id="message">{"".join(_segment(one) for one in shown.segments)}</section>'
        f'<section aria-label="Resources" id="resources">{_resources(shown)}</section></main>'
        '<output id="told" aria-live="polite">Point at a field or an element, or move with the arrow keys.</output>'
    )
    return document(
        title, f'{body}<script type="application/json" id="traces">{_traces(shown)}</script>', asset("page.js")
    )


def _traces(shown: View) -> str:
    """Give the script's data: the positions, elements and rows, each once, and a triple of their numbers for each trace."""
    positions = [*dict.fromkeys(trace.position for trace in shown.traces)]
    elements = [*dict.fromkeys(trace.element for trace in shown.traces)]
    rows = [*dict.fromkeys(_row(trace) for trace in shown.traces)]
    number = [{text: at for at, text in enumerate(texts)} for texts in (positions, elements, rows)]
    triples = [[number[0][one.position], number[1][one.element], number[2][_row(one)]] for one in shown.traces]
    names = {"positions": positions, "elements": elements, "rows": rows, "traces": triples}
    return _inline(names)


def _row(trace: Trace) -> str:
    return f"{trace.row} (layer {trace.layer})" if trace.layer else trace.row


def document(title: str, body: str, script: str = "") -> str:
    """Give a page with the style of these pages; it names no other address, and no script but its own may run."""
    policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
        f"<style>{asset('page.css')}</style></head><body>{body}"
        f"{f'<script>{script}</script>' if script else ''}</body></html>\n"
    )


def legend() -> str:
    """Give the key of the marks: each has a sign and an underline beside its colour."""
    return (
        '<ul class="legend">' + "".join(f'<li><span class="{key}">{text}</span></li>' for key, text in LEGEND) + "</ul>"
    )


@cache
def asset(name: str) -> str:
    """Give the text of a file beside this one."""
    return files("samspil_hl7v2.show").joinpath(name).read_text(encoding="utf-8")


def _inline(value: Any) -> str:
    """JSON inside a script: no sign in it can end the script."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _segment(segment: SegmentView) -> str:
    return f"<article><h2>{escape(segment.label)}</h2><dl>{''.join(_field(field) for field in segment.fields)}</dl></article>"


def _field(field: Field) -> str:
    if not field.pieces:
        return f'<dt class="empty">{escape(field.label)}</dt><dd class="empty">{escape(field.name)}</dd>'
    pieces = " ".join(_piece(piece) for piece in field.pieces)
    return f"<dt>{escape(field.label)}</dt><dd><small>{escape(field.name)}</small> {pieces}</dd>"


def _piece(piece: Piece) -> str:
    kind = "mapped" if piece.reported is None else "dropped" if piece.reported.reason == "dropped" else "reported"
    why = f' data-why="{escape(because(piece.reported))}"' if piece.reported else ""
    return (
        f'<span class="{kind}" tabindex="-1" data-at="{escape(piece.position)}"{why}{_marks(piece.traces)}>'
        f"{escape(_short(piece.text))}</span>"
    )


def _marks(traces: tuple[int, ...]) -> str:
    return f' data-t="{" ".join(map(str, traces))}"' if traces else ""


def _short(text: str) -> str:
    return text if len(text) <= _LONG else f"{text[:_LONG]} … ({len(text):,} characters)"


def _resources(shown: View) -> str:
    if shown.bundle is None:
        issues = "".join(f"<p>{escape(issue.code)} {escape(issue.text)}</p>" for issue in shown.conversion.issues)
        return f"<article>{issues}</article>"
    ends: dict[str, list[int]] = {}
    for at, trace in enumerate(shown.traces):
        ends.setdefault(trace.element, []).append(at)
    head = {name: value for name, value in shown.bundle.items() if name != "entry"}
    parts = [f"<article><h2>Bundle</h2><pre>{''.join(_json(head, 'Bundle', ends, 0))}</pre></article>"]
    for number, entry in enumerate(shown.bundle["entry"]):
        resource = entry["resource"]
        text = "".join(_json(resource, f"Bundle.entry[{number}].resource", ends, 0))
        parts.append(f"<article><h2>{escape(resource['resourceType'])}</h2><pre>{text}</pre></article>")
    return "".join(parts)


def _json(value: Any, path: str, ends: dict[str, list[int]], depth: int) -> Iterator[str]:
    """Give the lines of a value; what a trace ends at is marked."""
    traces = ends.get(path, ())
    if traces:
        yield f'<span class="element" tabindex="-1"{_marks(tuple(traces))}>'
    if isinstance(value, dict | list) and value:
        yield from _container(cast("dict[str, Any] | list[Any]", value), path, ends, depth)
    else:
        yield escape(_short(json.dumps(value, ensure_ascii=False, default=str)))
    if traces:
        yield "</span>"


def _container(value: dict[str, Any] | list[Any], path: str, ends: dict[str, list[int]], depth: int) -> Iterator[str]:
    named = isinstance(value, dict)
    members: list[tuple[str, Any]] = [*value.items()] if named else [(f"[{at}]", each) for at, each in enumerate(value)]
    indent = "  " * (depth + 1)
    yield "{" if named else "["
    for at, (name, each) in enumerate(members):
        key = f"<b>{escape(name)}</b>: " if named else ""
        yield f"{',' if at else ''}\n{indent}{key}"
        yield from _json(each, f"{path}.{name}" if named else f"{path}{name}", ends, depth + 1)
    yield f"\n{indent[2:]}{'}' if named else ']'}"
