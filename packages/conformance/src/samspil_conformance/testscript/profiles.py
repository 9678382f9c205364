"""Whether a resource conforms to a profile, by the packages at hand."""

from collections.abc import Sequence
from pathlib import Path

from samspil_definitions import Definitions, PackageError
from samspil_validation import Validator

from .exchange import Content

__all__ = ["Profiles", "UnknownProfile"]


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
            known = validator is not None and validator.schema.definitions.structure(profile) is not None
        except PackageError as error:
            raise UnknownProfile(f"the profile {profile} cannot be used: {error}") from None
        if validator is None or not known:
            raise UnknownProfile(f"no package at hand has the profile {profile}")
        report = validator.examine(content.json or {}, [profile])
        return [
            f"{each.code} {each.where}: {each.text}" for each in report.outcome if each.severity in {"error", "fatal"}
        ]

    def load(self) -> Validator | None:
        """The validator, or None without packages. Raises `PackageError`."""
        if self._validator is None and self._packages:
            self._validator = Validator(self._packages)
        return self._validator
