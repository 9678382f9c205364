"""What the commands share: opening the log, the reader of arguments, findings and exit status."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import wraps
from typing import Any, TypeVar

import click

from samspil_audit.ids import uuid7_maker
from samspil_audit.keys import BadKeys
from samspil_audit.log import AuditLog, NotRecorded, now
from samspil_audit.sealing import CannotOpen
from samspil_core import NotAPrimitive, Outcome, parse_date_time

__all__ = ["CouldNotRun", "by_option", "ids", "log_options", "moment", "opened", "show"]

Command = TypeVar("Command", bound=Callable[..., Any])


class CouldNotRun(click.ClickException):
    """Something stops the run; one sentence says what."""

    exit_code = 2


def log_options(command: Command) -> Command:
    """The log and its keys."""
    keys = click.option("--keys", metavar="FILE", help="Key file of the log.  [default: LOG.keys]")
    place = click.option(
        "--log", "place", default="audit.db", show_default=True, metavar="LOG", help="SQLite file or postgresql:// URL."
    )
    return place(keys(command))


def by_option(command: Command) -> Command:
    """Who runs the command, for the record that it was run."""
    return click.option("--by", metavar="NAME", help="Who does this, for the record of it.")(command)


@contextmanager
def opened(place: str, keys: str | None) -> Generator[AuditLog, None, None]:
    """The log; what cannot be opened or written is one sentence and exit status 2."""
    try:
        with AuditLog.open(place, keys=keys) as log, _readable_store(log):
            yield log
    except (BadKeys, ImportError) as fault:
        raise CouldNotRun(str(fault)) from None
    except NotRecorded as fault:
        raise CouldNotRun(f"{fault.issue.code} {fault.issue.text} {fault.issue.fix}") from None
    except FileNotFoundError as fault:
        raise CouldNotRun(f"{fault.filename} is not there") from None


@contextmanager
def _readable_store(log: AuditLog) -> Generator[None, None, None]:
    """A store that cannot be read, or a record that is not what was sealed, in one sentence."""
    try:
        yield
    except NotRecorded:
        raise
    except CannotOpen as fault:
        raise CouldNotRun(f"{fault}: run samspil audit verify") from None
    except log.store.errors as fault:
        if isinstance(fault, OSError):
            raise
        raise CouldNotRun(f"the log cannot be read ({type(fault).__name__}): run samspil audit verify") from None


def ids() -> Callable[[], str]:
    """Makes ids of records."""
    return uuid7_maker(now)


def show(outcome: Outcome) -> int:
    """The findings on standard error; the exit status they ask for."""
    for issue in outcome:
        click.echo(f"{issue.severity} {issue.code} {issue.text} -> {issue.fix}", err=True)
    return 0 if outcome.ok else 1


def moment(value: str | None) -> datetime | None:
    """The first moment of a date or dateTime, in UTC where it names no zone."""
    if value is None:
        return None
    try:
        return parse_date_time(value).earliest(UTC)
    except NotAPrimitive:
        raise click.BadParameter("a date is YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ") from None


def readable(command: Command) -> Command:
    """Turns ValueError, the fault of an argument or a file, into one sentence."""

    @wraps(command)
    def run(*arguments: Any, **named: Any) -> Any:
        try:
            return command(*arguments, **named)
        except ValueError as fault:
            raise CouldNotRun(str(fault)) from None

    return run  # pyright: ignore[reportReturnType]  the same signature
