"""Read cached packages anew, and compare them with what was installed and with what is pinned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from samspil_core import Outcome

from .errors import PackageError
from .findings import CHANGED, PACKAGE_MISSING, VERIFIED_UNKNOWN
from .known import Known
from .locate import cached_versions
from .pins import pinned

__all__ = ["Verified", "verify"]


@dataclass(frozen=True, slots=True)
class Verified:
    """One package looked at: `state` is `same`, `changed`, `unknown` (nothing to compare with) or `broken`."""

    package: str
    state: str
    hash: str
    outcome: Outcome


def verify(cache: Path, known: Known, packages: Sequence[str] = ()) -> Iterator[Verified]:
    """Look at the packages named, or at all in the cache: read every file and compare the hash of the content.

    The hash to compare with is the pinned one, else the one remembered when the package was installed.
    """
    found = {f"{name}#{version}": path for name, version, path in cached_versions(cache)}
    for package in packages or sorted(found):
        if package not in found:
            yield Verified(package, "broken", "", Outcome((PACKAGE_MISSING.at(package=package),)))
        else:
            yield _verified(package, found[package], known)


def _verified(package: str, path: Path, known: Known) -> Verified:
    known.forget(path)
    try:
        digest = known.package(path, settled=True).hash
    except PackageError as error:
        return Verified(package, "broken", "", error.outcome)
    pin, installed = pinned(package), known.installed(path)
    expected = pin[1] if pin else installed[0] if installed else ""
    if not expected:
        return Verified(package, "unknown", digest, Outcome((VERIFIED_UNKNOWN.at(package=package),)))
    if digest != expected:
        issue = CHANGED.at(package=package, found=digest, expected=expected)
        return Verified(package, "changed", digest, Outcome((issue,)))
    return Verified(package, "same", digest, Outcome())
