"""A function for a shape of messages, made by converting one message of it with symbols instead of texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from samspil_hl7v2.engine import Carried, Wish
from samspil_hl7v2.mapping.compiled import Program
from samspil_hl7v2.message import Message, Segment
from samspil_hl7v2.report import Report

from .outline import ODD, outline, segments
from .recorder import Recorder
from .replica import RecordingContext, engine_replica, program_replica
from .setting import Setting
from .shelf import Shape
from .symbol import Part, Parts, Symbol

LONGEST = 20_000
"""Characters of a message from which on no function is made of it: its lines would be too many."""


def record(
    message: Message, text: str, type_: tuple[str, str, str], program: Program, wish: Wish, setting: Setting
) -> Shape | None:
    """The function for messages like this one; None where it cannot be made.

    `message` was parsed from `text` without a finding. What was recorded is tried with the message itself before it is kept.
    """
    outlined = outline(text)
    lines = text.split("\r")
    if not message.tidy or message.issues or len(lines) != len(message.segments) or ODD.encode() in outlined:
        return None
    recorder = Recorder()
    x = RecordingContext(
        setting.codec, setting.zone, setting.offset, setting.now, setting.coding_systems, recorder=recorder
    )
    symbolic = [_segment(recorder, at, lines[at], known, message) for at, known in enumerate(segments(outlined))]
    x.segments = symbolic
    carried = engine_replica(recorder)(
        Message(symbolic, setting.codec, tidy=True, issues=()), type_, program_replica(program, recorder), x, wish
    )
    return Shape(_function(recorder, carried), _fixed(carried))


def _segment(recorder: Recorder, at: int, line: str, known: list[str], message: Message) -> Segment:
    whole = Symbol(recorder, line, f"L[{at}]", "|".join(known))
    parts = Parts(whole, "|")
    if at == 0:
        parts.name = "H"
    name, *fields = parts.symbols
    real = message.segments[at]
    raw = [real.name, "|", real.raw[2], *fields[1:]] if at == 0 else [real.name, *fields]
    return Segment(real.name, raw, at, real.number)


def _function(recorder: Recorder, carried: Carried) -> Callable[..., Any]:
    source = recorder.function(f"({recorder.written(carried.bundle)}, {recorder.written(carried.report.control_id)})")
    space: dict[str, Any] = recorder.constants
    exec(compile(source, "<samspil shape>", "exec"), space)  # noqa: S102  the source is made above, of checked rows
    return space["shape"]


def _fixed(carried: Carried) -> Carried:
    """What all messages of the shape have in common."""
    report = carried.report
    return carried._replace(bundle={}, report=report.with_control_id(""))
