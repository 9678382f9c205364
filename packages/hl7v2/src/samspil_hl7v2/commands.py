"""What the commands share: the error that stops a run, and the tables of layers."""

from __future__ import annotations

import click

from .mapping.reading import TableError
from .mapping.sets import Mapping, load_mapping

layers_option = click.option(
    "--layer", "layers", multiple=True, metavar="DIR", help="Tables laid over the shipped ones; repeatable."
)


class CouldNotRun(click.ClickException):
    """Something outside the messages stops the run; one sentence says what and what to do."""

    exit_code = 2


def mapping_of_layers(layers: tuple[str, ...]) -> Mapping:
    """Load the shipped tables with layers on top. Raises CouldNotRun, naming the faults."""
    try:
        return load_mapping(*layers)
    except TableError as error:
        raise CouldNotRun("the mapping tables are wrong:\n  " + "\n  ".join(error.faults[:20])) from None
    except OSError as error:
        raise CouldNotRun(str(error)) from None
