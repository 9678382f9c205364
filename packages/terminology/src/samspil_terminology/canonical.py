"""Canonical URLs and versions: `url|version`, wildcards, and which of two versions is the later.

https://hl7.org/fhir/R5/references.html#canonical
"""

import re
from collections.abc import Iterable

__all__ = ["join", "latest", "matches", "sort_key", "split"]

_WILD = frozenset({"x", "X", "*"})
_CHUNK = re.compile(r"\d+|[^\d.\-+]+")


def split(canonical: str) -> tuple[str, str]:
    """The URL and the version of `url|version`; the version is empty when there is none."""
    url, _, version = canonical.partition("|")
    return url, version


def join(url: str, version: str | None) -> str:
    """`url|version`, or the URL alone."""
    return f"{url}|{version}" if version else url


def matches(wanted: str, version: str) -> bool:
    """Whether a version satisfies a wanted one.

    Equal; or a wildcard part (`1.x`, `1.2.*`, `1.?`) stands for any part, and a trailing `?` for all that follow; or
    the wanted one names a SNOMED CT edition of which `version` is a release
    (https://hl7.org/fhir/R5/codesystem.html#versioning).
    """
    if wanted == version:
        return True
    if wanted.startswith("http") and version.startswith(wanted + "/version/"):
        return True
    if not any(mark in wanted for mark in "xX*?"):
        return False
    return _wild(wanted, version)


def _wild(wanted: str, version: str) -> bool:
    if wanted.endswith("?") and "?" not in wanted[:-1]:
        return version.startswith(wanted[:-1].rstrip(".-+"))
    wants, parts = wanted.split("."), version.split(".")
    if not _WILD & set(wants):
        return False
    if len(wants) < len(parts) and wants[-1] not in _WILD:
        return False
    if len(wants) > len(parts):
        return False
    return all(want in _WILD or want == part for want, part in zip(wants, parts, strict=False))


def sort_key(version: str) -> tuple[object, ...]:
    """A key that orders versions: numbers as numbers, a release before nothing but its pre-releases, then the text."""
    core, _, pre = version.partition("-")
    if re.fullmatch(r"\d{4}-\d{2}(-\d{2})?.*", version):
        core, pre = version, ""
    chunks = tuple((1, int(part), "") if part.isdigit() else (0, 0, part) for part in _CHUNK.findall(core))
    return (chunks, not pre, pre, version)


def latest(versions: Iterable[str]) -> str:
    """The latest of some versions; empty when there is none."""
    return max(versions, key=sort_key, default="")
