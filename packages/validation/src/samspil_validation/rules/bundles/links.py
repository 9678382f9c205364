"""What a reference inside a bundle leads to, strictly by the full URLs of its entries.

https://hl7.org/fhir/R4/bundle.html#references, https://hl7.org/fhir/R5/bundle.html#references
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from samspil_validation.rules.urls import is_absolute
from samspil_validation.shape import entries, node, text

__all__ = ["RESTFUL", "Links", "references_in"]

RESTFUL = re.compile(
    r"(?P<base>https?://.+/)(?P<type>[A-Z][A-Za-z]+)/(?P<id>[A-Za-z0-9\-.]{1,64})(?:/_history/(?P<version>[A-Za-z0-9\-.]{1,64}))?"
)
_RELATIVE = re.compile(r"[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}")


def references_in(value: Any) -> Iterator[str]:
    """Every literal reference below a resource, those of contained resources too."""
    waiting = [value]
    while waiting:
        at = waiting.pop()
        if isinstance(at, dict):
            found = cast("dict[str, Any]", at)
            reference = found.get("reference")
            if isinstance(reference, str):
                yield reference
            waiting.extend(found.values())
        elif isinstance(at, list):
            waiting.extend(cast("list[Any]", at))


@dataclass(slots=True)
class Links:
    """The entries of one bundle; `by_name` allows type and id to match where the full URL of the source says nothing."""

    bundle: dict[str, Any]
    by_name: bool = False
    urls: dict[int, str] = field(default_factory=dict[int, str])
    resources: dict[int, dict[str, Any]] = field(default_factory=dict[int, dict[str, Any]])
    _of_url: dict[str, list[int]] = field(default_factory=dict[str, list[int]])
    _of_name: dict[str, list[int]] = field(default_factory=dict[str, list[int]])

    def __post_init__(self) -> None:
        for index, entry in entries(self.bundle, "entry"):
            resource = node(entry, "resource")
            if not resource:
                continue
            self.resources[index] = resource
            self.urls[index] = url = text(entry, "fullUrl")
            if url:
                self._of_url.setdefault(url.partition("/_history/")[0], []).append(index)
            self._of_name.setdefault(f"{resource.get('resourceType')}/{resource.get('id')}", []).append(index)

    def targets(self, reference: str, source: int) -> list[int]:
        """The entries that a reference in the resource of entry `source` leads to: none, one, or several."""
        plain, _, version = reference.partition("#")[0].partition("/_history/")
        found = self._of_url.get(plain, []) if is_absolute(plain) else self._relative(plain, source)
        if version:
            return [each for each in found if text(node(self.resources[each], "meta"), "versionId") == version]
        return found

    def same_name(self, reference: str) -> list[int]:
        """The entries of the type and id that a reference ends in, whatever their full URLs."""
        parts = reference.partition("#")[0].partition("/_history/")[0].split("/")
        return self._of_name.get("/".join(parts[-2:]), [])

    def _relative(self, plain: str, source: int) -> list[int]:
        restful = RESTFUL.fullmatch(self.urls.get(source, ""))
        if restful:
            return self._of_url.get(restful["base"] + plain, [])
        if self.by_name and _RELATIVE.fullmatch(plain):
            return self._of_name.get(plain, [])
        return []
