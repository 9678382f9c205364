"""Install packages into the package cache: fetched, checked, unpacked beside their place, and moved in when whole."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from samspil_core import Issue, Outcome

from .archive import read_files
from .errors import PackageError
from .findings import ALL_SOURCES_FAILED, HASH_WRONG, NOT_PINNED, WRONG_PACKAGE
from .known import Known, Package
from .load import open_index
from .locate import find_cached, folder_of
from .manifest import split_reference
from .pins import pinned
from .places import index_folder, package_cache
from .sources import Fetch, Progress, Source, SourceFailed, default_sources
from .versions import is_exact, latest

__all__ = ["Installed", "install"]

_DAY = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Installed:
    """What an installation did: packages that were fetched, those that were there, and the findings."""

    added: tuple[Package, ...]
    present: tuple[Package, ...]
    outcome: Outcome


def install(  # noqa: PLR0913  what, where, from where, checked how, told whom
    packages: Iterable[str | Path],
    *,
    cache: Path | str | None = None,
    index: Path | str | None = None,
    sources: Sequence[Source] | None = None,
    sha256: str | None = None,
    dependencies: bool = True,
    progress: Progress = lambda _done, _total: None,
) -> Installed:
    """Put packages and all they depend on into a package cache, by default `~/.fhir/packages`.

    A package is `NAME#VERSION` (`NAME#4.0.x` and `NAME` mean the newest there is) or the path of an archive. What is
    in the cache already is not fetched. Sources are asked in order; an archive whose SHA-256 is not the pinned one
    (`sha256`, or that of a well-known package) is refused, and the next source asked. Never raises on what a source
    does: a package that no source gives is a finding.
    """
    known, issues = open_index(Path(index) if index is not None else index_folder())
    with closing(known):
        work = _Work(
            Path(cache) if cache is not None else package_cache(),
            known,
            default_sources() if sources is None else sources,
            progress,
        )
        work.issues.extend(issues)
        for each in packages:
            work.add(each, sha256)
        if dependencies:
            work.add_dependencies()
        return Installed(tuple(work.added), tuple(work.present), Outcome(tuple(work.issues)))


@dataclass
class _Work:
    """One installation."""

    cache: Path
    known: Known
    sources: Sequence[Source]
    progress: Progress
    added: list[Package] = field(default_factory=list[Package])
    present: list[Package] = field(default_factory=list[Package])
    issues: list[Issue] = field(default_factory=list[Issue])

    def add(self, asked: str | Path, sha256: str | None = None) -> None:
        """Install one package; what goes wrong is a finding."""
        try:
            if isinstance(asked, Path) or asked.endswith((".tgz", ".tar.gz")):
                self._place(Path(asked), str(asked), None, sha256)
            else:
                self._named(*split_reference(asked), sha256)
        except PackageError as error:
            self.issues.extend(error.outcome.issues)

    def add_dependencies(self) -> None:
        """Install what the packages depend on, and what that depends on."""
        tried: set[str] = set()
        queue = [*self.added, *self.present]
        while queue:
            package = queue.pop(0)
            for name, version in package.manifest.dependencies:
                reference = f"{name}#{version}"
                if reference not in tried:
                    tried.add(reference)
                    before = len(self.added), len(self.present)
                    self.add(reference)
                    queue.extend([*self.added[before[0] :], *self.present[before[1] :]])

    def _named(self, name: str, version: str, sha256: str | None) -> None:
        found = find_cached(name, version, [self.cache], self.known) if is_exact(version) else None
        if found is not None:
            self._there(found)
            return
        tried: list[str] = []
        for source in self.sources:
            try:
                chosen = version if is_exact(version) else _newest(version, source.versions(name))
                if self._from(source, name, chosen, sha256):
                    return
                tried.append(f"{source.title} (another hash)")
            except SourceFailed as error:
                tried.append(f"{source.title} ({error})")
        found = find_cached(name, version, [self.cache], self.known)
        if found is not None:
            self._there(found)
            return
        package = f"{name}#{version}" if version else name
        self.issues.append(ALL_SOURCES_FAILED.at(package=package, tried=", ".join(tried)))

    def _there(self, package: Package) -> None:
        if package not in self.present and package not in self.added:
            self.present.append(package)

    def _from(self, source: Source, name: str, version: str, sha256: str | None) -> bool:
        """Whether the source gave the package and it was installed. Raises `SourceFailed`."""
        present = find_cached(name, version, [self.cache], self.known)
        if present is not None:
            self._there(present)
            return True
        self.cache.mkdir(parents=True, exist_ok=True)
        _sweep(self.cache)
        with tempfile.TemporaryDirectory(prefix=".samspil-", dir=self.cache, ignore_cleanup_errors=True) as folder:
            target = Path(folder) / "package.tgz"
            source.fetch(Fetch(name, version, target, self.progress))
            try:
                return self._place(target, source.title, f"{name}#{version}", sha256)
            except PackageError as error:
                raise SourceFailed(error.outcome.issues[0].code) from None

    def _place(self, archive: Path, source: str, wanted: str | None, sha256: str | None) -> bool:
        """Check an archive and unpack it into the cache. Raises `PackageError`."""
        package = self.known.package(archive)
        self.known.forget(archive)
        if wanted not in {None, str(package)}:
            self.issues.append(WRONG_PACKAGE.at(source=source, found=str(package), package=str(wanted)))
            return False
        with archive.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if not self._trusted(package, digest, source, sha256):
            return False
        folder = folder_of(self.cache, package.manifest.name, package.manifest.version)
        _unpack(archive, folder)
        self.known.remember(folder, package.hash, digest, source)
        self.added.append(self.known.package(folder, settled=True))
        return True

    def _trusted(self, package: Package, digest: str, source: str, sha256: str | None) -> bool:
        pin = pinned(str(package))
        expected = frozenset({sha256.lower()}) if sha256 else pin[0] if pin else frozenset[str]()
        same = not sha256 and pin is not None and package.hash == pin[1]  # packed on another day
        if expected and digest not in expected and not same:
            facts = {"package": str(package), "source": source, "found": digest}
            self.issues.append(HASH_WRONG.at(**facts, expected=" or ".join(sorted(expected))))
            return False
        if not expected:
            self.issues.append(NOT_PINNED.at(package=str(package), found=digest))
        return True


def _sweep(cache: Path) -> None:
    """Remove what installations that were killed have left in a cache, once it is a day old."""
    for each in cache.glob(".samspil-*"):
        with suppress(OSError):
            if time.time() - each.stat().st_mtime > _DAY:
                shutil.rmtree(each)


def _newest(wanted: str, versions: Sequence[str]) -> str:
    chosen = latest(wanted, versions)
    if chosen is None:
        raise SourceFailed("it does not have this version")
    return chosen


def _unpack(archive: Path, folder: Path) -> None:
    """Unpack beside the place and move in one step, so that the place is either empty or whole. Raises `PackageError`."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=".samspil-", dir=folder.parent))
    try:
        for name, data in read_files(archive):
            path = temporary / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        if not (temporary / "package").is_dir():  # an archive whose top folder has another name
            _rename_top(temporary)
        temporary.chmod(0o755)
        if folder.exists() and not (folder / "package" / "package.json").exists():
            shutil.rmtree(folder)  # what an interrupted program left
        with suppress(OSError):
            temporary.rename(folder)
        if not (folder / "package" / "package.json").exists():
            temporary.rename(folder)  # was not moved, and nobody else put it there: say why
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _rename_top(folder: Path) -> None:
    tops = [each for each in folder.iterdir() if (each / "package.json").is_file()]
    if tops:
        tops[0].rename(folder / "package")
        return
    inner = folder / "package"
    others = list(folder.iterdir())
    inner.mkdir()
    for each in others:
        each.rename(inner / each.name)
