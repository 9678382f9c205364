"""Profiles of MedCom, where their packages are at hand."""

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from samspil_conformance.testscript.exchange import Content
from samspil_conformance.testscript.profiles import Profiles, UnknownProfile
from samspil_definitions import PackageError

from . import names

__all__ = ["faults"]

_PROFILES = {
    "carecommunication": f"{names.CARE}message",
    "acknowledgement": f"{names.ACKNOWLEDGEMENT}messaging-acknowledgement",
}
_PACKAGES = {
    "carecommunication": ("medcom.fhir.dk.carecommunication#5.0.2",),
    "acknowledgement": ("medcom.fhir.dk.acknowledgement#2.0.3",),
}
_CORE = "hl7.fhir.r4.core#4.0.1"
_GENERATION = (
    "medcom.fhir.dk.carecommunication-5.0.2",
    "medcom.fhir.dk.acknowledgement-2.0.3",
    "medcom.fhir.dk.messaging-3.0.0",
    "medcom.fhir.dk.core-3.0.1",
    "medcom.fhir.dk.terminology-2.0.1",
    "medcom.fhir.dk.messagedefinitions-1.0.0",
    "hl7.fhir.dk.core-2.0.0",
)
"""The archives of one generation, as the folder of corpora holds them."""


def faults(message: bytes, kind: str, packages: Sequence[str] | None = None) -> list[str] | None:
    """The errors of a message under its profile; None where the packages are not at hand.

    `packages` are those of the setting: names with versions, or paths of archives. Without it they are taken from the
    folder that SAMSPIL_CORPORA names, else from the package cache.
    """
    stated = tuple(packages or _of_corpora() or _PACKAGES[kind])
    try:
        return _profiles(stated).faults(Content(message), _PROFILES[kind])
    except (PackageError, UnknownProfile):
        return None


def _of_corpora() -> tuple[str, ...]:
    """The packages of one generation in the folder of corpora, or none."""
    folder = Path(os.environ.get("SAMSPIL_CORPORA") or "none") / "packages"
    archives = [folder / f"{name}.tgz" for name in _GENERATION]
    return (*map(str, archives), _CORE) if all(each.is_file() for each in archives) else ()


@cache
def _profiles(packages: tuple[str, ...]) -> Profiles:
    return Profiles(packages)
