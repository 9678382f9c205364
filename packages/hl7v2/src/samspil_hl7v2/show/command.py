"""`samspil hl7v2 show`: a message and what became of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from samspil_hl7v2.commands import CouldNotRun, layers_option, mapping_of_layers
from samspil_hl7v2.conversion import convert
from samspil_hl7v2.reader import RawMessage, read_files, read_stream

from .overview import Shown, overview_page
from .page import message_page
from .view import lines, view


@click.command()
@click.argument("message", default="-", metavar="[FILE|DIR|-]")
@click.option("--html", "page", metavar="FILE", help="Write one page that needs nothing else, instead of text.")
@layers_option
@click.option("--timezone", metavar="ZONE", help="Zone of times without offset, e.g. Europe/Copenhagen.")
@click.option("--charset", metavar="NAME", help="Character set of messages that declare none, e.g. 8859/1.")
def show(message: str, page: str | None, layers: tuple[str, ...], timezone: str | None, charset: str | None) -> int:
    """Show each field of a message with the elements it became or the reason it did not; of many, the loss by segment.

    The page holds what the message holds: treat it as the message.

    Example: samspil hl7v2 show message.hl7 --html message.html
    """
    _check_zone(timezone)
    options = {"mapping": mapping_of_layers(layers), "timezone": timezone, "charset": charset}
    found = _readable(message)
    first = list(islice(found, 2))
    if not first:
        raise CouldNotRun(f"{message} holds no message: name a file or folder of HL7 v2 messages")
    if page is None:
        for raw in chain(first, found):
            for line in lines(view(raw.data, **options)):
                click.echo(line)
        return 0
    _write(page, _page(first, found, message, options))
    return 0


def _page(first: list[RawMessage], rest: Iterator[RawMessage], name: str, options: dict[str, Any]) -> str:
    if len(first) == 1:
        return message_page(view(first[0].data, **options), first[0].source)
    shown = (Shown(raw.source, raw.number, convert(raw.data, **options).report) for raw in chain(first, rest))
    return overview_page(shown, name)


def _readable(message: str) -> Iterator[RawMessage]:
    for raw in read_stream(sys.stdin.buffer, "-") if message == "-" else read_files([Path(message)]):
        if isinstance(raw, OSError):
            raise CouldNotRun(f"{raw.filename} cannot be read: {raw.strerror}")
        yield raw


def _write(path: str, text: str) -> None:
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise CouldNotRun(f"{path} cannot be written: {error.strerror}") from None


def _check_zone(name: str | None) -> None:
    try:
        ZoneInfo(name or "UTC")
    except (KeyError, ValueError, OSError):
        raise CouldNotRun(f"{name!r} is no IANA time zone, such as Europe/Copenhagen") from None
