"""What the commands have in common: where the terminology is, how findings are shown, which exit codes there are."""

import csv
import io
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click

from samspil_core.jsontext import dumps
from samspil_core.outcome import Outcome
from samspil_core.values import Coding
from samspil_terminology.catalog import Catalog
from samspil_terminology.issues import OperationFailed
from samspil_terminology.opening import open_catalog

__all__ = ["NO", "CouldNotRun", "catalog_of", "coding_of", "refused", "show", "sources", "table", "write_json"]

NO = 1
"""The answer is no, or something was wrong with the content."""

COULD_NOT_RUN = 2


class CouldNotRun(click.ClickException):
    """Something stops the run; one sentence says what and what to do."""

    exit_code = COULD_NOT_RUN


def sources(command: Callable[..., Any]) -> Callable[..., Any]:
    """The option that says where the terminology is."""
    return click.option(
        "--from",
        "paths",
        multiple=True,
        required=True,
        envvar="SAMSPIL_TERMINOLOGY",
        type=click.Path(exists=True, path_type=Path),
        metavar="PATH",
        help="A store, or a file, folder or .tgz package of FHIR resources; repeatable. [env: SAMSPIL_TERMINOLOGY]",
    )(command)


def catalog_of(paths: Iterable[Path]) -> Catalog:
    """The catalogue of the paths; what could not be read is said on standard error."""
    catalog, outcome = open_catalog(paths)
    show(outcome)
    return catalog


def show(outcome: Outcome) -> None:
    """The findings on standard error."""
    for each in outcome.issues:
        click.echo(f"{each.severity} {each.code} {each.text} -> {each.fix}", err=True)


def refused(failed: OperationFailed) -> CouldNotRun:
    """An operation that could not be carried out."""
    return CouldNotRun(failed.issue.text)


def coding_of(text: str) -> Coding:
    """`system#code` or `system|version#code` as a Coding. Raises `click.BadParameter`."""
    base, mark, code = text.rpartition("#")
    system, _, version = base.partition("|")
    if not mark or not system or not code:
        raise click.BadParameter(f"{text!r} is no code; write system#code, such as http://loinc.org#718-7")
    return Coding(system, code, "", version)


def table(rows: Iterable[Iterable[str]], delimiter: str = "\t") -> str:
    """Rows as text, quoted where they must be."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return out.getvalue()


def write_json(resource: Any) -> None:
    """A resource on standard output."""
    click.echo(dumps(resource, pretty=True).decode())
