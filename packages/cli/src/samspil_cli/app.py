"""The `samspil` command.

Exit status: 0 clean, 1 findings of severity error, 2 could not run.
"""

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
    sys.exit(run(arguments))


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
        # the same, noticed at the end; spare Python's own complaint at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        _say(f"{error.strerror or type(error).__name__}: {error.filename}" if error.filename else str(error))
    except Exception as error:  # noqa: BLE001 - the last line of defence of a command
        _unexpected(error)
    else:
        return status if isinstance(status, int) else 0
    return COULD_NOT_RUN


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
