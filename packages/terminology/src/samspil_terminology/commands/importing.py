"""`import` and `list`: releases into a store, and what a store has."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from samspil_terminology.importing import KINDS, Kind, import_into
from samspil_terminology.store.folder import Store

from .shared import NO, CouldNotRun, show, table

__all__ = ["import_", "list_"]


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="PATH...")
@click.option(
    "--into",
    "folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The store; made if needed.",
)
@click.option("--kind", type=click.Choice(KINDS), help="The form of the release.  [default: recognised]")
@click.option("--version", default="", help="Its version.  [default: what the release says]")
@click.option("--url", default="", help="The URL of the code system, where the release does not say it.")
@click.option("--name", default="", help="The name of the code system.")
@click.option("--language", default="", help="The language of its texts, e.g. da.")
def import_(  # noqa: PLR0913, PLR0917  the command's options
    paths: tuple[Path, ...], folder: Path, kind: Kind | None, version: str, url: str, name: str, language: str
) -> int:
    """Import a release into a store. What was in use stays in use until the new snapshot is whole.

    Several paths are one SNOMED CT release with its extension, or several packages and folders of FHIR resources.

    Example: samspil terminology import SKScomplete.txt --into terminology
    """
    with ExitStack() as stack:
        try:
            done = import_into(
                Store(folder),
                paths,
                kind=kind,
                version=version,
                url=url,
                name=name,
                language=language,
                progress=_progress(stack),
            )
        except OSError as error:
            raise CouldNotRun(
                f"{error.strerror or error}: check the space and the permissions, then run again"
            ) from None
    show(done.outcome)
    if done.entry is None:
        return NO
    if done.license:
        click.echo(f"licence: {done.license}", err=True)
    entry = done.entry
    click.echo(table([(entry.url, entry.version, entry.kind, str(done.count), entry.file)]), nl=False)
    return 0 if done.outcome.ok else NO


@click.command("list")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="STORE")
def list_(folder: Path) -> int:
    """The snapshots in use in a store: URL, version, kind, file.

    Example: samspil terminology list terminology
    """
    rows = [(each.url, each.version, each.kind, each.file) for each in Store(folder).entries]
    click.echo(table(rows), nl=False)
    return 0


def _progress(stack: ExitStack) -> Callable[[int], None] | None:
    console = Console(stderr=True)
    if not console.is_terminal:
        return None
    bar = Progress(
        SpinnerColumn(),
        TextColumn("importing, {task.completed:,.0f} read"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )
    stack.enter_context(bar)
    task = bar.add_task("import", total=None)

    def advance(done: int) -> None:
        bar.update(task, advance=done)

    return advance
