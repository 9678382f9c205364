"""The package.json of a FHIR package.

https://confluence.hl7.org/spaces/FHIR/pages/35718629/NPM+Package+Specification
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from samspil_core import NotJson, loads

from .errors import PackageError
from .findings import BAD_REFERENCE, MANIFEST_WRONG

__all__ = ["CORES", "Manifest", "core_of", "read_manifest", "split_reference"]

CORES = {
    "4.0": "hl7.fhir.r4.core",
    "4.3": "hl7.fhir.r4b.core",
    "5.0": "hl7.fhir.r5.core",
    "3.0": "hl7.fhir.r3.core",
}
"""The core package of a FHIR version, by its first two numbers."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a package says about itself; `dependencies` are pairs of name and version in their order."""

    name: str
    version: str
    fhir_versions: tuple[str, ...] = ()
    dependencies: tuple[tuple[str, str], ...] = ()
    canonical: str = ""
    title: str = ""
    license: str = ""

    @property
    def is_core(self) -> bool:
        """Whether it holds the definitions of a FHIR version itself."""
        return self.name in CORES.values()

    def __str__(self) -> str:
        return f"{self.name}#{self.version}"


def read_manifest(data: bytes, path: str) -> Manifest:
    """The manifest in the bytes of a package.json; `path` names the package in findings. Raises `PackageError`."""
    try:
        value = loads(data)
    except NotJson as error:
        raise PackageError(MANIFEST_WRONG.at(path=path, why=f"line {error.line}: {error.why}")) from None
    if not isinstance(value, dict):
        raise PackageError(MANIFEST_WRONG.at(path=path, why="it is no JSON object"))
    facts = cast("dict[str, Any]", value)
    name, version = _text(facts, "name"), _text(facts, "version")
    if not name or not version or _unfit(name) or _unfit(version):
        raise PackageError(MANIFEST_WRONG.at(path=path, why="it states no usable name and version"))
    found = facts.get("dependencies")
    wanted: Mapping[str, Any] = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    return Manifest(
        name,
        version,
        _fhir_versions(facts),
        tuple((key, value) for key, value in wanted.items() if isinstance(value, str)),
        _text(facts, "canonical"),
        _text(facts, "title"),
        _text(facts, "license"),
    )


def _text(facts: Mapping[str, Any], key: str) -> str:
    value = facts.get(key)
    return value if isinstance(value, str) else ""


def _unfit(text: str) -> bool:
    """Whether a name or version could be a path: it names a folder of the cache."""
    return text.startswith(".") or ".." in text or any(sign in "/\\#:*?[]" or sign <= " " for sign in text)


def _fhir_versions(facts: Mapping[str, Any]) -> tuple[str, ...]:
    for key in ("fhirVersions", "fhir-version-list"):
        found = facts.get(key)
        if isinstance(found, list):
            return tuple(each for each in cast("list[Any]", found) if isinstance(each, str))
    return ()


def core_of(fhir_version: str) -> str | None:
    """The name of the core package of a FHIR version: `4.0.1` gives `hl7.fhir.r4.core`."""
    return CORES.get(".".join(fhir_version.split(".")[:2]))


def split_reference(text: str) -> tuple[str, str]:
    """The name and version of `NAME#VERSION` or `NAME@VERSION`; without a version it is empty. Raises `PackageError`."""
    name, _, version = text.replace("@", "#").partition("#")
    if not name or _unfit(name) or (_unfit(version) and version != "*"):
        raise PackageError(BAD_REFERENCE.at(text=text))
    return name, version
