"""What a narrative holds, read once: what it may not hold, anchors, links, and blocks inside paragraphs.

https://hl7.org/fhir/R4/narrative.html#xhtml
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

from samspil_fhirpath.xhtml import ATTRIBUTES, ELEMENTS, NAMESPACE

__all__ = ["Page", "read_page"]

_BLOCKS = frozenset({"p", "div", "table", "ul", "ol", "dl", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6"})
_XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"
_ALLOWED = frozenset(f"{NAMESPACE} {name}" for name in ELEMENTS)
_DIV, _PARAGRAPH, _IMAGE = (f"{NAMESPACE} {name}" for name in ("div", "p", "img"))
_LINKS = frozenset({("a", "href"), ("img", "src")})
_TAG = re.compile(r"<(/?)(?:\w+:)?(p|div|table|[uod]l|blockquote|pre|h[1-6])(?=[\s/>])[^>]*?(/?)>")

Start = Callable[[str, dict[str, str]], None]


@dataclass(slots=True)
class Page:
    """A narrative. `refused` are the elements and attributes that no narrative may have."""

    refused: set[str] = field(default_factory=set[str])
    names: set[str] = field(default_factory=set[str])
    links: list[str] = field(default_factory=list[str])
    blocks: set[str] = field(default_factory=set[str])
    has_content: bool = False


def read_page(div: str) -> Page | None:
    """The page in a div, or None when that is not well-formed or declares a document type.

    Of entities only the five of XML are known: those of HTML have no place in a narrative.
    """
    if "<!DOCTYPE" in div or "<!ENTITY" in div:
        return None
    page = Page()
    parser = expat.ParserCreate("utf-8", " ")
    parser.StartElementHandler = _first(page, parser)
    parser.CharacterDataHandler = _text(page, parser)
    if "<p" in div and _may_hold_blocks(div):
        _watch_paragraphs(page, parser)
    try:
        parser.Parse(div.encode(), True)  # noqa: FBT003  expat takes it by position
    except (expat.ExpatError, ValueError, UnicodeError):
        return None
    return page


def _may_hold_blocks(text: str) -> bool:
    """A quick look for a paragraph in which a block begins, before the slower one."""
    inside = False
    for end, name, empty in _TAG.findall(text):
        if name == "p":
            if inside and not end:
                return True
            inside = not end and not empty
        elif inside and not end:
            return True
    return False


def _first(page: Page, parser: expat.XMLParserType) -> Start:
    """The handler of the outermost element, which must be a div; it leaves the others to a quicker one."""
    others = _others(page)

    def start(name: str, attributes: dict[str, str]) -> None:
        parser.StartElementHandler = others
        if name != _DIV:
            page.refused.add(name.rpartition(" ")[2])
        others(name, attributes)

    return start


def _others(page: Page) -> Start:
    def start(name: str, attributes: dict[str, str]) -> None:
        if name not in _ALLOWED:
            page.refused.add(name.rpartition(" ")[2])
        if name == _IMAGE:
            page.has_content = True
        if attributes:
            _attributes(page, name, attributes)

    return start


def _attributes(page: Page, name: str, attributes: dict[str, str]) -> None:
    local = name.rpartition(" ")[2]
    for each, value in attributes.items():
        space, _, plain = each.rpartition(" ")
        known = plain in ATTRIBUTES or plain.startswith(("data-", "aria-"))
        if not known or space not in {"", _XML_NAMESPACE}:
            page.refused.add(f"{local}@{plain}")
        if each in {"id", "name"}:
            page.names.add(value)
        elif (local, each) in _LINKS:
            page.links.append(value)


def _text(page: Page, parser: expat.XMLParserType) -> Callable[[str], None]:
    """The handler of text, which stops listening once it has heard some."""

    def text(data: str) -> None:
        if data.strip():
            page.has_content = True
            parser.CharacterDataHandler = None

    return text


def _watch_paragraphs(page: Page, parser: expat.XMLParserType) -> None:
    """Note the blocks inside paragraphs as well."""
    open_paragraphs = 0
    read = _others(page)

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal open_paragraphs
        local = name.rpartition(" ")[2]
        if open_paragraphs and local in _BLOCKS:
            page.blocks.add(local)
        open_paragraphs += name == _PARAGRAPH
        read(name, attributes)

    def end(name: str) -> None:
        nonlocal open_paragraphs
        open_paragraphs -= name == _PARAGRAPH

    def first(name: str, attributes: dict[str, str]) -> None:
        parser.StartElementHandler = start
        if name != _DIV:
            page.refused.add(name.rpartition(" ")[2])
        start(name, attributes)

    parser.StartElementHandler = first
    parser.EndElementHandler = end
