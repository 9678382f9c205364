"""`samspil hl7v2 coverage` and `export`: what the tables hold, for those who review them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from samspil_core.jsontext import dumps

from .commands import CouldNotRun, layers_option, mapping_of_layers
from .coverage import KINDS, GuideError, MapCoverage, measure
from .export import concept_maps, write_guide_csv

STATUSES = ("implemented", "deviating", "missing")


@click.command()
@click.option(
    "--guide", required=True, metavar="DIR", help="The guide's tables: messages, segments, datatypes, codesystems."
)
@click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text", help="Form of the answer.")
@click.option("--rows", is_flag=True, help="With text: each deviating and missing row, with its reason.")
def coverage(guide: str, shape: str, rows: bool) -> int:  # noqa: FBT001  click hands flags over by position
    """Tell row by row what the tables carry out of the HL7 v2-to-FHIR guide; the status is 1 where a row is missing.

    Example: samspil hl7v2 coverage --guide ig-mappings
    """
    try:
        found = measure(guide)
    except (GuideError, OSError) as error:
        raise CouldNotRun(f"{error}; give the folder of the guide's CSV files") from None
    if shape == "json":
        for each in found:
            click.echo(dumps(_as_dict(each)).decode())
    else:
        for each in found:
            click.echo(_line(f"{each.kind} {each.name}", [each]))
            if rows:
                _tell_rows(each)
        for kind in KINDS:
            click.echo(_line(f"total {kind}", [each for each in found if each.kind == kind]))
        click.echo(_line("total", found))
    return int(any(each.count("missing") for each in found))


def _line(label: str, maps: Iterable[MapCoverage]) -> str:
    made = list(maps)
    counts = [f"{sum(each.count(status) for each in made)} {status}" for status in STATUSES]
    conditioned = sum(each.count("conditioned") for each in made)
    beside = f" ({conditioned} of them under another condition)" if conditioned else ""
    return f"{label}: {sum(len(each.rows) for each in made)} rows, {counts[0]}{beside}, {counts[1]}, {counts[2]}"


def _tell_rows(each: MapCoverage) -> None:
    for row in each.rows:
        if row.status != "implemented":
            reason = f": {row.reason}" if row.reason else ""
            click.echo(f"  {row.status} {row.number} {row.source} -> {row.target} {row.row}{reason}")


def _as_dict(each: MapCoverage) -> dict[str, object]:
    return {
        "kind": each.kind,
        "map": each.name,
        **{status: each.count(status) for status in (*STATUSES, "conditioned")},
        "rows": [{key: value for key, value in row._asdict().items() if value} for row in each.rows],
    }


@click.group()
def export() -> None:
    """Give the tables in forms that others read."""


@export.command()
@layers_option
def conceptmaps(layers: tuple[str, ...]) -> int:
    """Write the code maps as FHIR R4 ConceptMaps, NDJSON on standard output.

    Example: samspil hl7v2 export conceptmaps > conceptmaps.ndjson
    """
    for each in concept_maps(mapping_of_layers(layers).tables):
        click.echo(dumps(each).decode())
    return 0


@export.command()
@layers_option
@click.option("--out", required=True, metavar="DIR", help="Folder to write to; made where it is not there.")
def tables(layers: tuple[str, ...], out: str) -> int:
    """Write all maps in the CSV form of the HL7 v2-to-FHIR guide.

    Example: samspil hl7v2 export tables --out review
    """
    try:
        number = write_guide_csv(mapping_of_layers(layers).tables, Path(out))
    except OSError as error:
        raise CouldNotRun(f"{out} cannot be written: {error.strerror or error}") from None
    click.echo(f"{number} tables written to {out}", err=True)
    return 0
