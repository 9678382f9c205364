"""Many messages: one line out for each in, in order, over one process or several, one bad message harming no other."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from samspil_core.outcome import Issue
from samspil_core.ports import ResourceValidator, find

from .bundle import BundleType
from .context import Resource
from .conversion import Conversion, convert
from .findings import BATCH_COUNT, BATCH_ENVELOPE, CANNOT_READ, EMPTY_INPUT, INTERNAL
from .lineage import provenance
from .mapping.sets import Mapping, load_mapping
from .reader import RawMessage
from .report import failed_report

_CHUNK_BYTES = 256 * 1024
_AHEAD = 4


@dataclass(frozen=True, slots=True)
class Options:
    """What holds for every message of a run; see `convert`."""

    layers: tuple[str, ...] = ()
    timezone: str | None = None
    charset: str | None = None
    bundle_type: BundleType = "transaction"
    with_lineage: bool = False
    validate: tuple[str, ...] | None = None
    """FHIR packages to validate each bundle by; an empty tuple for FHIR R4 alone, None for no validation."""


class Line(NamedTuple):
    """One message, done: its bundle line (None where there is none), its report line, and what a summary counts."""

    bundle: bytes | None
    report: bytes
    source: str
    number: int
    status: str
    message_type: str
    populated: int
    mapped: int
    reasons: tuple[tuple[str, int], ...]
    ok: bool


def convert_messages(messages: Iterable[RawMessage], options: Options, jobs: int = 1) -> Iterator[Line]:
    """Convert messages in their order. With `jobs` > 1 in that many processes; the bytes are the same.

    Raises TableError where the tables of a layer are wrong, and `samspil_core.ports.PortNotFound` where bundles are to be
    validated and no validator is installed.
    """
    mapping_of(options.layers)
    if options.validate is not None:
        validator_of(options.validate)
    if jobs <= 1:
        for raw in messages:
            yield convert_one(raw, options)
        return
    with ProcessPoolExecutor(jobs) as pool:
        waiting: deque[Future[list[Line]]] = deque()
        for chunk in _chunks(messages):
            waiting.append(pool.submit(_convert_chunk, chunk, options))
            while len(waiting) > jobs * _AHEAD:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


def _chunks(messages: Iterable[RawMessage]) -> Iterator[list[RawMessage]]:
    chunk: list[RawMessage] = []
    size = 0
    for raw in messages:
        chunk.append(raw)
        size += len(raw.data)
        if size >= _CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _convert_chunk(chunk: list[RawMessage], options: Options) -> list[Line]:
    return [convert_one(raw, options) for raw in chunk]


@cache
def mapping_of(layers: tuple[str, ...]) -> Mapping:
    """The mapping of these layer folders, loaded and checked whole once a process. Raises TableError and OSError."""
    mapping = load_mapping(*layers)
    if layers:
        mapping.check()
    return mapping


@cache
def validator_of(packages: tuple[str, ...]) -> ResourceValidator:
    """The installed validator over these FHIR packages, made once a process. Raises `PortNotFound`, and its own errors."""
    return find("resource-validator", "profiles")(*packages)


def convert_one(raw: RawMessage, options: Options) -> Line:
    """Convert one message; a fault of ours becomes a finding of that message, with the place in the code and no content."""
    if raw.unreadable:
        issue = CANNOT_READ.at(source=raw.source, why=raw.unreadable)
        return _line(raw, Conversion(None, failed_report(), (), (issue,)), None)
    try:
        conversion = _converted(raw, options)
        bundle = None
        if conversion.report.status != "failed":
            if options.with_lineage and conversion.bundle is not None:
                provenance(conversion.bundle, conversion.lineage)
            if options.validate is not None and conversion.bundle is not None:
                conversion = _validated(conversion, conversion.bundle, options.validate)
            bundle = conversion.json()
        return _line(raw, conversion, bundle)
    except Exception as error:  # noqa: BLE001  the last line of defence: its neighbours go on
        failed = Conversion(None, failed_report(), (), (INTERNAL.at(why=_where(error)),))
        return _line(raw, failed, None)


def _converted(raw: RawMessage, options: Options) -> Conversion:
    if not raw.data:
        return Conversion(None, failed_report(), (), (Issue(EMPTY_INPUT),))
    return convert(
        raw.data,
        mapping=mapping_of(options.layers),
        timezone=options.timezone,
        charset=options.charset,
        bundle_type=options.bundle_type,
        with_lineage=options.with_lineage,
    )


def _validated(conversion: Conversion, bundle: Resource, packages: tuple[str, ...]) -> Conversion:
    found = validator_of(packages).validate(bundle)
    return conversion.with_issues(found)


def _line(raw: RawMessage, conversion: Conversion, bundle: bytes | None) -> Line:
    if raw.envelope:
        conversion = conversion.with_issues(_of_envelope(raw))
    report = conversion.report
    reasons: dict[str, int] = {}
    for each in report.unmapped:
        reasons[each.reason] = reasons.get(each.reason, 0) + 1
    return Line(
        bundle,
        conversion.report_json(raw.source, raw.number),
        raw.source,
        raw.number,
        report.status,
        report.message_type,
        report.populated,
        report.mapped,
        tuple(reasons.items()),
        conversion.outcome.ok,
    )


def _of_envelope(raw: RawMessage) -> Iterator[Issue]:
    yield BATCH_ENVELOPE.at(segments=", ".join(raw.envelope))
    for each in raw.miscounted:
        yield BATCH_COUNT.at(each.where, said=each.said, counted=each.counted)


def _where(error: Exception) -> str:
    place = error.__traceback__
    while place and place.tb_next:
        place = place.tb_next
    where = f", {place.tb_frame.f_code.co_name} line {place.tb_lineno}" if place else ""
    return f"{type(error).__name__}{where}"
