"""A FHIR package registry, which speaks the protocol of npm registries.

https://confluence.hl7.org/spaces/FHIR/pages/97454344/FHIR+NPM+Package+Registry+API
"""

from typing import Any, cast
from urllib.parse import quote

from .fetching import Fetch, Open, SourceFailed, open_address, read_json, save

__all__ = ["REGISTRIES", "Registry"]

REGISTRIES = ("https://packages.fhir.org", "https://packages2.fhir.org/packages")
"""The two registries that HL7 names, in the order they are asked."""


class Registry:
    """The registry at an address; `open_` opens web addresses, as `urllib.request.urlopen` does."""

    def __init__(self, address: str, open_: Open = open_address) -> None:
        self._address = address.rstrip("/")
        self._open = open_

    @property
    def title(self) -> str:
        """Its address."""
        return self._address

    def versions(self, name: str) -> list[str]:
        """The versions it has of a package. Raises `SourceFailed`."""
        return list(self._versions(name))

    def fetch(self, wanted: Fetch) -> None:
        """Write the archive of a package to the target. Raises `SourceFailed`."""
        found = self._versions(wanted.name).get(wanted.version)
        if found is None:
            raise SourceFailed("it does not have this version")
        facts = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
        dist = facts.get("dist")
        told = cast("dict[str, Any]", dist) if isinstance(dist, dict) else {}
        address = str(told.get("tarball") or facts.get("url") or self._plain(wanted))
        save(self._open, address, wanted, str(told.get("shasum") or ""))

    def _versions(self, name: str) -> dict[str, Any]:
        found = read_json(self._open, f"{self._address}/{quote(name)}").get("versions")
        if not isinstance(found, dict):
            raise SourceFailed("the answer lists no versions")
        return cast("dict[str, Any]", found)

    def _plain(self, wanted: Fetch) -> str:
        return f"{self._address}/{quote(wanted.name)}/{quote(wanted.version)}"
