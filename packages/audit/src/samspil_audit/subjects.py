"""Whom a record is about, and the names a person goes by in the index."""

import hmac
from collections.abc import Mapping
from typing import Any, Final, NamedTuple, cast

from .pseudonyms import IDENTITY_SYSTEMS, Pseudonyms

__all__ = ["NOBODY", "Subject", "SubjectIndex", "relative", "subjects_of"]

NOBODY: Final = bytes(16)
"""The subject of a record that is about no person."""

_SIZE = 16
_MOST = 100_000


class Subject(NamedTuple):
    """A person as a record names them: the name that counts first, and other names in the same record."""

    name: str
    others: tuple[str, ...] = ()


def subjects_of(event: Mapping[str, Any]) -> list[Subject]:
    """The persons an AuditEvent is about: its entities in the role of patient, each once."""
    found: list[Subject] = []
    for entity in event.get("entity", ()):
        if "role" in entity and entity["role"].get("code") == "1" and _is_patient(entity):
            found += _subject(entity)
    return found if len(found) < 2 else list({subject.name: subject for subject in found}.values())  # noqa: PLR2004


def relative(reference: str) -> str:
    """A reference without server and version: `Patient/1` of `https://example.org/fhir/Patient/1/_history/2`."""
    plain = reference.partition("/_history/")[0].partition("?")[0]
    parts = plain.split("/")
    return "/".join(parts[-2:]) if "://" in plain and len(parts) > 3 else plain  # noqa: PLR2004


def _is_patient(entity: Mapping[str, Any]) -> bool:
    if entity.get("type", {}).get("code") in {"1", "Patient"}:
        return True
    return relative(entity.get("what", {}).get("reference", "")).startswith("Patient/")


def _subject(entity: Mapping[str, Any]) -> list[Subject]:
    """The person an entity names, if it does."""
    what = cast("Mapping[str, Any]", entity.get("what", {}))
    number = what.get("identifier")
    names = (f"{number.get('system', '')}|{number['value']}",) if number and number.get("value") else ()
    if what.get("reference"):
        return [Subject(relative(what["reference"]), names)]
    return [Subject(names[0])] if names else []


class SubjectIndex:
    """The names of persons as the index holds them: 16 bytes of an HMAC, so that it tells nothing without the key."""

    def __init__(self, key: bytes, pseudonyms: Pseudonyms) -> None:
        self._key = key
        self._pseudonyms = pseudonyms
        self._kept: dict[str, bytes] = {}

    def of(self, name: str) -> bytes:
        """The 16 bytes of a name: a reference (`Patient/1`) or an identifier (`system|value`)."""
        found = self._kept.get(name)
        if found is None:
            if len(self._kept) >= _MOST:
                self._kept.clear()
            found = self._kept[name] = self._hashed(name)
        return found

    def _hashed(self, name: str) -> bytes:
        system, bar, value = name.partition("|")
        if bar and system in IDENTITY_SYSTEMS:
            value = self._pseudonyms.of(value)
        clean = self._pseudonyms.clean_text(system + bar + value)
        return hmac.digest(self._key, clean.encode(), "sha256")[:_SIZE]
