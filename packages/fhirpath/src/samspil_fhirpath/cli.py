"""`samspil fhirpath`: an expression on resources. One JSON value a line on standard output, findings on standard error."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

import click

from samspil_core.jsontext import dumps
from samspil_core.outcome import Issue

from .documents import read
from .environment import Environment
from .errors import FhirPathError
from .explain import explain
from .expression import compile_expression
from .findings import AT_RESOURCE
from .model import RELEASES
from .shapes import is_object

COULD_NOT_RUN = 2


class CouldNotRun(click.ClickException):
    """Something outside the expression stops the run; one sentence says what and what to do."""

    exit_code = COULD_NOT_RUN


@click.command("fhirpath")
@click.argument("expression", metavar="EXPR")
@click.argument("file", default="-", metavar="[FILE|-]")
@click.option("--release", type=click.Choice(RELEASES), default="R4", help="FHIR release.  [default: R4]")
@click.option("--context", "type_name", metavar="TYPE", default="", help="Type to check against, e.g. Patient.")
@click.option("--explain", "explained", is_flag=True, help="Show types and steps instead of evaluating.")
def command(expression: str, file: str, release: str, type_name: str, explained: bool) -> int:  # noqa: FBT001  click's way
    """Evaluate a FHIRPath expression on a resource, or on each line of NDJSON.

    Prints one JSON value a line. With a type, a misspelled element is a finding with its line and column.

    Example: samspil fhirpath "name.where(use = 'official').given" patient.json
    """
    try:
        if explained:
            return _explain(expression, file, release, type_name)
        with ExitStack() as stack:
            return _evaluate(expression, _opened(file, stack), release, type_name)
    except FhirPathError as error:
        _tell(error.issue)
        return 1


def _opened(file: str, stack: ExitStack) -> BinaryIO:
    if file == "-":
        return sys.stdin.buffer
    try:
        return stack.enter_context(Path(file).open("rb"))
    except OSError as error:
        raise CouldNotRun(f"{file} cannot be read: {error.strerror}") from None


def _tell(issue: Issue) -> None:
    click.echo(f"{issue.severity} {issue.code} {issue.text} -> {issue.fix}", err=True)


def _explain(text: str, file: str, release: str, type_name: str) -> int:
    if not type_name and file != "-":
        with ExitStack() as stack:
            first: Any = next(read(_opened(file, stack)), None)
        type_name = str(first.get("resourceType", "")) if is_object(first) else ""
    made = compile_expression(text, release=release, context=type_name)
    for line in explain(made):
        click.echo(line)
    for problem in made.problems:
        _tell(problem.issue)
    return 1 if made.problems else 0


def _evaluate(text: str, stream: BinaryIO, release: str, type_name: str) -> int:
    out, clean = sys.stdout.buffer, True
    run = compile_expression(text, release=release, context=type_name, strict=bool(type_name))
    environment = Environment(trace=_trace)
    for number, found in enumerate(read(stream), 1):
        issue = found if isinstance(found, Issue) else None
        if issue is None:
            try:
                for value in run(found, environment=environment):
                    out.write(dumps(value) + b"\n")
            except FhirPathError as error:
                issue = AT_RESOURCE.at("", number=number, why=error.why, line=error.line, column=error.column)
        if issue is not None:
            _tell(issue)
            clean = False
    out.flush()
    return 0 if clean else 1


def _trace(name: str, values: Any) -> None:
    """trace() tells how many values there were: the values themselves are a person's, and this is a log."""
    click.echo(f"trace {name}: {len(values)} values", err=True)
