"""The group and its commands."""

import click

from samspil_conformance.testscript.cli import testscript

from .reading import check, diff, listing, matrix, schema, steps, verify
from .running import attest, replay, run
from .testing import selftest

__all__ = ["group"]


@click.group("conformance")
def group() -> None:
    """Conformance suites, requirement by requirement, with evidence that can be filed."""


for command in (attest, check, diff, listing, matrix, replay, run, schema, selftest, steps, testscript, verify):
    group.add_command(command)
