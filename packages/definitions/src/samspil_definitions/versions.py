"""Versions of packages and of resources: which is newer, and which answers a wildcard.

https://confluence.hl7.org/spaces/FHIR/pages/35718629/NPM+Package+Specification, https://semver.org/#spec-item-11
"""

import re
from collections.abc import Iterable

__all__ = ["is_exact", "latest", "matches", "newness"]

_NUMBER = re.compile(r"[0-9]+")
_WILDCARDS = frozenset({"x", "X", "*"})

Newness = tuple[tuple[int, ...], bool, tuple[tuple[bool, int, str], ...]]


def newness(version: str) -> Newness:
    """A key that sorts versions from old to new: numbers by value, a label before the plain version.

    What is no semantic version (a date, a word) still sorts, the same way each time.
    """
    plain, _, label = version.partition("+")[0].partition("-")
    if _is_date(version):
        plain, label = version.replace("-", "."), ""
    numbers = tuple(int(part) if _NUMBER.fullmatch(part) else -1 for part in plain.split("."))
    labels = tuple(_identifier(part) for part in label.split(".")) if label else ()
    while numbers and numbers[-1] == 0:
        numbers = numbers[:-1]  # 1.0 is as new as 1.0.0
    return numbers, not label, labels


def _is_date(version: str) -> bool:
    return re.fullmatch(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?", version) is not None


def _identifier(part: str) -> tuple[bool, int, str]:
    return (False, int(part), "") if _NUMBER.fullmatch(part) else (True, 0, part)


def is_exact(version: str) -> bool:
    """Whether a version names one version: no `4.0.x`, no `*`, no `latest`, no empty text."""
    return bool(version) and version != "latest" and not _WILDCARDS.intersection(version.split("."))


def matches(wanted: str, version: str) -> bool:
    """Whether a version answers what is wanted: `4.0.1`, `4.0.x`, `4.x`, `*`, `latest` or empty.

    A wildcard does not take in labelled versions (`4.0.x` is no `4.0.2-ballot`), `latest` and `*` do.
    """
    if wanted in {"", "latest", "*", "x", "X"}:
        return True
    if is_exact(wanted):
        return wanted == version
    parts = wanted.split(".")
    fixed = parts[: next(index for index, part in enumerate(parts) if part in _WILDCARDS)]
    return "-" not in version and version.split(".")[: len(fixed)] == fixed


def latest(wanted: str, versions: Iterable[str]) -> str | None:
    """The newest of the versions that answer what is wanted, or None; released ones before labelled ones."""
    found = [version for version in versions if matches(wanted, version)]
    released = [version for version in found if "-" not in version]
    return max(released or found, key=newness, default=None)
