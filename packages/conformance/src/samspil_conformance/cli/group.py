"""The group and its commands."""

import click

<<<<<<< HEAD
from samspil_conformance.testscript.cli import testscript

=======
from .making import declaration, info_sheet, soup
>>>>>>> conf
from .reading import check, diff, listing, matrix, schema, steps, verify
from .running import attest, replay, run
from .testing import selftest

__all__ = ["group"]


@click.group("conformance")
def group() -> None:
    """Conformance suites, requirement by requirement, with evidence that can be filed."""


<<<<<<< HEAD
for command in (attest, check, diff, listing, matrix, replay, run, schema, selftest, steps, testscript, verify):
=======
COMMANDS = (
    attest,
    check,
    declaration,
    diff,
    info_sheet,
    listing,
    matrix,
    replay,
    run,
    schema,
    selftest,
    soup,
    steps,
    verify,
)
for command in COMMANDS:
>>>>>>> conf
    group.add_command(command)
