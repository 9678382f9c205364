"""`samspil hl7v2`: convert, parse, explain, review. Data on standard output, everything for people on standard error."""

from __future__ import annotations

import gc
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from samspil_core.jsontext import dumps
from samspil_core.outcome import Issue

from .batch import Line, Options, convert_messages
from .commands import (
    CouldNotRun,
    charset_option,
    layers_option,
    mapping_of_layers,
    readable,
    tables_told,
    timezone_option,
)
from .commands.inbox import inbox
from .commands.listening import listen
from .commands.sending import send
from .commands.showing import show
from .conversion import message_type
from .explanation import explain_position
from .findings import CANNOT_READ
from .grouping import GroupInstance, group_segments
from .mapping.refs import parse_ref
from .message import parse as parse_message
from .reader import RawMessage, read_inputs
from .resume import Done, OtherInputs, after, hold, resume
from .table_commands import coverage, export
from .v2.fields import field as field_facts
from .v2.structures import structure_of


@click.group("hl7v2")
def group() -> None:
    """HL7 v2 messages to FHIR R4, with a report of every field that was not carried over."""


@group.command()
@click.argument("inputs", nargs=-1, metavar="[FILE|DIR|-]...")
@layers_option
@timezone_option
@charset_option
@click.option(
    "--bundle",
    "bundle_type",
    type=click.Choice(["transaction", "collection"]),
    default="transaction",
    help="Kind of Bundle.  [default: transaction]",
)
@click.option("--lineage", is_flag=True, help="Add a Provenance: each element, its v2 position, the row that made it.")
@click.option(
    "--validate", is_flag=True, help="Validate each Bundle; the findings join the report. Needs samspil-validation."
)
@click.option(
    "--package", "packages", multiple=True, metavar="NAME#VERSION", help="FHIR package to validate by; repeatable."
)
@click.option("--report", "report_path", metavar="FILE", help="Loss report, NDJSON, one object a message.")
@click.option("--out", "out_path", metavar="FILE", help="Bundles to this file instead of standard output.")
@click.option("--resume", "resumed", is_flag=True, help="Go on where --out and --report of an earlier run end.")
@click.option("--jobs", type=click.IntRange(1), default=1, metavar="N", help="Processes.  [default: 1]")
def convert(  # noqa: PLR0913, PLR0917  the command's options
    inputs: tuple[str, ...],
    layers: tuple[str, ...],
    timezone: str | None,
    charset: str | None,
    bundle_type: Any,
    lineage: bool,  # noqa: FBT001  click hands flags over by position
    validate: bool,  # noqa: FBT001  the same
    packages: tuple[str, ...],
    report_path: str | None,
    out_path: str | None,
    resumed: bool,  # noqa: FBT001  the same
    jobs: int,
) -> int:
    """Convert messages to FHIR Bundles, NDJSON on standard output, one line a message.

    Example: samspil hl7v2 convert messages/ --timezone Europe/Copenhagen --report loss.ndjson > bundles.ndjson
    """
    options = Options(layers, timezone, charset, bundle_type, lineage, packages if validate or packages else None)
    gc.set_threshold(_GC_THRESHOLD)
    with ExitStack() as stack:
        files = [_open(path, stack) for path in (out_path, report_path)]
        done = _done(out_path, report_path) if resumed else Done()
        out, report = (_begun(file, path, done) for file, path in zip(files, (out_path, report_path), strict=True))
        out = out or sys.stdout.buffer
        try:
            with tables_told():
                lines = convert_messages(_messages(inputs, stack, done), options, jobs)
                return _write(lines, out, report)
        except NotADirectoryError as error:
            raise CouldNotRun(str(error)) from None
        except LookupError as error:
            raise CouldNotRun(str(error)) from None
        except OtherInputs as error:
            raise CouldNotRun(f"{error}: name the same inputs, or begin anew without --resume") from None
        except BrokenPipeError:
            raise
        except OSError as error:
            raise CouldNotRun(
                f"{error.strerror or error}: check the space and the permissions, then run again"
            ) from None


_GC_THRESHOLD = 50_000
"""A message makes thousands of dicts and lists and drops them at once: looked through less often, it runs a tenth faster."""


def _done(out: str | None, report: str | None) -> Done:
    if out is None or report is None:
        raise CouldNotRun("--resume goes by the files of --out and --report: name both")
    try:
        return resume(Path(out), Path(report))
    except OSError as error:
        raise CouldNotRun(f"{error.filename} cannot be read: {error.strerror}") from None


_SWEPT = 32 * 1024 * 1024
"""Bytes of bundles between two sweeps: what a large message leaves behind is not waited for."""


def _open(path: str | None, stack: ExitStack) -> BinaryIO | None:
    """Open a file to be written, as it is; no other run may be writing it."""
    if path is None:
        return None
    file = Path(path)
    try:
        opened = stack.enter_context(file.open("ab" if file.is_file() or not file.exists() else "wb"))
        _hold(opened, path)
    except OSError as error:
        raise CouldNotRun(f"{path} cannot be written: {error.strerror}") from None
    return opened


def _hold(file: BinaryIO, path: str) -> None:
    try:
        hold(file)
    except BlockingIOError:
        raise CouldNotRun(f"another run is writing {path}: wait for its end, or name another file") from None


def _begun(file: BinaryIO | None, path: str | None, done: Done) -> BinaryIO | None:
    """Empty a file that is not gone on with, and hold it again: reading it let it go."""
    if file is None or path is None:
        return None
    _hold(file, path)
    if not done.number and Path(file.name).is_file():
        file.truncate(0)
    return file


def _messages(inputs: tuple[str, ...], stack: ExitStack, done: Done) -> Iterator[RawMessage]:
    """Messages of all inputs but those that are done; an input that cannot be read is told on standard error too."""
    paths = [Path(text) for text in inputs if text != "-"]
    total = sum(_size(path) for path in paths)
    progress = _progress(total, stack)
    for raw in after(_inputs(inputs), done):
        if raw.unreadable:
            issue = CANNOT_READ.at(source=raw.source, why=raw.unreadable)
            click.echo(f"error {issue.code} {issue.text} -> {issue.fix}", err=True)
        yield raw
        progress(len(raw.data))


def _inputs(inputs: tuple[str, ...]) -> Iterator[RawMessage]:
    for raw in read_inputs(inputs, sys.stdin.buffer):
        if isinstance(raw, OSError):
            why = raw.strerror or type(raw).__name__
            yield RawMessage(b"", str(raw.filename or "input"), 0, unreadable=why)
        else:
            yield raw


def _size(path: Path) -> int:
    try:
        return (
            sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
            if path.is_dir()
            else path.stat().st_size
        )
    except OSError:
        return 0


def _progress(total: int, stack: ExitStack) -> Callable[[int], None]:
    if not sys.stderr.isatty() or not total:
        return _no_progress
    bar = Progress(
        TextColumn("converting"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    stack.enter_context(bar)
    task = bar.add_task("convert", total=total)

    def advance(done: int) -> None:
        bar.update(task, advance=done)

    return advance


def _no_progress(_done: int) -> None:
    return


def _write(lines: Iterator[Line], out: BinaryIO, report: BinaryIO | None) -> int:
    counts: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    types: Counter[str] = Counter()
    clean, since = True, 0
    for line in lines:
        if line.bundle is not None:
            out.write(line.bundle + b"\n")
            since += len(line.bundle)
        if since > _SWEPT:
            gc.collect()
            gc.freeze()  # the tables stay: the next sweep need not walk them
            since = 0
        if report is not None:
            report.write(line.report + b"\n")
        counts.update({line.status: 1, "messages": 1, "populated": line.populated, "mapped": line.mapped})
        types[line.message_type or "unreadable"] += 1
        for reason, number in line.reasons:
            reasons[reason] += number
        clean = clean and line.ok
    out.flush()
    _summary(counts, reasons, types)
    return 0 if clean else 1


def _summary(counts: Counter[str], reasons: Counter[str], types: Counter[str]) -> None:
    console = Console(stderr=True, highlight=False)
    table = Table(title="converted", title_justify="left", box=None, padding=(0, 2, 0, 0))
    table.add_column("what")
    table.add_column("count", justify="right")
    table.add_row("messages", f"{counts['messages']:,}")
    for status in ("converted", "partial", "failed"):
        table.add_row(f"  {status}", f"{counts[status]:,}")
    table.add_row("populated positions", f"{counts['populated']:,}")
    table.add_row("  mapped", f"{counts['mapped']:,}")
    table.add_row("  reported", f"{counts['populated'] - counts['mapped']:,}")
    for reason, number in sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0])):
        table.add_row(f"    {reason}", f"{number:,}")
    console.print(table)
    common = ", ".join(f"{name} {number:,}" for name, number in types.most_common(6))
    console.print(f"message types: {common}{' ...' if len(types) > 6 else ''}")  # noqa: PLR2004  six fit a line


@group.command()
@click.argument("file", default="-", metavar="[FILE|-]")
@click.option("--charset", metavar="NAME", help="Character set where the message declares none.")
def parse(file: str, charset: str | None) -> int:
    """Show a message as the engine sees it: groups, segments, fields, decoded.

    Example: samspil hl7v2 parse message.hl7
    """
    status = 0
    for raw in readable((file,)):
        parsed = parse_message(raw.data, charset)
        if isinstance(parsed, Issue):
            click.echo(f"error {parsed.code} {parsed.text} -> {parsed.fix}", err=True)
            status = 1
            continue
        structure = structure_of(*message_type(parsed.segments[0]))
        issues = [*parsed.issues, *group_segments(parsed.segments, structure)]
        click.echo(f"{structure or 'unknown structure'}, character set {parsed.codec}, {len(parsed.segments)} segments")
        for segment in parsed.segments:
            assert isinstance(segment.group, GroupInstance)  # noqa: S101  grouping gives each segment its group
            depth = segment.group.kind.path.count(".") + 1 if segment.group.kind.path else 0
            path = f"  [{segment.group.kind.path}]" if segment.group.kind.path else ""
            click.echo(f"{'  ' * depth}{segment.name}{path}")
            for leaf in segment.leaves():
                facts = field_facts(segment.name, leaf.field)
                name = f"  {facts.name}" if facts and (leaf.component, leaf.subcomponent) == (1, 1) else ""
                click.echo(f"{'  ' * depth}  {segment.position(leaf)} = {segment.text(leaf, parsed.codec)}{name}")
        for issue in issues:
            click.echo(f"{issue.severity} {issue.code} {issue.where} {issue.text}", err=True)
    return status


@group.command()
@click.argument("position")
@layers_option
@click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text", help="Form of the answer.")
def explain(position: str, layers: tuple[str, ...], shape: str) -> int:
    """Show which rows map a position, from which layer, under which condition.

    Example: samspil hl7v2 explain PID-5
    """
    ref = parse_ref(position.upper())
    if ref is None or not ref.parts:
        raise CouldNotRun(f"{position!r} is no position, such as PID-5 or PID-3.4")
    found = explain_position(mapping_of_layers(layers).tables, ref)
    if shape == "json":
        for each in found:
            click.echo(dumps(each.as_dict()).decode())
        return 0
    if not found:
        click.echo(f"no row maps {ref}; it is reported as no-row", err=True)
    for each in found:
        click.echo(each.text())
    return 0


group.add_command(coverage)
group.add_command(export)
group.add_command(show)
group.add_command(listen)
group.add_command(send)
group.add_command(inbox)
