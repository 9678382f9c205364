"""The folders: where FHIR packages lie, and where what is made of them is kept."""

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from samspil_core.cache_folder import cache_folder

__all__ = ["FORMAT", "as_folders", "index_folder", "package_cache", "temporary_index"]

FORMAT = "2"
"""Part of every path and hash of the index: a change of its form, or of how snapshots are made, takes a new number."""


def package_cache() -> Path:
    """The package cache that FHIR tools share: `~/.fhir/packages`, or the folder in `SAMSPIL_PACKAGES`.

    https://confluence.hl7.org/spaces/FHIR/pages/66928417/FHIR+Package+Cache
    """
    named = os.environ.get("SAMSPIL_PACKAGES")
    return Path(named) if named else Path.home() / ".fhir" / "packages"


def index_folder() -> Path:
    """The folder of indexes and compiled plans: that in `SAMSPIL_CACHE`, or one in the user's cache folder."""
    return cache_folder() / "definitions" / FORMAT


@cache
def temporary_index() -> Path:
    """A folder for this process alone, removed at its end, for where the user's cache cannot be written."""
    import atexit
    import shutil
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="samspil-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def as_folders(cache: Path | str | Sequence[Path | str] | None) -> tuple[Path, ...]:
    """The folders to look for packages in: those given, or the standard one."""
    if cache is None:
        return (package_cache(),)
    return (Path(cache),) if isinstance(cache, str | Path) else tuple(Path(each) for each in cache)
