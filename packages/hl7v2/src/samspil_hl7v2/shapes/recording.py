"""A function for a shape of messages, made by converting one message of it with symbols instead of texts."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from sys import intern
from types import FunctionType
from typing import Any, cast

from samspil_hl7v2.engine import Carried, message_type
from samspil_hl7v2.message import Message, Segment
from samspil_hl7v2.v2.structures import structure_of

from .kinship import HEAD
from .outline import ODD
from .outline import lines as segments_of
from .recorder import Recorder
from .replica import RecordingContext, engine_replica, program_replica
from .shelf import Shape
from .sketch import Sketch
from .symbol import NotRecordableError, Symbol, Taken
from .writing import bundle_text

NULL = '""'
_DELIMITER = re.compile(r"[\^~&]")


def record(message: Message, sketch: Sketch) -> Shape | None:
    """The function for messages like this one; None where it was parsed with findings, or holds control characters."""
    found = message.issues[len(sketch.plain.issues) :]
    if found or len(sketch.lines) != len(message.segments) or ODD.encode() in sketch.outline:
        return None
    common, helpers = sketch.setting.common(), sketch.mapping.shapes.helpers
    recorder = Recorder(spaced=sketch.standing is not sketch.lines, helpers=helpers, common=common)
    codec, zone, offset, now, systems, *_ = sketch.setting
    segments = _symbolic(recorder, sketch, message)
    x = RecordingContext(codec, zone, offset, now, systems, segments=segments, recorder=recorder)
    code, trigger, declared = message_type(sketch.type)
    structure = structure_of(code, trigger, declared)
    program = sketch.mapping.program(structure, code, traced=sketch.wish.with_lineage)
    program.complete(segment.name for segment in segments)
    carried = engine_replica(recorder)(
        Message(segments, codec, message.tidy, ()),
        (code, trigger, structure),
        program_replica(program, recorder),
        x,
        sketch.wish,
    )
    result = f"({bundle_text(recorder, carried.bundle)}, {recorder.written(carried.report.control_id)})"
    texts, trees = recorder.function(recorder.straight(result)), recorder.straight(recorder.written(carried.bundle))
    recorder.forget()

    def tree() -> Callable[..., Any]:
        return _function(recorder.function(trees), recorder.constants)

    return Shape(_function(texts, recorder.constants), cache(tree), _fixed(carried), len(texts))


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
    wholes = [
        Symbol(recorder, line, f"{name}[{at}]", known)
        for at, (line, known) in enumerate(zip(lines, parted, strict=True))
    ]
    fields = [whole.split("|")[2 if at == 0 else 1 :] for at, whole in enumerate(wholes)]
    if name == "L":
        wholes[0].parts["|"].taken = HEAD
    return fields


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


def _function(source: str, constants: dict[str, Any]) -> Callable[..., Any]:
    space = dict(constants)
    exec(compile(source, "<samspil shape>", "exec"), space)  # noqa: S102  the source is made above, of checked rows
    made: FunctionType = space.pop("shape")
    made.__code__ = made.__code__.replace(co_consts=tuple(map(_shared, made.__code__.co_consts)))
    return made


def _shared(constant: Any) -> Any:
    """A constant of a function in the one copy of it that all functions have: they fill the caches of the machine less."""
    if isinstance(constant, tuple):
        return tuple(map(_shared, cast("tuple[Any, ...]", constant)))
    return intern(constant) if isinstance(constant, str) else constant


def _fixed(carried: Carried) -> Carried:
    """What all messages of the shape have in common."""
    told = [text for each in carried.report.unmapped for text in each]
    told += [text for each in carried.issues for text in (each.where, *(filling for _, filling in each.detail))]
    if not all(type(text) is str for text in told):
        raise NotRecordableError("a finding with a text of the message")
    return carried._replace(bundle={}, report=carried.report.with_control_id(""))
