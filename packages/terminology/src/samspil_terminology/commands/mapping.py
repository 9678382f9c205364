"""`map`: coverage, suggestions, review, export and re-application of maps of local codes."""

from pathlib import Path
from typing import Any, Literal

import click

from samspil_core.jsontext import dumps, loads
from samspil_terminology.mapping.conceptmap import from_concept_map, to_concept_map
from samspil_terminology.mapping.coverage import Covered, coverage, totals
from samspil_terminology.mapping.local import LocalCode, read_codes
from samspil_terminology.mapping.reapply import reapply
from samspil_terminology.mapping.review import check_review
from samspil_terminology.mapping.sssom import MappingSet, read_sssom, write_sssom
from samspil_terminology.mapping.suggest import Suggester
from samspil_terminology.mapping.usagi import read_usagi
from samspil_terminology.mapping.work import suggestions
from samspil_terminology.systems.tables import BadTable

from .shared import NO, CouldNotRun, catalog_of, show, sources, table

__all__ = ["mapping"]

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_CODES = click.argument("codes", type=_FILE, metavar="CODES.csv")
_MAPPINGS = click.argument("mappings", type=_FILE, metavar="MAPPINGS.tsv")
_SYSTEM = click.option("--system", default="", metavar="URL", help="The code system of the local codes.")


@click.group("map")
def mapping() -> None:
    """Local codes: what a map covers, what may be meant, who reviewed it, what a new release changes."""


@mapping.command("coverage")
@_CODES
@sources
@click.option("--map", "map_url", required=True, metavar="URL", help="The concept map.")
@_SYSTEM
@click.option("--least", type=click.FloatRange(0, 100), default=0.0, help="Exit code 1 below this percentage of uses.")
def cover(codes: Path, paths: tuple[Path, ...], map_url: str, system: str, least: float) -> int:
    """The state of every code as CSV, and the totals on standard error.

    States: mapped, ambiguous, retired-target, no-map, unmapped.

    Example: samspil terminology map coverage lab.csv --map http://example.org/map --from terminology
    """
    covered = list(coverage(catalog_of(paths), _codes(codes), map_url, system))
    click.echo(
        table([("code", "display", "count", "state", "targets"), *(each.row() for each in covered)], ","), nl=False
    )
    share = _totals(covered)
    return 0 if share >= least else NO


def _totals(covered: list[Covered]) -> float:
    """The totals on standard error; gives the percentage of uses that are decided."""
    uses = sum(each.local.count for each in covered) or 1
    found = totals(covered)
    for state, (number, used) in found.items():
        click.echo(f"{state:>15}{number:>8} codes{used:>10} uses{100 * used / uses:>7.1f} %", err=True)
    return 100 * (found["mapped"][1] + found["no-map"][1]) / uses


@mapping.command()
@_CODES
@sources
@click.option("--target", required=True, metavar="URL", help="The code system to find targets in.")
@click.option("--map", "map_url", default="", metavar="URL", help="A map; codes it covers get no suggestion.")
@click.option("--system", required=True, metavar="URL", help="The code system of the local codes.")
@click.option("--author", default="samspil", help="Who proposes.  [default: samspil]")
@click.option("--limit", type=click.IntRange(1), default=5, help="Candidates a code.  [default: 5]")
def suggest(  # noqa: PLR0913, PLR0917  the command's options
    codes: Path, paths: tuple[Path, ...], target: str, map_url: str, system: str, author: str, limit: int
) -> int:
    """Candidates for unmapped codes as SSSOM TSV; none is accepted by itself.

    Example: samspil terminology map suggest lab.csv --target http://loinc.org --system http://example.org/lab --from t
    """
    catalog = catalog_of(paths)
    found = catalog.system(target)
    if found is None:
        raise CouldNotRun(f"the code system {target} is not known here; import it, or name where it is with --from")
    local = _codes(codes)
    covered = coverage(catalog, local, map_url, system) if map_url else (Covered(each, "unmapped") for each in local)
    made = suggestions(covered, Suggester.of(found), system, author=author, limit=limit)
    click.echo(write_sssom(made), nl=False)
    return 0


@mapping.command()
@_MAPPINGS
def review(mappings: Path) -> int:
    """Check the states of an edited file: who accepted is named, and is not who proposed. Exit code 1 when not.

    Example: samspil terminology map review lab.sssom.tsv
    """
    some = _mappings(mappings)
    found = check_review(some, mappings.name)
    show(found)
    states: dict[str, int] = {}
    for each in some.mappings:
        states[each.review_state] = states.get(each.review_state, 0) + 1
    click.echo(table((state, str(number)) for state, number in sorted(states.items())), nl=False)
    return 0 if found.ok else NO


@mapping.command()
@_MAPPINGS
@click.option("--url", required=True, help="The canonical URL of the concept map.")
@click.option("--version", default="", help="Its business version.")
@click.option("--release", type=click.Choice(["R4", "R5"]), default="R4", help="The release of FHIR.  [default: R4]")
def export(mappings: Path, url: str, version: str, release: Literal["R4", "R5"]) -> int:
    """The accepted rows as a ConceptMap. Refused while the review has faults.

    Example: samspil terminology map export lab.sssom.tsv --url http://example.org/map > map.json
    """
    some = _mappings(mappings)
    found = check_review(some, mappings.name)
    show(found)
    if not found.ok:
        return NO
    click.echo(dumps(to_concept_map(some, url, version, release=release), pretty=True).decode())
    return 0


@mapping.command("import")
@click.argument("source", type=_FILE, metavar="MAP.json|USAGI.csv")
@_SYSTEM
@click.option("--author", default="", help="Who made the map.")
@click.option("--reviewer", default="", help="Who reviewed it; its rows are accepted then.")
def take(source: Path, system: str, author: str, reviewer: str) -> int:
    """A ConceptMap, or a file of Usagi, as SSSOM TSV.

    Example: samspil terminology map import map.json --author AB --reviewer CD > lab.sssom.tsv
    """
    if source.suffix == ".json":
        made = from_concept_map(_resource(source), author=author, reviewer=reviewer)
    elif not system:
        raise CouldNotRun("a file of Usagi does not name the code system of its codes; name it with --system")
    else:
        try:
            made = read_usagi(source, system)
        except BadTable as fault:
            raise _broken(fault) from None
    click.echo(write_sssom(made), nl=False)
    return 0


@mapping.command("reapply")
@_MAPPINGS
@sources
@click.option("--codes", type=_FILE, metavar="CODES.csv", help="The new list of local codes.")
@click.option("--write", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="The map as it stands.")
def again(mappings: Path, paths: tuple[Path, ...], codes: Path | None, write: Path | None) -> int:
    """What a new release, and a new list of codes, change in a map, as CSV. Exit code 1 when something changed.

    Rows whose target is gone or retired go back to `proposed`; SNOMED CT's own successor is named.

    Example: samspil terminology map reapply lab.sssom.tsv --codes lab.csv --from terminology --write lab.new.sssom.tsv
    """
    made, changes = reapply(catalog_of(paths), _mappings(mappings), _codes(codes) if codes else None)
    rows = [("kind", "code", "before", "after", "successor"), *(each.row() for each in changes)]
    click.echo(table(rows, ","), nl=False)
    if write is not None:
        try:
            write.write_text(write_sssom(made), encoding="utf-8")
        except OSError as error:
            raise CouldNotRun(f"{write} cannot be written: {error.strerror}") from None
    return NO if changes else 0


def _codes(path: Path) -> list[LocalCode]:
    try:
        return list(read_codes(path))
    except BadTable as fault:
        raise _broken(fault) from None


def _mappings(path: Path) -> MappingSet:
    try:
        return read_sssom(path)
    except BadTable as fault:
        raise _broken(fault) from None


def _broken(fault: BadTable) -> CouldNotRun:
    return CouldNotRun(f"{fault.file}, line {fault.line}, column {fault.column}: {fault.why}")


def _resource(path: Path) -> dict[str, Any]:
    try:
        value: Any = loads(path.read_bytes())
    except ValueError as fault:
        raise CouldNotRun(f"{path.name} is no JSON: {fault}") from None
    if not isinstance(value, dict) or value.get("resourceType") != "ConceptMap":  # pyright: ignore[reportUnknownMemberType]
        raise CouldNotRun(f"{path.name} is no ConceptMap")
    return value  # pyright: ignore[reportUnknownVariableType]
