"""`samspil terminology`: import, ask, map, serve. Data on standard output, everything for people on standard error."""

import click

from .commands.asking import expand, lookup, subsumes, translate, validate
from .commands.importing import import_, list_
from .commands.mapping import mapping
from .commands.serving import serve

__all__ = ["group"]


@click.group("terminology")
def group() -> None:
    """Code systems, value sets and concept maps: import, look up, validate, expand, translate, map local codes, serve."""


for _command in (import_, list_, lookup, validate, expand, translate, subsumes, mapping, serve):
    group.add_command(_command)
