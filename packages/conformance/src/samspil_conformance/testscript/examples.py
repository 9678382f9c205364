"""The resources of FHIR packages and folders by type and id: where a fixture that is named so may be found."""

import re
import tarfile
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

from .exchange import Content

__all__ = ["Examples"]

_NAME = re.compile(r"(?P<type>[A-Z][A-Za-z]+)-(?P<id>.+)\.(?:json|xml)")


class Examples:
    """Resources in files `TYPE-ID.json` or `.xml`: of package archives, of package folders, of other folders."""

    def __init__(self, places: Sequence[Path] = ()) -> None:
        self._places = list(places)
        self._read: dict[tuple[str, str], Content] = {}

    def get(self, kind: str, identifier: str) -> bytes | None:
        """The text of a resource, or None."""
        found = self._known.get((kind, identifier))
        return None if found is None else _read(*found)

    def of(self, kind: str) -> Iterator[tuple[str, Content]]:
        """Names and contents of all resources of a type, in the order of places and names."""
        for key, (place, member) in self._known.items():
            if key[0] == kind:
                if key not in self._read:
                    self._read[key] = Content(_read(place, member), f"{kind}/{key[1]}")
                yield f"{kind}/{key[1]}", self._read[key]

    def under(self, kind: str, profiles: Sequence[str]) -> list[tuple[str, Content]]:
        """As `of`, those that name one of the profiles; where none does, and they are no Bundles, all of them."""
        everything = list(self.of(kind))
        fitting = [each for each in everything if _names_one(each[1], profiles)]
        return fitting if fitting or (kind == "Bundle" and profiles) else everything

    @cached_property
    def _known(self) -> dict[tuple[str, str], tuple[Path, str]]:
        made: dict[tuple[str, str], tuple[Path, str]] = {}
        for place in self._places:
            for member in _members(place):
                found = _NAME.fullmatch(member.rpartition("/")[2])
                if found:
                    made.setdefault((found["type"], found["id"]), (place, member))
        return made


def _names_one(content: Content, profiles: Sequence[str]) -> bool:
    stated: Sequence[str] = (content.json or {}).get("meta", {}).get("profile", ())
    return any(str(each).partition("|")[0] in profiles for each in stated)


def _members(place: Path) -> list[str]:
    if place.is_dir():
        return sorted(str(each.relative_to(place)) for each in place.rglob("*") if each.is_file())
    with tarfile.open(place) as archive:
        return sorted(archive.getnames())


def _read(place: Path, member: str) -> bytes:
    if place.is_dir():
        return (place / member).read_bytes()
    with tarfile.open(place) as archive:
        opened = archive.extractfile(member)
        return opened.read() if opened else b""
