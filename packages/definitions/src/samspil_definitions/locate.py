"""Where a package lies on this machine: in a package cache, or as an archive in a folder."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from .known import Known, Package
from .own import NAME, own_package
from .versions import is_exact, latest

__all__ = ["cached_versions", "find_cached", "folder_of"]

_ARCHIVE = re.compile(r"\.(tgz|tar\.gz)$")


def folder_of(cache: Path, name: str, version: str) -> Path:
    """The folder of a package in a package cache: https://confluence.hl7.org/spaces/FHIR/pages/66928417/FHIR+Package+Cache."""
    return cache / f"{name}#{version}"


def find_cached(name: str, version: str, caches: Sequence[Path], known: Known) -> Package | None:
    """The package of a name and version, or the newest one that a wildcard takes in; the first folder that has it wins.

    Our own package is there without being installed.
    """
    for cache in caches:
        if is_exact(version) or version in {"current", "dev"}:
            folder = folder_of(cache, name, version)
            if (folder / "package" / "package.json").is_file():
                return known.package(folder, settled=True)
        versions = {} if is_exact(version) else dict(_in_cache(cache, name))
        chosen = latest(version, versions)
        if chosen is not None:
            return known.package(versions[chosen], settled=True)
        archives = {package.manifest.version: package for package in _in_archives(cache, name, known)}
        chosen = latest(version, archives)
        if chosen is not None:
            return archives[chosen]
    own = known.package(own_package()) if name == NAME else None
    return own if own is not None and latest(version, [own.manifest.version]) else None


def cached_versions(cache: Path) -> list[tuple[str, str, Path]]:
    """Every package in a package cache: name, version, folder; sorted."""
    if not cache.is_dir():
        return []
    folders = [each for each in cache.iterdir() if "#" in each.name and (each / "package" / "package.json").is_file()]
    return sorted((name, version, each) for each in folders for name, _, version in [each.name.partition("#")])


def _in_cache(cache: Path, name: str) -> Iterator[tuple[str, Path]]:
    for folder in cache.glob(f"{name}#*") if cache.is_dir() else ():
        if (folder / "package" / "package.json").is_file():
            yield folder.name.partition("#")[2], folder


def _in_archives(folder: Path, name: str, known: Known) -> Iterator[Package]:
    if not folder.is_dir():
        return
    for path in sorted(folder.glob(f"{name}*")):
        if _ARCHIVE.search(path.name) and path.name.removeprefix(name)[:1] in {"-", "#", "@", "."} and path.is_file():
            package = known.package(path)
            if package.manifest.name == name:
                yield package
