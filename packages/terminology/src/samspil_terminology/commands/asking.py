"""`lookup`, `validate`, `expand`, `translate`, `subsumes`: the operations, for people (text) and programs (FHIR as JSON)."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from samspil_core.values import Coding
from samspil_terminology.catalog import Catalog
from samspil_terminology.issues import OperationFailed
from samspil_terminology.lookup import lookup as look_up
from samspil_terminology.lookup import subsumes as how_they_stand
from samspil_terminology.operations import expand as expand_set
from samspil_terminology.operations import validate_code
from samspil_terminology.options import Options, languages_of
from samspil_terminology.translation import translate as translate_code
from samspil_terminology.translation_scope import Scope
from samspil_terminology.wire.answers import lookup_parameters, translation_parameters, validation_parameters
from samspil_terminology.wire.expansion_json import expansion_resource

from .shared import NO, catalog_of, coding_of, refused, sources, table, write_json

__all__ = ["expand", "lookup", "subsumes", "translate", "validate"]

_JSON = click.option("--json", "as_json", is_flag=True, help="The FHIR resource instead of text.")
_LANGUAGE = click.option(
    "--language", metavar="TAGS", help="Wanted languages, as in Accept-Language, e.g. da,en;q=0.5."
)
_CODE = "SYSTEM#CODE"


def _code(_context: click.Context, _parameter: click.Parameter, value: str) -> Coding:
    return coding_of(value)


def _options(language: str | None, text: str = "", count: int | None = None, offset: int | None = None) -> Options:
    try:
        spoken = languages_of(language) if language else None
    except OperationFailed as failed:
        raise refused(failed) from None
    return Options(display_language=spoken, text=text, count=count, offset=offset)


def _asking(paths: tuple[Path, ...], ask: Callable[[Catalog], Any]) -> Any:
    """What the catalogue answers; an operation that cannot be carried out ends the command."""
    try:
        return ask(catalog_of(paths))
    except OperationFailed as failed:
        raise refused(failed) from None


@click.command()
@click.argument("code", callback=_code, metavar=_CODE)
@sources
@_LANGUAGE
@_JSON
def lookup(code: Coding, paths: tuple[Path, ...], language: str | None, as_json: bool) -> int:  # noqa: FBT001  click
    """What a code system says of a code: texts, properties, parents, children.

    Example: samspil terminology lookup 'http://loinc.org#718-7' --from terminology
    """
    options = _options(language)
    found = _asking(
        paths, lambda held: look_up(held, code.system, code.code, code.version, languages=options.display_language)
    )
    if as_json:
        write_json(lookup_parameters(found, ("*",)))
        return 0
    rows = [("code", found.concept.code, found.display), ("system", found.coding.system, found.coding.version)]
    rows += [("text", each.language, each.value) for each in found.designations]
    rows += [("property", each.code, str(each.value)) for each in found.properties]
    rows += [("parent", str(each.value), each.description) for each in found.parents]
    rows += [("child", str(each.value), each.description) for each in found.children]
    click.echo(table(rows), nl=False)
    return 0


@click.command()
@click.argument("code", callback=_code, metavar=_CODE)
@sources
@click.option("--value-set", "value_set", default="", metavar="URL", help="The value set.  [default: the code system]")
@click.option("--display", default="", help="A display to check as well.")
@_LANGUAGE
@_JSON
def validate(  # noqa: PLR0913, PLR0917  the command's options
    code: Coding,
    paths: tuple[Path, ...],
    value_set: str,
    display: str,
    language: str | None,
    as_json: bool,  # noqa: FBT001  click
) -> int:
    """Whether a code is in its code system, or in a value set. Exit code 1 when it is not.

    Example: samspil terminology validate 'http://loinc.org#718-7' --from terminology
    """
    asked = Coding(code.system, code.code, display, code.version)
    found = _asking(paths, lambda held: validate_code(held, asked, value_set, _options(language)))
    if as_json:
        write_json(validation_parameters(found))
    else:
        click.echo(table([(str(found.result).lower(), found.coding.display)]), nl=False)
        for each in found.issues:
            click.echo(f"{each.severity} {each.text}", err=True)
    return 0 if found.result else NO


@click.command()
@click.argument("value_set", metavar="VALUE-SET")
@sources
@click.option("--filter", "text", default="", help="Only codes whose texts have these words.")
@click.option("--count", type=click.IntRange(0), help="The size of the page.")
@click.option("--offset", type=click.IntRange(0), help="How many codes to leave out before it.")
@_LANGUAGE
@_JSON
def expand(  # noqa: PLR0913, PLR0917  the command's options
    value_set: str,
    paths: tuple[Path, ...],
    text: str,
    count: int | None,
    offset: int | None,
    language: str | None,
    as_json: bool,  # noqa: FBT001  click
) -> int:
    """The codes of a value set: system, code, display.

    Example: samspil terminology expand 'http://snomed.info/sct?fhir_vs=ecl/<404684003' --from terminology --count 10
    """
    options = _options(language, text, count, offset)
    found = _asking(paths, lambda held: expand_set(held, value_set, options))
    if as_json:
        write_json(expansion_resource(found, identifier="", timestamp=datetime.now(UTC).isoformat()))
        return 0
    click.echo(table((each.system, each.concept.code, found.display(each)) for each in found.entries), nl=False)
    if found.total is not None:
        click.echo(f"{len(found.entries)} of {found.total} codes", err=True)
    return 0


@click.command()
@click.argument("code", callback=_code, metavar=_CODE)
@sources
@click.option("--map", "map_url", default="", metavar="URL", help="The concept map.  [default: every map that fits]")
@click.option("--target", default="", metavar="URL", help="The code system to translate to.")
@click.option("--reverse", is_flag=True, help="The code is a target; find its sources.")
@_JSON
def translate(  # noqa: PLR0913, PLR0917  the command's options
    code: Coding,
    paths: tuple[Path, ...],
    map_url: str,
    target: str,
    reverse: bool,  # noqa: FBT001  click
    as_json: bool,  # noqa: FBT001  click
) -> int:
    """What concept maps make of a code: relationship, system, code, display, map. Exit code 1 without a match.

    Example: samspil terminology translate 'http://example.org/lab#HB' --from terminology --target http://loinc.org
    """
    scope = Scope(map=map_url, target_system=target)
    found = _asking(paths, lambda held: translate_code(held, code, scope, reverse=reverse))
    if as_json:
        write_json(translation_parameters(found))
    else:
        matches = [each.flipped() if reverse else each for each in found.matches]
        rows = [
            (each.relationship, each.target.system, each.target.code, each.target.display, " ".join(each.maps))
            for each in matches
        ]
        click.echo(table(rows), nl=False)
        if found.message:
            click.echo(found.message, err=True)
    return 0 if found.result else NO


@click.command()
@click.argument("first", callback=_code, metavar=_CODE)
@click.argument("second", metavar="CODE")
@sources
def subsumes(first: Coding, second: str, paths: tuple[Path, ...]) -> int:
    """How two codes of a system stand to each other: equivalent, subsumes, subsumed-by, not-subsumed.

    Example: samspil terminology subsumes 'http://snomed.info/sct#404684003' 195967001 --from terminology
    """
    found = _asking(paths, lambda held: how_they_stand(held, first.system, first.code, second, first.version))
    click.echo(found)
    return 0
