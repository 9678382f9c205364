"""`samspil definitions`: install, list, tree, verify. Data on standard output, everything for people on standard error."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from samspil_core import Outcome, dumps

from .errors import PackageError
from .install import install as install_packages
from .known import Known, Package
from .load import open_index
from .locate import cached_versions
from .places import as_folders, index_folder, package_cache
from .resolve import Resolution, resolve
from .verify import verify as verify_packages

_cache = click.option("--cache", metavar="DIR", help="Package cache.  [default: ~/.fhir/packages]")
_format = click.option(
    "--format", "shape", type=click.Choice(["text", "json"]), default="text", help="Form of the answer."
)


class CouldNotRun(click.ClickException):
    """Something stops the command; one sentence says what and what to do."""

    exit_code = 2


@click.group("definitions")
def group() -> None:
    """FHIR packages: install, list, tree, verify."""


@group.command()
@click.argument("packages", nargs=-1, required=True, metavar="NAME#VERSION|FILE.tgz...")
@_cache
@click.option("--sha256", metavar="HEX", help="The SHA-256 the archive must have; for one package.")
@click.option("--dependencies/--no-dependencies", default=True, help="Install what the packages depend on as well.")
def install(packages: tuple[str, ...], cache: str | None, sha256: str | None, dependencies: bool) -> int:  # noqa: FBT001  click hands flags over by position
    """Fetch packages into the package cache, each checked by hash; afterwards everything works offline.

    Example: samspil definitions install hl7.fhir.r4.core#4.0.1
    """
    if sha256 and len(packages) != 1:
        raise CouldNotRun("--sha256 is the hash of one archive: name one package")
    with _bar() as progress:
        done = install_packages(packages, cache=cache, sha256=sha256, dependencies=dependencies, progress=progress)
    for package in (*done.added, *done.present):
        click.echo(f"{package}\t{package.path}")
    click.echo(f"{len(done.added)} installed, {len(done.present)} were there", err=True)
    return _tell(done.outcome)


@group.command("list")
@_cache
@_format
def list_(cache: str | None, shape: str) -> int:
    """List the packages in the package cache.

    Example: samspil definitions list
    """
    folder = Path(cache) if cache else package_cache()
    with _known() as known:
        for name, version, path in cached_versions(folder):
            try:
                package = known.package(path, settled=True)
            except PackageError as error:
                _tell(error.outcome)
                continue
            click.echo(_line(package, f"{name}#{version}", shape))
    return 0


@group.command()
@click.argument("packages", nargs=-1, required=True, metavar="NAME#VERSION|FILE|DIR...")
@_cache
@_format
def tree(packages: tuple[str, ...], cache: str | None, shape: str) -> int:
    """Show what packages depend on, and what of it is missing.

    Example: samspil definitions tree hl7.fhir.dk.core
    """
    with _known() as known:
        try:
            found = resolve(packages, as_folders(cache), known)
        except PackageError as error:
            raise CouldNotRun(str(error)) from None
    roots = found.packages[: found.roots]
    if shape == "json":
        click.echo(dumps([_branch(found, each) for each in roots]).decode())
    for each in roots if shape == "text" else ():
        for line in _lines(found, each, "", {str(each)}):
            click.echo(line)
    missing = any(issue.code == "SAM-DEF-202" for issue in found.issues)
    _tell(Outcome(tuple(found.issues)))
    return 1 if missing else 0


@group.command()
@click.argument("packages", nargs=-1, metavar="[NAME#VERSION]...")
@_cache
@_format
def verify(packages: tuple[str, ...], cache: str | None, shape: str) -> int:
    """Read the packages of the cache anew and compare them with the hashes they must have.

    Example: samspil definitions verify
    """
    status = 0
    with _known() as known:
        for each in verify_packages(Path(cache) if cache else package_cache(), known, packages):
            facts = {"package": each.package, "state": each.state, "hash": each.hash}
            click.echo(dumps(facts).decode() if shape == "json" else f"{each.state:9} {each.package}\t{each.hash}")
            status = max(status, _tell(each.outcome))
    return status


@contextmanager
def _known() -> Generator[Known]:
    known, issues = open_index(index_folder())
    _tell(Outcome(tuple(issues)))
    with closing(known):
        yield known


def _tell(outcome: Outcome) -> int:
    """Say the findings on standard error; the exit status they ask for."""
    for issue in outcome:
        click.echo(f"{issue.severity} {issue.code} {issue.text} -> {issue.fix}", err=True)
    return 0 if outcome.ok else 1


def _line(package: Package, reference: str, shape: str) -> str:
    manifest = package.manifest
    if shape == "json":
        facts = {"package": reference, "fhirVersions": list(manifest.fhir_versions), "hash": package.hash}
        return dumps({**facts, "canonical": manifest.canonical, "path": str(package.path)}).decode()
    return f"{reference}\t{','.join(manifest.fhir_versions)}\t{manifest.title or manifest.canonical}"


def _branch(found: Resolution, package: Package, above: frozenset[str] = frozenset()) -> dict[str, Any]:
    inside = above | {str(package)}
    below = [
        {"wanted": wanted, "package": None}
        if each is None
        else {"wanted": wanted, **({"package": str(each)} if str(each) in inside else _branch(found, each, inside))}
        for wanted, each in found.edges.get(str(package), [])
    ]
    return {"package": str(package), "dependencies": below}


def _lines(found: Resolution, package: Package, indent: str, shown: set[str]) -> Iterator[str]:
    if not indent:
        yield str(package)
    for wanted, each in found.edges.get(str(package), []):
        if each is None:
            yield f"{indent}  {wanted}  MISSING"
            continue
        again = str(each) in shown
        shown.add(str(each))
        yield f"{indent}  {each}{'' if str(each) == wanted else f'  for {wanted}'}{'  (above)' if again else ''}"
        if not again:
            yield from _lines(found, each, f"{indent}  ", shown)


@contextmanager
def _bar() -> Generator[Callable[[int, int], None]]:
    """A progress bar on standard error, where a person looks at it."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _done, _total: None
        return
    columns = (TextColumn("fetching"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("fetch", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total or None)
