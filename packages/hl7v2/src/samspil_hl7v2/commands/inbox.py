"""`samspil hl7v2 inbox`: what waits and what could not be delivered."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from . import CouldNotRun, machine_told

if TYPE_CHECKING:
    from samspil_hl7v2.mllp import Inbox
    from samspil_hl7v2.mllp.inbox import Letter


@click.group()
def inbox() -> None:
    """Look into a listener's inbox, and decide about what could not be delivered."""


def _opened(file: str) -> Inbox:
    from samspil_hl7v2.mllp import Inbox

    return Inbox(file)


def _place(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    if "://" not in value and not Path(value).is_file():
        raise click.BadParameter(f"{value} is no file, and no postgresql:// URL")
    return value


_file = click.argument("file", metavar="FILE|URL", callback=_place)


@inbox.command("list")
@_file
@click.option("--state", type=click.Choice(["dead", "waiting"]), default="dead", show_default=True, help="Which ones.")
def list_letters(file: str, state: str) -> int:
    """List messages that are dead or wait: number, sender, control id, time, attempts, reason. No content.

    Example: samspil hl7v2 inbox list inbox.db
    """
    with machine_told():
        for each in _opened(file).letters(state):
            when = each.received.isoformat(timespec="seconds")
            click.echo(f"{each.number}\t{each.sender}\t{each.control}\t{when}\t{each.attempts}\t{each.why}")
    return 0


@inbox.command()
@_file
@click.argument("number", type=int)
def show(file: str, number: int) -> int:
    """Write a message that is dead or waits to standard output, byte for byte.

    Example: samspil hl7v2 inbox show inbox.db 17 > mended.hl7
    """
    with machine_told():
        letter = _letter(_opened(file).letter(number), number)
    sys.stdout.buffer.write(letter.data)
    return 0


def _letter(letter: Letter | None, number: int) -> Letter:
    if letter is None or letter.state == "delivered":
        raise CouldNotRun(f"no message {number} is dead or waits: `inbox list` names them")
    return letter


@inbox.command()
@_file
@click.argument("numbers", type=int, nargs=-1)
@click.option("--all", "every", is_flag=True, help="All dead messages.")
@click.option("--with", "mended", metavar="FILE", help="Deliver these bytes instead; one number only.")
def replay(file: str, numbers: tuple[int, ...], every: bool, mended: str | None) -> int:  # noqa: FBT001  click hands flags over by position
    """Let dead messages wait for delivery again, as they are or mended. A running listener takes them within a second or two.

    Example: samspil hl7v2 inbox replay inbox.db 17 --with mended.hl7
    """
    if mended and (len(numbers) != 1 or every):
        raise CouldNotRun("--with mends one message: name one number")
    with machine_told():
        held = _opened(file)
        data = Path(mended).read_bytes() if mended else None
        chosen = [each.number for each in held.letters("dead")] if every else list(numbers)
        missing = held.replay(chosen, datetime.now(UTC), data)
    if missing:
        raise CouldNotRun(f"not dead: {', '.join(map(str, missing))}")
    click.echo(f"{len(chosen)} messages wait again", err=True)
    return 0
