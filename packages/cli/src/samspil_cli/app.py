"""The `samspil` command.

Exit status: 0 clean, 1 findings of severity error, 2 could not run.
"""

import errno
import importlib.metadata
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from samspil_cli.completion import completion
from samspil_cli.demo import demo
from samspil_cli.group import RootGroup
from samspil_cli.listing import listing
from samspil_cli.render import render
from samspil_cli.streams import stand_in

COULD_NOT_RUN = 2


@click.group(cls=RootGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(importlib.metadata.version("samspil"), prog_name="samspil", message="%(prog)s %(version)s")
@click.pass_context
def app(ctx: click.Context) -> None:
    """Health data that works together: a toolkit for FHIR.

    Data goes to standard output; progress and summaries go to standard error. Exit status: 0 clean, 1 findings of
    severity error, 2 could not run.
    """
    ctx.obj = render  # a group takes it with click.pass_obj, so that no module imports this package


app.add_command(completion)
app.add_command(demo)
app.add_command(listing)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command and leave with its exit status; a user's mistake is one line, never a traceback."""
    if not stand_in():
        _say("standard output is closed; send it to a file, or to /dev/null")
        sys.exit(COULD_NOT_RUN)
    status = run(arguments)
    try:
        sys.stdout.flush()
    except OSError:  # what is said of it has been said
        _hush()
        status = COULD_NOT_RUN
    sys.exit(status)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command and give its exit status."""
    out = sys.stdout
    try:
        status = app.main(args=arguments, prog_name="samspil", standalone_mode=False)
        sys.stdout.flush()
    except SystemExit:
        if sys.stdout is out:
            raise
        return (
            0  # the reader has had enough, and click, which hushed the output, leaves with 1: here that means findings
        )
    except click.ClickException as error:
        error.show()
    except click.Abort:
        _say("stopped")
    except BrokenPipeError:
        _hush()  # the same, noticed at the end
        return 0
    except OSError as error:
        _say(_refused(error))
    except Exception as error:  # noqa: BLE001 - the last line of defence of a command
        _unexpected(error)
    else:
        return status if isinstance(status, int) else 0
    return COULD_NOT_RUN


def _hush() -> None:
    """Let what is still to be written go nowhere: Python would try once more at the end, complain, and leave with 120."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _refused(error: OSError) -> str:
    """What the system refused, and where; without a file it is the output."""
    why = error.strerror or type(error).__name__
    if error.filename:
        return f"{why}: {error.filename}"
    full = error.errno in {errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EIO}
    return f"{why}: the output is not whole; make room and run again" if full else str(error)


def _unexpected(error: Exception) -> None:
    """Report a fault of ours by its kind and place alone: its text may hold a person's data."""
    if os.environ.get("SAMSPIL_DEBUG"):
        sys.excepthook(type(error), error, error.__traceback__)
        return
    place = error.__traceback__
    while place and place.tb_next:
        place = place.tb_next
    where = f" in {place.tb_frame.f_globals.get('__name__')}, line {place.tb_lineno}" if place else ""
    _say(f"a fault in samspil: {type(error).__name__}{where}. SAMSPIL_DEBUG=1 shows the whole traceback.")


def _say(text: str) -> None:
    click.echo(f"Error: {text}", err=True)
