"""The group and its commands."""

import click

from samspil_conformance.testscript.cli import testscript

from .making import declaration, info_sheet, soup
from .reading import check, diff, listing, matrix, package, schema, steps, verify
from .running import attest, replay, run
from .serving import serve
from .testing import selftest

__all__ = ["group"]


@click.group("conformance")
def group() -> None:
    """Conformance suites, requirement by requirement, with evidence that can be filed."""


COMMANDS = (
    attest,
    check,
    declaration,
    diff,
    info_sheet,
    listing,
    matrix,
    package,
    replay,
    run,
    schema,
    selftest,
    serve,
    soup,
    steps,
    testscript,
    verify,
)
for command in COMMANDS:
    group.add_command(command)
