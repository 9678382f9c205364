"""What a page shows of one message: every field with what became of it, and the traces between positions and elements."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from samspil_core.outcome import Issue
from samspil_hl7v2.conversion import Conversion, convert
from samspil_hl7v2.lineage import Trace
from samspil_hl7v2.message import Segment, parse
from samspil_hl7v2.report import Report, Unmapped
from samspil_hl7v2.v2.fields import field as field_facts

_FIRST_OF_MSH = 1


class Piece(NamedTuple):
    """A populated position: where, what stands there, why it is reported (None: mapped), the traces that begin there."""

    position: str
    text: str
    reported: Unmapped | None
    traces: tuple[int, ...]


class Field(NamedTuple):
    """A field up to the last populated one: its label, HL7's name of it, its pieces; none where it is empty."""

    label: str
    name: str
    pieces: tuple[Piece, ...]


class SegmentView(NamedTuple):
    """A segment: its name, with a number from the second on, and its fields."""

    label: str
    fields: tuple[Field, ...]


class View(NamedTuple):
    """One message, shown. `bundle` is None and `segments` empty where no MSH could be read; `outcome` then says why."""

    segments: tuple[SegmentView, ...]
    bundle: dict[str, Any] | None
    traces: tuple[Trace, ...]
    report: Report
    conversion: Conversion


def view(data: bytes, **options: Any) -> View:
    """Convert a message with its lineage and lay out what became of each position. `options` are those of `convert`."""
    conversion = convert(data, with_lineage=True, **options)
    mapping = options.get("mapping")
    parsed = parse(data, options.get("charset") or (mapping.charset if mapping else None))
    if isinstance(parsed, Issue):
        return View((), None, (), conversion.report, conversion)
    reported = {each.position: each for each in conversion.report.unmapped}
    begins: dict[str, list[int]] = {}
    for at, trace in enumerate(conversion.lineage):
        begins.setdefault(trace.position, []).append(at)
    segments = tuple(_segment(one, parsed.codec, reported, begins) for one in parsed.segments)
    return View(segments, conversion.bundle, conversion.lineage, conversion.report, conversion)


def _segment(segment: Segment, codec: str, reported: dict[str, Unmapped], begins: dict[str, list[int]]) -> SegmentView:
    pieces: dict[int, list[Piece]] = {}
    for leaf in segment.leaves():
        position = segment.position(leaf)
        piece = Piece(position, segment.text(leaf, codec), reported.get(position), tuple(begins.get(position, ())))
        pieces.setdefault(leaf.field, []).append(piece)
    label = segment.name if segment.number == 1 else f"{segment.name}[{segment.number}]"
    return SegmentView(label, tuple(_fields(segment, label, pieces)))


def _fields(segment: Segment, label: str, pieces: dict[int, list[Piece]]) -> Iterator[Field]:
    for number in range(_FIRST_OF_MSH, max(pieces, default=0) + 1):
        facts = field_facts(segment.name, number)
        yield Field(f"{label}-{number}", facts.name if facts else "", tuple(pieces.get(number, ())))


def lines(shown: View) -> Iterator[str]:
    """Give the view as text: each populated position, its text, and the elements it became or the reason it did not."""
    for segment in shown.segments:
        for field in segment.fields:
            for piece in field.pieces:
                yield f"{piece.position} = {piece.text}{f'  {field.name}' if field.name else ''}"
                if piece.reported:
                    yield f"    reported: {because(piece.reported)}"
                for at in piece.traces:
                    trace = shown.traces[at]
                    yield f"    -> {trace.element}  {trace.row}"


def because(reported: Unmapped) -> str:
    """Say why a position is reported: the reason, its detail, the row."""
    detail = f", {reported.detail}" if reported.detail else ""
    return f"{reported.reason}{detail}{f' ({reported.row})' if reported.row else ''}"
