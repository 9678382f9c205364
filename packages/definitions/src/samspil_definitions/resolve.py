"""From the packages that are asked for to the whole set: dependencies found, in order, what is missing told."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from samspil_core import Issue

from .errors import PackageError
from .findings import CORE_MISMATCH, DEPENDENCY_MISSING, DEPENDENCY_REPLACED, NO_MANIFEST, PACKAGE_MISSING
from .known import Known, Package
from .locate import find_cached
from .manifest import Manifest, core_of, split_reference
from .versions import matches

__all__ = ["Resolution", "resolve"]


@dataclass
class Resolution:
    """A set of packages: those asked for first, then their dependencies, breadth first; and the findings.

    `edges` tells for each package what its dependencies came to, in the order of its manifest: the wanted
    reference, and the package taken for it, or None.
    """

    packages: list[Package] = field(default_factory=list[Package])
    issues: list[Issue] = field(default_factory=list[Issue])
    edges: dict[str, list[tuple[str, Package | None]]] = field(
        default_factory=dict[str, list[tuple[str, Package | None]]]
    )
    roots: int = 0


def resolve(asked: Iterable[str | Path], caches: Sequence[Path], known: Known) -> Resolution:
    """The packages asked for and all they depend on. Raises `PackageError` for one that was asked for and is not there."""
    made = Resolution()
    for each in asked:
        for package in _asked(each, caches, known):
            _add(made, package)
    made.roots = len(made.packages)
    for package in made.packages:  # grows while it is walked: breadth first
        edges = made.edges.setdefault(str(package), [])
        for name, version in package.manifest.dependencies:
            edges.append((f"{name}#{version}", _dependency(made, package, name, version, caches, known)))
    _add_core(made, caches, known)
    return made


def _asked(asked: str | Path, caches: Sequence[Path], known: Known) -> Iterator[Package]:
    path = Path(asked)
    if isinstance(asked, Path) or _looks_like_path(asked):
        yield from _at_path(path, known)
        return
    name, version = split_reference(asked)
    found = find_cached(name, version, caches, known)
    if found is None:
        raise PackageError(PACKAGE_MISSING.at(package=f"{name}#{version}" if version else name))
    yield found


def _looks_like_path(text: str) -> bool:
    return text.endswith((".tgz", ".tar.gz")) or text.startswith((".", "~")) or any(sign in text for sign in "/\\")


def _at_path(path: Path, known: Known) -> Iterator[Package]:
    archives = sorted(path.glob("*.tgz")) if path.is_dir() else []
    if archives and not (path / "package.json").exists() and not (path / "package").exists():
        yield from (known.package(each) for each in archives)
    elif path.is_dir() and not any((path / name).is_file() for name in ("package.json", "package/package.json")):
        raise PackageError(NO_MANIFEST.at(path=str(path)))
    else:
        yield known.package(path)


def _add(made: Resolution, package: Package) -> None:
    if all(package.hash != other.hash for other in made.packages):
        made.packages.append(package)


def _dependency(  # noqa: PLR0913, PLR0917  what is made, who asks, what for, and where to look
    made: Resolution, by: Package, name: str, version: str, caches: Sequence[Path], known: Known
) -> Package | None:
    same = [other for other in made.packages if other.manifest.name == name]
    found = next((other for other in same if matches(version, other.manifest.version)), None)
    if found is not None:
        return found
    named = next((other for other in made.packages[: made.roots] if other.manifest.name == name), None)
    if named is not None:
        made.issues.append(DEPENDENCY_REPLACED.at(by=str(by), package=f"{name}#{version}", used=str(named)))
        return named
    found = _find(name, version, caches, known)
    if found is None:
        _missing(made, by.manifest, f"{name}#{version}")
    else:
        _add(made, found)
    return found


def _find(name: str, version: str, caches: Sequence[Path], known: Known) -> Package | None:
    try:
        split_reference(f"{name}#{version}")
        return find_cached(name, version, caches, known)
    except PackageError:  # a name no folder can have, or a cached package that cannot be read: missing either way
        return None


def _missing(made: Resolution, by: Manifest, package: str) -> None:
    told = {issue.detail[0][1] for issue in made.issues if issue.kind is DEPENDENCY_MISSING}
    if package not in told:
        made.issues.append(DEPENDENCY_MISSING.at(package=package, by=str(by)))


def _add_core(made: Resolution, caches: Sequence[Path], known: Known) -> None:
    """Add the core definitions where no package names them, and tell which packages are made for others."""
    core = next((each for each in made.packages if each.manifest.is_core), None)
    stated = [each.manifest for each in made.packages if each.manifest.fhir_versions]
    if core is None and stated:
        version = stated[0].fhir_versions[0]
        name = core_of(version)
        core = _find(name, version, caches, known) if name else None
        if core is not None:
            _add(made, core)
        elif name:
            _missing(made, stated[0], f"{name}#{version}")
    if core is None:
        return
    for package in made.packages[: made.roots]:
        versions = package.manifest.fhir_versions
        if versions and all(core_of(each) != core.manifest.name for each in versions):
            issue = CORE_MISMATCH.at(package=str(package), version=versions[0], core=core.manifest.version)
            made.issues.append(issue)
