"""`samspil validate`: results on standard output, everything for people on standard error."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

import click

from samspil_core.outcome import Language
from samspil_definitions import PackageError

from .batch import Checked, Task, check_all, validator_for
from .findings import UNDECIDED
from .inputs import pieces
from .output import FORMATS
from .plan.patches import CONTEXTS, PATCHES

__all__ = ["command"]

COULD_NOT_RUN = 2
CORE = {"R4": "hl7.fhir.r4.core#4.0.1", "R4B": "hl7.fhir.r4b.core#4.3.0", "R5": "hl7.fhir.r5.core#5.0.0"}


class CouldNotRun(click.ClickException):
    """Something outside the resources stops the run; one sentence says what and what to do."""

    exit_code = COULD_NOT_RUN


@click.command("validate")
@click.argument("inputs", nargs=-1, metavar="[FILE|DIR|-]...")
@click.option(
    "--profile", "profiles", multiple=True, metavar="URL", help="Profile every resource must meet; repeatable."
)
@click.option(
    "--package", "packages", multiple=True, metavar="NAME#VERSION", help="FHIR package to check by; repeatable."
)
@click.option(
    "--packages",
    "folders",
    multiple=True,
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False),
    help="Folder of packages: all of them, or those that --package names; repeatable.",
)
@click.option(
    "--fhir-version",
    "release",
    type=click.Choice(list(CORE), case_sensitive=False),
    default="R4",
    help="FHIR release.  [default: R4]",
)
@click.option(
    "--format",
    "shape",
    type=click.Choice(list(FORMATS)),
    default="text",
    help="How findings are written.  [default: text]",
)
@click.option("--language", type=click.Choice(["en", "da"]), default="en", help="Language of findings.  [default: en]")
@click.option("--jobs", type=click.IntRange(1), default=1, metavar="N", help="Processes.  [default: 1]")
@click.option("--explain", is_flag=True, help="Say which packages and which patches of published rules are in force.")
def command(  # noqa: PLR0913, PLR0917  the command's options
    inputs: tuple[str, ...],
    profiles: tuple[str, ...],
    packages: tuple[str, ...],
    folders: tuple[str, ...],
    release: str,
    shape: str,
    language: Language,
    jobs: int,
    explain: bool,  # noqa: FBT001  click hands flags over by position
) -> int:
    """Check FHIR resources against their types and profiles: JSON, XML and NDJSON.

    Example: samspil validate patient.json --package hl7.fhir.dk.core#3.7.0
    """
    task = _task(profiles, packages, folders, release)
    try:
        validator, _ = validator_for(task)
    except PackageError as error:
        raise CouldNotRun(str(error)) from None
    for issue in validator.schema.definitions.outcome:
        if issue.severity != "information":
            click.echo(f"{issue.severity} {issue.code} {issue.text}", err=True)
    if explain:
        _explain(validator.schema)
    counts: Counter[str] = Counter()
    for line in FORMATS[shape](_counted(check_all(pieces(inputs, sys.stdin.buffer), task, jobs), counts), language):
        click.echo(line)
    click.echo(_summary(counts), err=True)
    return 1 if counts["invalid"] else 0


def _task(profiles: tuple[str, ...], packages: tuple[str, ...], folders: tuple[str, ...], release: str) -> Task:
    """What to load: the packages named, else all of the folders; the core package of the release comes along."""
    named = packages or folders
    places = None
    if folders:
        from samspil_definitions.places import package_cache

        places = (*folders, str(package_cache()))
    return Task((*named, CORE[release.upper()]), places, profiles)


def _counted(results: Iterator[Checked], counts: Counter[str]) -> Iterator[Checked]:
    for each in results:
        undecided = any(issue.code in UNDECIDED for issue in each.outcome)
        counts["checked"] += 1
        counts["invalid" if not each.outcome.ok else "undecided" if undecided else "valid"] += 1
        counts["errors"] += sum(issue.severity in {"error", "fatal"} for issue in each.outcome)
        yield each


def _summary(counts: Counter[str]) -> str:
    words = f"{counts['checked']} checked: {counts['valid']} valid, {counts['invalid']} invalid"
    if counts["undecided"]:
        words += f", {counts['undecided']} without error but not decided in full"
    return words + f"; {counts['errors']} errors"


def _explain(schema: Any) -> None:
    """Say what the verdicts rest on."""
    click.echo(f"FHIR {schema.release}, package set {schema.definitions.hash}", err=True)
    for package in schema.definitions.packages:
        click.echo(f"  {package} sha256 {package.hash}", err=True)
    click.echo("Published rules that are wrong, and what is checked in their place:", err=True)
    for patch in PATCHES:
        click.echo(f"  {patch.key}: {patch.reason} {patch.source}", err=True)
        click.echo(f"    published: {patch.published}", err=True)
        click.echo(f"    checked:   {patch.evaluated or 'by rules written in Python'}", err=True)
    for place in CONTEXTS:
        click.echo(f"  {place.url} also on {', '.join(place.contexts)}: {place.reason} {place.source}", err=True)
