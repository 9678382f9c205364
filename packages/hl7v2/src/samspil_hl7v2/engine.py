"""A parsed message carried over by a compiled table: grouped, mapped, connected, identified, accounted for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from samspil_core.jsontext import dumps
from samspil_core.outcome import Issue
from samspil_core.ports import Translator

from .bundle import BundleType, bundle
from .context import Context, Made, Resource
from .findings import UNKNOWN_STRUCTURE
from .grouping import GroupInstance, group_segments
from .identity import finish
from .lineage import Lineage, lineage
from .mapping.compiled import Entry, Program
from .mapping.sets import Mapping, mapping_for
from .message import Message, Segment
from .positions import raw
from .references import connect, joined, nearest, register
from .report import Report, report
from .times import read
from .v2.structures import structure_of

Work = list[tuple[Entry, Made, Segment]]


class Wish(NamedTuple):
    """What the caller of a conversion asks for; see `convert`."""

    mapping: Mapping
    timezone: str | None
    bundle_type: BundleType
    with_lineage: bool
    now: datetime | None


class Later(NamedTuple):
    """A bundle whose JSON text is there, and which is made when it is asked for."""

    text: str
    make: Callable[[], Resource]


class Carried(NamedTuple):
    """What became of a message. The report has findings of its own beside these."""

    bundle: Resource | Later
    report: Report
    lineage: Lineage
    issues: tuple[Issue, ...]

    def json(self) -> bytes:
        """The bundle as JSON text."""
        return self.bundle.text.encode() if isinstance(self.bundle, Later) else dumps(self.bundle, sure=True)


def carry(message: Message, wish: Wish, translator: Translator | None = None) -> Carried:
    """Convert a message by the tables that its sender and its type choose."""
    msh = message.segments[0]
    chosen = mapping_for(wish.mapping, msh)
    code, trigger, declared = message_type(raw(msh, 9))
    structure = structure_of(code, trigger, declared)
    zone = wish.timezone or chosen.timezone
    x = Context(
        codec=message.codec,
        zone=ZoneInfo(zone) if zone else None,
        offset=own_offset(raw(msh, 7)),
        now=moment(wish.now),
        coding_systems=chosen.tables.coding_systems,
        translator=translator,
        segments=message.segments,
    )
    program = chosen.program(structure, code, traced=wish.with_lineage)
    return carry_over(message, (code, trigger, structure), program, x, wish)


def carry_over(message: Message, type_: tuple[str, str, str], program: Program, x: Context, wish: Wish) -> Carried:
    """Convert a message by a program; `type_` is its code, trigger event and structure, `x` new and made for it."""
    structure = type_[2]
    issues = [*message.issues] if structure else [*message.issues, Issue(UNKNOWN_STRUCTURE, "MSH-9")]
    issues += group_segments(message.segments, structure)
    head, resources = _run(program, message, x)
    made = bundle(head, resources, wish.bundle_type)
    told = report(message, program, x, type_)
    trail = lineage(made, head, resources, x, program, message) if wish.with_lineage else ()
    return Carried(made, told, trail, (*issues, *_placed(x, message)))


def message_type(text: str) -> tuple[str, str, str]:
    """Of MSH-9 as it stands: message code, trigger event, declared structure, in capitals; empty where not populated."""
    parts = [part.split("&")[0].strip() for part in text.split("~", maxsplit=1)[0].split("^")] + ["", "", ""]
    if not parts[1] and "_" in parts[0]:
        parts[0], _, parts[1] = parts[0].partition("_")
    return parts[0].upper(), parts[1].upper(), parts[2].upper()


def own_offset(text: str) -> str:
    """The offset of MSH-7, which holds for every time of the message without its own (HL7 v2.9 chapter 2A, DTM)."""
    if not text or text.isdigit():
        return ""
    when = read(text.split("~", maxsplit=1)[0].split("^", maxsplit=1)[0])
    return when.offset if when else ""


def moment(now: datetime | None) -> str | None:
    """The time of conversion as FHIR text."""
    return now.isoformat(timespec="seconds") if now else None


def _run(program: Program, message: Message, x: Context) -> tuple[Resource, list[Made]]:
    work: Work = []
    head: Resource = {}
    later: list[tuple[Entry, Segment]] = []
    for segment in message.segments:
        group = segment.group
        assert isinstance(group, GroupInstance)  # noqa: S101  grouping gives each segment its group
        for entry in program.entries_of(group.kind.path, segment.name):
            if entry.when is not None and not entry.when(segment, x):
                continue
            if entry.type == "Bundle":
                entry.run(segment, head, x)
            elif entry.make in {"into", "onto"}:
                later.append((entry, segment))
            else:
                _make(entry, segment, x, work)
    for entry, segment in later:
        _add(entry, segment, x, work)
    connect(work, x)
    msh = message.segments[0]
    sender = raw(msh, 3) + "|" + raw(msh, 4)
    message_key = sender + "|" + raw(msh, 7) + "|" + raw(msh, 10)
    finished = finish(x.resources, program, x, message_key, sender)
    x.align()
    return head, finished


def _make(entry: Entry, segment: Segment, x: Context, work: Work) -> None:
    body: Resource = {}
    x.always = entry.make == "always"
    entry.run(segment, body, x)
    x.always = False
    if body:
        made = Made(entry.type, body, label=entry.label, segment=segment)
        x.resources.append(made)
        made.number = len(x.resources)
        register(made, segment)
        work.append((entry, made, segment))


def _add(entry: Entry, segment: Segment, x: Context, work: Work) -> None:
    made = (nearest if entry.make == "onto" else joined)(entry.label, segment)
    if made is None:
        _make(entry, segment, x, work)
        return
    entry.run(segment, made.body, x)
    work.append((entry, made, segment))


def _placed(x: Context, message: Message) -> list[Issue]:
    """Findings of the mapping with their positions in words."""
    placed: list[Issue] = []
    for position, issue in x.issues:
        segment = message.segments[position >> 40]
        field, repetition = position >> 28 & 0xFFF, position >> 12 & 0xFFFF
        where = segment.place(field, repetition, position >> 4 & 0xFF or 1) if field else segment.name
        placed.append(Issue(issue.kind, where, issue.detail))
    return placed
