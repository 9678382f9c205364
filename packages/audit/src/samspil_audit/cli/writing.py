"""`samspil audit append`."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import click

from samspil_audit.log import AuditLog
from samspil_audit.preparing import NotAnEvent, formed, split
from samspil_core import ndjson

from .common import log_options, opened

_BATCH = 500


@click.command()
@click.argument("inputs", nargs=-1, metavar="[FILE|-]...")
@log_options
def append(inputs: tuple[str, ...], place: str, keys: str | None) -> int:
    """Append AuditEvents, NDJSON, and print a receipt for each: {"id", "log", "index"}.

    A receipt is printed when the record is durable. An event about several patients is split into one for each. An
    event whose id the log has already is not kept twice.

    Example: samspil audit append events.ndjson > receipts.ndjson
    """
    bad = 0
    with opened(place, keys) as log:
        waiting: list[dict[str, Any]] = []
        for line in _lines(inputs):
            if line.resource is None or not _fits(log, line, waiting):
                bad += 1
                _say(line)
            if len(waiting) >= _BATCH:
                _write(log, waiting)
        _write(log, waiting)
    return 1 if bad else 0


def _lines(inputs: tuple[str, ...]) -> Iterator[ndjson.Line]:
    for name in inputs or ("-",):
        if name == "-":
            yield from ndjson.read(sys.stdin.buffer)
            continue
        with Path(name).open("rb") as file:
            yield from ndjson.read(file)


def _fits(log: AuditLog, line: ndjson.Line, waiting: list[dict[str, Any]]) -> bool:
    """Whether the line can be logged; if so, it waits to be."""
    try:
        events = split(formed(line.resource or {}))
        for event in events:
            log.preparer.prepare(event)
    except NotAnEvent as fault:
        issue = fault.issue
        where = f" at {issue.where}" if issue.where else ""
        click.echo(f"line {line.number}: {issue.severity} {issue.code}{where} {issue.text} -> {issue.fix}", err=True)
        return False
    waiting += events
    return True


def _say(line: ndjson.Line) -> None:
    if line.issue is not None:
        click.echo(f"{line.issue.severity} {line.issue.code} {line.issue.text} -> {line.issue.fix}", err=True)


def _write(log: AuditLog, waiting: list[dict[str, Any]]) -> None:
    out: BinaryIO = sys.stdout.buffer
    receipts = zip(waiting, log.append_all(waiting), strict=True)
    told = ({"id": event["id"], "log": receipt.log, "index": receipt.index} for event, receipt in receipts)
    ndjson.write(out, told)
    out.flush()
    waiting.clear()
