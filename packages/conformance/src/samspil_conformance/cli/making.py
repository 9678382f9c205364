"""`info-sheet`, `declaration` and `soup`: the documents that the maker files."""

import json
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import click

from samspil_conformance import data

from .common import CouldNotRun, readable

__all__ = ["declaration", "info_sheet", "soup"]


def _command(name: str, text: str) -> click.Command:
    """A command that checks a file of the maker's and renders it."""

    @readable
    def run(file: Path | None, language: str, shape: str, printed: bool) -> None:  # noqa: FBT001  a flag
        if printed:
            click.echo((data.folder() / "templates" / f"{name}.yaml").read_text(encoding="utf-8"), nl=False)
        elif file is None:
            raise CouldNotRun(f"give a file, or --print for one to fill in: samspil conformance {name} --print")
        else:
            from samspil_conformance import maker

            make = {"info-sheet": maker.info_sheet, "declaration": maker.declaration}[name]
            sheet = make(file, language)
            click.echo(maker.as_pdf(sheet) if shape == "pdf" else maker.as_html(sheet), nl=False)

    options: list[click.Parameter] = [
        click.Argument(["file"], required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)),
        click.Option(["--language"], type=click.Choice(["en", "da", "sv"]), default="en", show_default=True),
        click.Option(["--format", "shape"], type=click.Choice(["html", "pdf"]), default="html", show_default=True),
        click.Option(["--print", "printed"], is_flag=True, help="Print a file to fill in."),
    ]
    return click.Command(name, params=options, callback=run, help=text)


info_sheet = _command(
    "info-sheet",
    "Check FILE against EHDS Art. 38(2) and render the information sheet.\n\n"
    "Example: samspil conformance info-sheet sheet.yaml --language da --format pdf > sheet.pdf",
)
declaration = _command(
    "declaration",
    "Check FILE against EHDS Annex IV and render the declaration of conformity, unsigned.\n\n"
    "Example: samspil conformance declaration declaration.yaml --language da > declaration.html",
)


@click.command()
@click.argument("modules", nargs=-1)
def soup(modules: tuple[str, ...]) -> None:
    """Print what IEC 62304 asks to know of the Samspil MODULES in a product, such as audit, one JSON object a line.

    Version, licence, digest of the files, components, known anomalies, and the tests of each requirement that it serves.

    Example: samspil conformance soup audit consent > soup.ndjson
    """
    from samspil_conformance import maker

    for name in modules or ("conformance",):
        try:
            click.echo(json.dumps(maker.soup(f"samspil-{name.removeprefix('samspil-')}"), ensure_ascii=False))
        except PackageNotFoundError:
            raise CouldNotRun(f"samspil-{name} is not installed") from None
