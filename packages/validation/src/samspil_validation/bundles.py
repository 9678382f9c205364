"""Where a reference leads inside a Bundle. https://hl7.org/fhir/R4/bundle.html#references."""

from __future__ import annotations

from typing import Any

from .context import Target
from .place import Place

__all__ = ["BundleIndex"]


class BundleIndex:
    """The entries of one bundle by full URL, by type and id, and by canonical URL."""

    def __init__(self, bundle: dict[str, Any], place: Place) -> None:
        self.by_url: dict[str, list[Target]] = {}
        self.by_name: dict[str, list[tuple[str, Target]]] = {}
        self.full: dict[int, str] = {}
        self._places: dict[int, Place | None] = {}
        self._canonicals: dict[tuple[str, str], dict[str, Any]] = {}
        self._depth = _depth(place)
        self.offset = 0
        entries: Any = bundle.get("entry")
        for index, entry in enumerate(entries if entries.__class__ is list else ()):
            resource: Any = entry.get("resource") if entry.__class__ is dict else None
            if resource.__class__ is dict:
                self._add(resource, entry.get("fullUrl"), index, place)

    def _add(self, resource: dict[str, Any], full: Any, index: int, place: Place) -> None:
        target = Target(resource, "bundled", ((place, "entry", index), "resource", -1))
        self._places[id(resource)] = target.place
        url = full if full.__class__ is str else ""
        self.full[index] = url
        if url:
            self.by_url.setdefault(url, []).append(target)
        name = f"{resource.get('resourceType')}/{resource.get('id')}"
        self.by_name.setdefault(name, []).append((url, target))
        canonical: Any = resource.get("url")
        if canonical.__class__ is str:
            self._canonicals.setdefault((str(resource.get("resourceType")), canonical), resource)

    def canonical(self, resource_type: str, url: str) -> dict[str, Any] | None:
        """The entry's resource of a canonical URL."""
        return self._canonicals.get((resource_type, url))

    def place_of(self, resource: dict[str, Any]) -> Place | None:
        """Where a resource stands as an entry."""
        return self._places.get(id(resource))

    def resolve(self, reference: str, source: Any) -> Target | None:
        """What a reference in the resource at `source` leads to, or None."""
        plain, _, version = reference.partition("#")[0].partition("/_history/")
        found = self.by_url.get(plain) or self.by_url.get(reference) or []
        if not found and ":" not in plain.partition("/")[0]:
            found = self._relative(plain, self._base_of(source))
        if version:
            found = [each for each in found if _version(each) in {version, ""}]
        return found[0] if found else None

    def _relative(self, name: str, base: str) -> list[Target]:
        if base and (found := self.by_url.get(base + name)):
            return found
        return [target for _, target in self.by_name.get(name, ())]

    def _base_of(self, source: Any) -> str:
        """The service base of the entry that a place lies in, by its full URL: what stands before Type/id."""
        at = source
        while at is not None:
            above, key, index = at
            if key == "entry" and _depth(above) == self._depth:
                full = self.full.get(index + self.offset, "")
                return full.rsplit("/", 2)[0] + "/" if full.startswith("http") and full.count("/") > 3 else ""  # noqa: PLR2004
            at = above
        return ""


def _depth(place: Any) -> int:
    depth = 0
    while place is not None:
        place, depth = place[0], depth + 1
    return depth


def _version(target: Target) -> str:
    meta: Any = target.resource.get("meta")
    version: Any = meta.get("versionId") if meta.__class__ is dict else None
    return version if version.__class__ is str else ""
