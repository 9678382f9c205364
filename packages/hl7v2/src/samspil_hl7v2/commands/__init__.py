"""What the commands share: the errors that stop a run, options, the messages they are given.

The commands import what they run when they run: `samspil hl7v2 explain` loads no listener.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Generator, Iterator
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import click

from samspil_hl7v2.mapping.reading import TableError
from samspil_hl7v2.mapping.sets import Mapping, load_mapping
from samspil_hl7v2.reader import RawMessage, read_inputs

Command = TypeVar("Command", bound=Callable[..., Any])


class CouldNotRun(click.ClickException):
    """Something outside the messages stops the run; one sentence says what and what to do."""

    exit_code = 2


def _zone(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    if value:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise click.BadParameter(f"{value!r} is no IANA time zone, such as Europe/Copenhagen") from None
    return value


layers_option = click.option(
    "--layer", "layers", multiple=True, metavar="DIR", help="Tables laid over the shipped ones; repeatable."
)
timezone_option = click.option(
    "--timezone", callback=_zone, metavar="ZONE", help="Zone of times without offset, e.g. Europe/Copenhagen."
)
charset_option = click.option(
    "--charset", metavar="NAME", help="Character set of messages that declare none, e.g. 8859/1."
)


def pem_option(name: str, text: str) -> Callable[[Command], Command]:
    """Give an option that names a file of certificates or of a key."""
    return click.option(name, metavar="FILE", type=click.Path(exists=True, dir_okay=False), help=text)


@contextlib.contextmanager
def tables_told() -> Generator[None]:
    """Turn faults of the mapping tables into CouldNotRun, naming them."""
    try:
        yield
    except TableError as error:
        raise CouldNotRun("the mapping tables are wrong:\n  " + "\n  ".join(error.faults[:20])) from None


def mapping_of_layers(layers: tuple[str, ...]) -> Mapping:
    """Load the shipped tables with layers on top. Raises CouldNotRun, naming the faults."""
    try:
        with tables_told():
            return load_mapping(*layers)
    except OSError as error:
        raise CouldNotRun(str(error)) from None


def readable(inputs: tuple[str, ...]) -> Iterator[RawMessage]:
    """Give the messages of inputs. Raises CouldNotRun at one that cannot be read."""
    for raw in read_inputs(inputs, sys.stdin.buffer):
        if isinstance(raw, OSError):
            raise CouldNotRun(f"{raw.filename} cannot be read: {raw.strerror}")
        yield raw


@contextlib.contextmanager
def machine_told() -> Generator[None]:
    """Turn what the machine refuses a listener, a client or an inbox into CouldNotRun."""
    from samspil_hl7v2.mllp.database import InboxFault

    try:
        yield
    except ModuleNotFoundError as missing:
        extra = "postgresql" if missing.name == "pg8000" else "mllp"
        raise CouldNotRun(f"this needs {missing.name}: pip install 'samspil-hl7v2[{extra}]'") from None
    except InboxFault as error:
        raise CouldNotRun(f"the inbox cannot be used: {error}") from None
    except OSError as error:  # an ssl.SSLError too
        raise CouldNotRun(f"{error.strerror or error}: check the address, the port and the permissions") from None
