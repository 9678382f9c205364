"""The group and its commands."""

import click

from .keeping import erase, hold, purge
from .proving import checkpoint, prove, verify
from .reading import export, report, sample
from .serving import forward, notify, serve
from .writing import append

__all__ = ["group"]


@click.group("audit")
def group() -> None:
    """Audit records that can be proved: append, verify, report."""


for command in (append, checkpoint, erase, export, forward, hold, notify, prove, purge, report, sample, serve, verify):
    group.add_command(command)
