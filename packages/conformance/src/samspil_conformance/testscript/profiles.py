"""Whether a resource conforms to a profile, by the packages at hand.

Scripts name a profile by its canonical, or by the file in which it is published: `.../STU5.0.1/StructureDefinition-ID.json`
names version 5.0.1 of the one with that id and no other, a path such as `profiles/structuredefinition-ID.json` the one with
that id, where the packages have one alone.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from samspil_definitions import Definitions, PackageError
from samspil_validation import Validator

from .exchange import Content

__all__ = ["Profiles", "UnknownProfile", "published"]

_FILE = re.compile(
    r"(?P<base>https?://.+?)(?:/(?:STU)?(?P<version>\d+(?:\.\d+)+))?/StructureDefinition-(?P<id>[A-Za-z0-9.-]+)\.(?:json|xml|html)"
)
_PATH = re.compile(r"(?!\w+:)(?:.*/)?StructureDefinition-(?P<id>[A-Za-z0-9.-]+)\.(?:json|xml)", re.IGNORECASE)


class UnknownProfile(LookupError):
    """No package at hand has the profile; the text names it."""


class Profiles:
    """A validator over definitions or FHIR packages, made when first asked for; without any no profile is known."""

    def __init__(self, packages: Definitions | Sequence[str | Path] = ()) -> None:
        self._packages = packages
        self._validator: Validator | None = None

    def faults(self, content: Content, profile: str) -> list[str]:
        """The errors of a resource under a profile, each with its place. Raises `UnknownProfile`, `PackageError`."""
        validator = self.load()
        try:
            canonical = _canonical(validator.schema.definitions, profile) if validator is not None else ""
        except PackageError as error:
            raise UnknownProfile(f"the profile {profile} cannot be used: {error}") from None
        if validator is None or not canonical:
            raise UnknownProfile(f"no package at hand has the profile {profile}")
        report = validator.examine(content.json or {}, [canonical])
        return [
            f"{each.code} {each.where}: {each.text}" for each in report.outcome if each.severity in {"error", "fatal"}
        ]

    def load(self) -> Validator | None:
        """The validator, or None without packages. Raises `PackageError`."""
        if self._validator is None and self._packages:
            self._validator = Validator(self._packages)
        return self._validator


def published(address: str) -> str:
    """The canonical, with its version where the address tells one, of a definition published under an address, or empty.

    Guides are published as files named by type and id, a version of them in a folder of that name.
    https://hl7.org/fhir/R4/references.html#canonical
    """
    found = _FILE.fullmatch(address)
    if found is None:
        return ""
    return f"{found['base']}/StructureDefinition/{found['id']}" + (f"|{found['version']}" if found["version"] else "")


def _canonical(definitions: Definitions, profile: str) -> str:
    """What the definitions know the profile as, or empty."""
    for name in (profile, published(profile)):
        if name and definitions.structure(name) is not None:
            return name
    path = _PATH.fullmatch(profile)
    of_id = {each.url for each in definitions.headings("StructureDefinition") if path and each.id == path["id"]}
    return of_id.pop() if len(of_id) == 1 else ""
