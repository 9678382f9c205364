"""What a narrative holds, read once: what it may not hold, anchors, links, and blocks inside paragraphs.

https://hl7.org/fhir/R4/narrative.html#xhtml
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from html.entities import name2codepoint
from xml.parsers import expat

from samspil_fhirpath.xhtml import ATTRIBUTES, ELEMENTS, NAMESPACE

__all__ = ["Page", "read_page"]

_BLOCKS = frozenset({"p", "div", "table", "ul", "ol", "dl", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6"})
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]*);")
_XML = frozenset({"lt", "gt", "amp", "quot", "apos"})
_XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"


@dataclass
class Page:
    """A narrative. `refused` are the elements and attributes that no narrative may have."""

    refused: set[str] = field(default_factory=set[str])
    names: set[str] = field(default_factory=set[str])
    links: list[str] = field(default_factory=list[str])
    blocks: set[str] = field(default_factory=set[str])
    has_image: bool = False
    text: list[str] = field(default_factory=list[str])
    _depth: int = 0
    _paragraphs: int = 0

    @cached_property
    def has_content(self) -> bool:
        """Whether it holds text or an image."""
        return self.has_image or any(part.strip() for part in self.text)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        namespace, _, local = name.rpartition(" ")
        if local not in ELEMENTS or namespace != NAMESPACE or (self._depth == 0 and local != "div"):
            self.refused.add(local)
        self._depth += 1
        if self._paragraphs and local in _BLOCKS:
            self.blocks.add(local)
        self._paragraphs += local == "p"
        self.has_image = self.has_image or local == "img"
        if attributes:
            self._attributes(local, attributes)

    def _attributes(self, local: str, attributes: dict[str, str]) -> None:
        for name in attributes:
            space, _, plain = name.rpartition(" ")
            if space not in {"", _XML_NAMESPACE} or (
                plain not in ATTRIBUTES and not plain.startswith(("data-", "aria-"))
            ):
                self.refused.add(f"{local}@{plain}")
        self.names.update(attributes[key] for key in ("id", "name") if key in attributes)
        link = attributes.get("href") if local == "a" else attributes.get("src") if local == "img" else None
        if link is not None:
            self.links.append(link)

    def end(self, name: str) -> None:
        """An element ends."""
        self._depth -= 1
        self._paragraphs -= name == f"{NAMESPACE} p"


def read_page(div: str) -> Page | None:
    """The page in a div, or None when that is not well-formed or declares a document type."""
    prepared = _ENTITY.sub(_plain_sign, div) if "&" in div else div
    if "<!DOCTYPE" in prepared or "<!ENTITY" in prepared:
        return None
    page = Page()
    parser = expat.ParserCreate("utf-8", " ")
    parser.StartElementHandler = page.start
    parser.EndElementHandler = page.end
    parser.CharacterDataHandler = page.text.append
    try:
        parser.Parse(prepared.encode(), True)  # noqa: FBT003  expat takes it by position
    except (expat.ExpatError, ValueError, UnicodeError):
        return None
    return page


def _plain_sign(found: re.Match[str]) -> str:
    name = found[1]
    return chr(name2codepoint[name]) if name in name2codepoint and name not in _XML else found[0]
