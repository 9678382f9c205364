"""A function for a shape of messages, made by converting one message of it with symbols instead of texts."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from sys import intern
from types import FunctionType
from typing import Any

from samspil_hl7v2.engine import Carried, Wish
from samspil_hl7v2.mapping.compiled import Program
from samspil_hl7v2.message import Message, Segment

from .outline import ODD
from .outline import lines as segments_of
from .recorder import Recorder
from .replica import RecordingContext, engine_replica, program_replica
from .setting import Setting
from .shelf import Shape
from .sketch import Sketch
from .symbol import NotRecordableError, Symbol, Taken

NULL = '""'
_DELIMITER = re.compile(r"[\^~&]")


def record(
    message: Message, sketch: Sketch, type_: tuple[str, str, str], program: Program, wish: Wish, setting: Setting
) -> Shape | None:
    """The function for messages like this one, which was parsed without a finding; None where it cannot be made."""
    if message.issues or len(sketch.lines) != len(message.segments) or ODD.encode() in sketch.outline:
        return None
    recorder = Recorder(spaced=sketch.standing is not sketch.lines)
    x = RecordingContext(
        setting.codec, setting.zone, setting.offset, setting.now, setting.coding_systems, recorder=recorder
    )
    x.segments = _symbolic(recorder, sketch, message)
    carried = engine_replica(recorder)(
        message._replace(segments=x.segments, issues=()), type_, program_replica(program, recorder), x, wish
    )
    texts = recorder.function(f"({recorder.json(carried.bundle)}, {recorder.written(carried.report.control_id)})")
    trees = recorder.function(recorder.written(carried.bundle))
    return Shape(_function(texts, recorder), cache(lambda: _function(trees, recorder)), _fixed(carried))


def _symbolic(recorder: Recorder, sketch: Sketch, message: Message) -> list[Segment]:
    """The segments of a message, of symbols."""
    read = _fields(recorder, "L", sketch.lines, sketch.outline)
    raw = _fields(recorder, "R", sketch.standing, sketch.standing_outline) if recorder.spaced else read
    segments: list[Segment] = []
    for at, real in enumerate(message.segments):
        head = [real.name, "|", real.raw[2]] if at == 0 else [real.name]
        segment = Segment(real.name, [*head, *raw[at]], at, real.number)
        segment.fields = [*head, *(_as_read(each) for each in read[at])]
        segments.append(segment)
    return segments


def _fields(recorder: Recorder, name: str, lines: list[str], outlined: bytes) -> list[list[Any]]:
    """The fields of each line, behind the name of the segment (and the separators of MSH)."""
    parted = segments_of(outlined)
    wholes = [Symbol(recorder, line, f"{name}[{at}]", known) for at, (line, known) in enumerate(zip(lines, parted, strict=True))]
    return [whole.split("|")[2 if at == 0 else 1 :] for at, whole in enumerate(wholes)]


def _as_read(field: Any) -> Any:
    """A field without its explicit nulls; nothing where it holds separators alone."""
    if not field:
        return ""
    known: str = field.known
    read = known
    if NULL in known:
        leaves = _DELIMITER.split(known)
        if any(NULL in leaf and leaf != NULL for leaf in leaves):
            raise NotRecordableError("quotes in a value")
        read = known.replace(NULL, "")
    if not read.strip("^~&"):
        return ""
    if read == known:
        return field
    return Taken(field, f".replace({NULL!r}, '')", field.at_hand.replace(NULL, ""), read)


def _function(source: str, recorder: Recorder) -> Callable[..., Any]:
    space = dict(recorder.constants)
    exec(compile(source, "<samspil shape>", "exec"), space)  # noqa: S102  the source is made above, of checked rows
    made: FunctionType = space.pop("shape")
    made.__code__ = made.__code__.replace(co_consts=tuple(map(_shared, made.__code__.co_consts)))
    return made


_CONSTANTS: dict[Any, Any] = {}
"""Texts, and the names of members of objects, that functions have in common: memory, and above all the memory's caches.

They come from the tables and from FHIR; what comes from messages is kept apart from the source text.
"""


def _shared(constant: Any) -> Any:
    if isinstance(constant, tuple) and all(isinstance(each, str) for each in constant):  # pyright: ignore[reportUnknownVariableType]
        constant = tuple(map(intern, constant))  # pyright: ignore[reportUnknownArgumentType]
        return _CONSTANTS.setdefault(constant, constant)
    return intern(constant) if isinstance(constant, str) else constant


def _fixed(carried: Carried) -> Carried:
    """What all messages of the shape have in common."""
    report = carried.report
    return carried._replace(bundle={}, report=report.with_control_id(""))
