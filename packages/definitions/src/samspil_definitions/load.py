"""Load a package set: resolve, index what is new, open."""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

from samspil_core import Issue, Outcome

from .catalog import catalog_path, set_hash, write_catalog
from .definitions import Definitions
from .findings import CACHE_NOT_WRITABLE
from .known import Known
from .places import as_folders, index_folder, temporary_index
from .resolve import resolve

__all__ = ["load_packages", "open_index"]


def load_packages(
    packages: Iterable[str | Path],
    *,
    cache: Path | str | Sequence[Path | str] | None = None,
    index: Path | str | None = None,
) -> Definitions:
    """The definitions of packages and of all they depend on.

    A package is `NAME#VERSION` (`hl7.fhir.r4.core#4.0.1`; `4.0.x` and no version mean the newest there is), or the
    path of an archive, of a folder with package.json, or of a folder of archives. Names are looked up in `cache`:
    package caches or folders of archives, by default `~/.fhir/packages`. Nothing is fetched from a network:
    `samspil definitions install` and `install` do that.

    Each package is indexed once, in `index`, by default a folder of the user's cache; after that loading takes
    milliseconds. What is missing among the dependencies is a finding in the `outcome` of the result.

    Raises `PackageError` when a package that is named here is not there or cannot be read.
    """
    asked, caches = list(packages), as_folders(cache)
    try:
        return _load(asked, caches, Path(index) if index is not None else index_folder(), [])
    except (OSError, sqlite3.Error) as error:
        return _load(asked, caches, temporary_index(), [_not_writable(error)])


def _load(packages: list[str | Path], caches: Sequence[Path], index: Path, issues: list[Issue]) -> Definitions:
    with closing(Known(index)) as known:
        found = resolve(packages, caches, known)
        digest = set_hash(found.packages)
        folder = known.folder / "sets" / digest
        if not catalog_path(folder).exists():
            write_catalog(folder, found.packages, [known.store(each.hash) for each in found.packages])
        return Definitions(found.packages, digest, known.folder, Outcome((*issues, *found.issues)))


def open_index(folder: Path) -> tuple[Known, list[Issue]]:
    """The memory in a folder, or, with a finding, in a temporary one where that cannot be written."""
    try:
        return Known(folder), []
    except (OSError, sqlite3.Error) as error:
        return Known(temporary_index()), [_not_writable(error)]


def _not_writable(error: Exception) -> Issue:
    why = error.strerror if isinstance(error, OSError) else str(error)
    return CACHE_NOT_WRITABLE.at(why=why or type(error).__name__)
