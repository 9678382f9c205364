r"""One message in, one Bundle out, and an account of every populated position.

>>> from samspil_hl7v2 import convert
>>> conversion = convert(b"MSH|^~\\&|LAB|HOSP|||20240131||ADT^A08|1|P|2.5\rPID|||42^^^HOSP||Hansen^Karen")
>>> conversion.bundle["entry"][1]["resource"]["name"]
[{'family': 'Hansen', 'given': ['Karen']}]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from samspil_core.jsontext import dumps
from samspil_core.outcome import Issue, Outcome, to_operation_outcome
from samspil_core.ports import Translator

from .bundle import BundleType, bundle
from .context import Context, Made, Resource
from .findings import UNKNOWN_STRUCTURE
from .grouping import GroupInstance, group_segments
from .identity import finish
from .lineage import Lineage, lineage
from .mapping.compiled import Entry, Program
from .mapping.sets import Mapping, mapping_for
from .message import Message, Segment, parse
from .positions import raw
from .references import connect, joined, nearest, register
from .report import Report, failed_report, report
from .times import read
from .v2.structures import structure_of

if TYPE_CHECKING:
    from fhir.resources.R4B.bundle import Bundle


@dataclass(frozen=True, eq=False)
class Conversion:
    """What became of one message.

    `bundle` is None where no MSH could be read. `report` accounts for every populated position; `outcome` holds the
    findings; `lineage` is filled where it was asked for.
    """

    bundle: Resource | None
    report: Report
    lineage: Lineage
    issues: tuple[Issue, ...]

    @cached_property
    def outcome(self) -> Outcome:
        """All findings: of reading, of grouping, of mapping."""
        return Outcome((*self.issues, *self.report.issues()))

    def json(self) -> bytes:
        """The bundle as JSON on one line, decimals exact; `null` where there is none."""
        return dumps(self.bundle, sure=True)

    def report_json(self, source: str = "", index: int = 0) -> bytes:
        """The report line of the command line's `--report`, JSON on one line."""
        return dumps(
            {"source": source, "index": index, **self.report.as_dict(), "outcome": to_operation_outcome(self.outcome)}
        )

    def as_model(self) -> Bundle:
        """The bundle as fhir.resources R4B model. Needs the extra `samspil-hl7v2[models]`; raises ImportError without."""
        from .models import as_model

        return as_model(self.bundle)


def convert(  # noqa: PLR0913  each is a choice of the caller, all but the first by name
    data: bytes | str,
    *,
    mapping: Mapping | None = None,
    timezone: str | None = None,
    charset: str | None = None,
    bundle_type: BundleType = "transaction",
    with_lineage: bool = False,
    now: datetime | None = None,
    translator: Translator | None = None,
) -> Conversion:
    """Convert one HL7 v2 message to a FHIR R4 Bundle.

    `mapping` is the tables to use (`load_mapping`), the shipped ones by default. `timezone` (IANA name) holds for times
    without offset, before the offset of MSH-7; `charset` (HL7 table 0211 or codec name) for bytes that declare none; both go
    before what a layer says. `now` is the time of conversion, which Provenance records; without it
    nothing in the output depends on the clock. `translator` is asked for each code before the tables are.

    Never raises on content. Raises `zoneinfo.ZoneInfoNotFoundError` for an unknown zone, TableError for wrong tables.
    """
    parsed = parse(data, charset or (mapping.charset if mapping else None))
    if isinstance(parsed, Issue):
        return Conversion(None, failed_report(), (), (parsed,))
    chosen = mapping_for(mapping, parsed.segments[0])
    code, trigger, declared = message_type(parsed.segments[0])
    structure = structure_of(code, trigger, declared)
    issues = list(parsed.issues)
    if not structure:
        issues.append(Issue(UNKNOWN_STRUCTURE, "MSH-9"))
    issues += group_segments(parsed.segments, structure)
    program = chosen.program(structure, code, traced=with_lineage)
    zone = timezone or chosen.timezone
    x = Context(
        codec=parsed.codec,
        zone=ZoneInfo(zone) if zone else None,
        offset=_own_offset(parsed.segments[0]),
        now=now.isoformat(timespec="seconds") if now else None,
        coding_systems=chosen.tables.coding_systems,
        translator=translator,
        segments=parsed.segments,
    )
    head, resources = _run(program, parsed, x)
    made = bundle(head, resources, bundle_type)
    told = report(parsed, program, x, (code, trigger, structure))
    trail = lineage(made, head, resources, x, program, parsed) if with_lineage else ()
    return Conversion(made, told, trail, (*issues, *_placed(x, parsed)))


def convert_all(messages: Sequence[bytes], **options: Any) -> list[Conversion]:
    """Convert several messages with the same options."""
    return [convert(message, **options) for message in messages]


def message_type(msh: Segment) -> tuple[str, str, str]:
    """MSH-9: message code, trigger event, declared structure, in capitals; empty where not populated."""
    text = raw(msh, 9).split("~")[0]
    parts = [part.split("&")[0].strip() for part in text.split("^")] + ["", "", ""]
    if not parts[1] and "_" in parts[0]:
        parts[0], _, parts[1] = parts[0].partition("_")
    return parts[0].upper(), parts[1].upper(), parts[2].upper()


def _own_offset(msh: Segment) -> str:
    """The offset of MSH-7, which holds for every time of the message without its own (HL7 v2.9 chapter 2A, DTM)."""
    text = raw(msh, 7).split("~")[0].split("^")[0]
    when = read(text) if text else None
    return when.offset if when else ""


def _run(program: Program, message: Message, x: Context) -> tuple[Resource, list[Made]]:
    work: list[tuple[Entry, Made, Segment]] = []
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
    sender = "|".join(raw(msh, field) for field in (3, 4))
    message_key = f"{sender}|{raw(msh, 7)}|{raw(msh, 10)}"
    finished = finish(x.resources, program, x, message_key, sender)
    x.align()
    return head, finished


def _make(entry: Entry, segment: Segment, x: Context, work: list[tuple[Entry, Made, Segment]]) -> None:
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


def _add(entry: Entry, segment: Segment, x: Context, work: list[tuple[Entry, Made, Segment]]) -> None:
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


__all__ = ["Conversion", "convert", "convert_all", "message_type"]
