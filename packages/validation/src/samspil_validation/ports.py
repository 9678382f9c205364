"""What the entry point `resource-validator.profiles` names."""

from __future__ import annotations

from typing import Any

from .validator import Validator

__all__ = ["profiles"]


def profiles(*packages: str, **options: Any) -> Validator:
    """A `ResourceValidator` over FHIR packages: `find("resource-validator", "profiles")("hl7.fhir.dk.core#3.7.0")`.

    Without packages it checks by FHIR R4 alone. The options are those of `Validator`. Raises
    `samspil_definitions.PackageError` when a package is not there.
    """
    return Validator(packages or ("hl7.fhir.r4.core#4.0.1",), **options)
