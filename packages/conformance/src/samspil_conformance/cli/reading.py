"""`verify`, `diff`, `list`, `matrix`, `schema`, `steps` and `check`: what reads."""

import importlib.metadata
import json
from pathlib import Path

import click

from samspil_conformance import coverage, documents
from samspil_conformance.diff import changes
from samspil_conformance.evidence import verify as verify_bundle
from samspil_conformance.evidence.signing import public_key
from samspil_conformance.matrix import matrix_csv
from samspil_conformance.requirements import requirements, untested
from samspil_conformance.stepdefs import definitions
from samspil_conformance.suite import load_suite, suite_names
from samspil_conformance.sut import json_schema

from .common import bundle_run, known_suite, readable, say, show

__all__ = ["check", "diff", "listing", "matrix", "package", "schema", "steps", "verify"]

bundle_argument = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("bundle", type=bundle_argument)
@click.option("--key", metavar="FILE", help="Public key (PEM) that has to have signed it.")
@readable
def verify(bundle: Path, key: str | None) -> int:
    """Check BUNDLE offline: archive, digests, signature, record, and every file against the record.

    Example: samspil conformance verify evidence.zip --key laboratory.pem
    """
    outcome = verify_bundle(bundle.read_bytes(), public_key(Path(key).read_bytes()) if key else None)
    show(outcome)
    if outcome.ok:
        _, run = bundle_run(bundle)
        click.echo(f"{bundle.name} is as it was written: {run.head['suite']['id']}, {run.approval}")
    return 0 if outcome.ok else 1


@click.command()
@click.argument("first", type=bundle_argument)
@click.argument("second", type=bundle_argument)
@click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text", show_default=True)
@readable
def diff(first: Path, second: Path, shape: str) -> int:
    """Compare two bundles by requirement. Exit status 1 where a requirement came out worse.

    Example: samspil conformance diff before.zip after.zip
    """
    found = changes(bundle_run(first)[1], bundle_run(second)[1])
    for one in found:
        click.echo(
            json.dumps(vars(one))
            if shape == "json"
            else f"{one.direction:6} {one.id}: {one.before} -> {one.after}  {one.why}"
        )
    say(f"{len(found)} requirements changed")
    return 1 if any(one.direction == "worse" for one in found) else 0


@click.command("list")
@click.argument("suite", required=False)
@click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text", show_default=True)
@readable
def listing(suite: str | None, shape: str) -> None:
    """List the suites, or the scenarios of SUITE with the requirements they test.

    Example: samspil conformance list ehds-logging
    """
    if suite is None:
        rows = [
            [one.id, one.version, f"{len(one.scenarios)} scenarios", one.title["en"]]
            for one in map(load_suite, suite_names())
        ]
    else:
        found = load_suite(known_suite(suite))
        rows = [[one.id, one.severity, one.mode, " ".join(one.requirements), one.title] for one in found.scenarios]
    for row in rows:
        click.echo(json.dumps(row, ensure_ascii=False) if shape == "json" else "  ".join(row))


@click.command()
@click.argument("bundle", type=bundle_argument, required=False)
@click.option("--language", type=click.Choice(["en", "da"]), default="en", show_default=True)
@readable
def matrix(bundle: Path | None, language: str) -> None:
    """Print the requirement matrix as CSV: of BUNDLE, or of the suites as they are installed.

    Example: samspil conformance matrix evidence.zip --language da > matrix.csv
    """
    if bundle:
        click.echo(matrix_csv(bundle_run(bundle)[1], language), nl=False)
        return
    import csv
    import io

    tests, reasons, text = coverage.coverage(), untested(), io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["requirement", "source", "text", "scenarios", "reason"])
    for one in requirements().values():
        wording = one.text_da if language == "da" and one.text_da else one.text
        reason = getattr(reasons[one.id], language) if one.id in reasons and one.id not in tests else ""
        writer.writerow([one.id, one.source, wording, " ".join(name for _, name in tests.get(one.id, ())), reason])
    click.echo(text.getvalue(), nl=False)


@click.command()
@click.argument(
    "name",
    type=click.Choice(["sut", "suite", "requirements", "untested", "answers", "record", "info-sheet", "declaration"]),
)
def schema(name: str) -> None:
    """Print the JSON Schema of a kind of file.

    Example: samspil conformance schema sut > sut.schema.json
    """
    click.echo(json.dumps(json_schema() if name == "sut" else documents.schema(name), indent=2))


@click.command()
@click.argument("suite")
@readable
def steps(suite: str) -> None:
    """Print the step catalogue of SUITE: every wording that its features can use.

    Example: samspil conformance steps fhir-rest
    """
    for module in load_suite(known_suite(suite)).steps:
        for one in sorted(definitions(module), key=lambda each: (each.type or "", each.text)):
            click.echo(f"{(one.type or 'any').capitalize():6}{one.text}")


@click.command()
@click.option("--out", default=".", show_default=True, metavar="DIR", help="Where the archive is written.")
def package(out: str) -> None:
    """Write the suites, requirements and schemas as a FHIR package.

    Example: samspil conformance package --out build
    """
    from samspil_conformance.fhir_package import NAME, fhir_package

    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{NAME}-{importlib.metadata.version('samspil-conformance')}.tgz"
    path.write_bytes(fhir_package())
    click.echo(path)


@click.command()
def check() -> int:
    """Check every suite and requirement: orphan tags, orphan requirements, steps without a definition.

    Example: samspil conformance check
    """
    outcome = coverage.check_all()
    show(outcome)
    return 0 if outcome.ok else 1
