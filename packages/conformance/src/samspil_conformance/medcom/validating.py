"""Profiles of MedCom, where their packages are at hand."""

from collections.abc import Sequence
from functools import cache

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


def faults(message: bytes, kind: str, packages: Sequence[str] | None = None) -> list[str] | None:
    """The errors of a message under its profile; None where the packages are not at hand.

    `packages` are those of the setting: names with versions, or paths of archives.
    """
    stated = tuple(packages or _PACKAGES[kind])
    try:
        return _profiles(stated).faults(Content(message), _PROFILES[kind])
    except (PackageError, UnknownProfile):
        return None


@cache
def _profiles(packages: tuple[str, ...]) -> Profiles:
    return Profiles(packages)
