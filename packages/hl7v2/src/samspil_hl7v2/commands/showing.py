"""`samspil hl7v2 show`: a message and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

import click

from samspil_hl7v2.conversion import convert
from samspil_hl7v2.reader import RawMessage

from . import CouldNotRun, charset_option, layers_option, mapping_of_layers, readable, timezone_option


@click.command()
@click.argument("message", default="-", metavar="[FILE|DIR|-]")
@click.option("--html", "page", metavar="FILE", help="Write one page that needs nothing else, instead of text.")
@layers_option
@timezone_option
@charset_option
def show(message: str, page: str | None, layers: tuple[str, ...], timezone: str | None, charset: str | None) -> int:
    """Show each field of a message with the elements it became or the reason it did not; of many, the loss by segment.

    The page holds what the message holds: treat it as the message.

    Example: samspil hl7v2 show message.hl7 --html message.html
    """
    from samspil_hl7v2.show.view import lines, view

    options = {"mapping": mapping_of_layers(layers), "timezone": timezone, "charset": charset}
    found = readable((message,))
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
    from samspil_hl7v2.show import message_page, overview_page, view
    from samspil_hl7v2.show.overview import Shown

    if len(first) == 1:
        return message_page(view(first[0].data, **options), first[0].source)
    shown = (Shown(raw.source, raw.number, convert(raw.data, **options).report) for raw in chain(first, rest))
    return overview_page(shown, name)


def _write(path: str, text: str) -> None:
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise CouldNotRun(f"{path} cannot be written: {error.strerror}") from None
