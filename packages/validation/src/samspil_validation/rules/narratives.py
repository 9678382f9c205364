"""Narratives: links that lead somewhere, images that are there, paragraphs that hold no blocks.

Which elements and attributes a narrative may have, and that it has content, the invariants txt-1 and txt-2 say.
https://hl7.org/fhir/R4/narrative.html#xhtml
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.entities import name2codepoint
from typing import Any
from xml.parsers import expat

from samspil_core import Issue
from samspil_validation.context import Context
from samspil_validation.findings_rules import (
    BLOCK_IN_PARAGRAPH,
    LINK_DANGLING,
    LINK_SCHEME,
    LINK_SIGNS,
)
from samspil_validation.shape import as_node, inner, nodes, text

__all__ = ["rule"]

_BLOCKS = frozenset({"p", "div", "table", "ul", "ol", "dl", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6"})
_NO_LINKS = frozenset({"urn", "oid", "uuid", "javascript", "vbscript", "about"})
_BAD_SIGNS = re.compile(r'[{}<>"\\^`|]')
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]*);")
_XML = frozenset({"lt", "gt", "amp", "quot", "apos"})
_WORTH = ("<a", "<img", "<p")


@dataclass(slots=True)
class _Page:
    """What a narrative holds: the names that links may lead to, the links, and blocks inside paragraphs."""

    names: set[str] = field(default_factory=set[str])
    links: list[str] = field(default_factory=list[str])
    blocks: set[str] = field(default_factory=set[str])


def rule(narrative: dict[str, Any], context: Context) -> Iterable[Issue]:
    """Check the links and paragraphs of one narrative."""
    div = text(narrative, "div")
    if not any(sign in div for sign in _WORTH):
        return
    page = _read(div)
    if page is None:
        return
    if page.blocks:
        yield BLOCK_IN_PARAGRAPH.at(context.where("div"), names=", ".join(sorted(page.blocks)))
    local = [link[1:] for link in page.links if link.startswith("#")]
    if any(name not in page.names for name in local):
        known = page.names | _names_around(context)
        for _ in range(sum(name not in known for name in local)):
            yield LINK_DANGLING.at(context.where("div"))
    yield from _urls(page, context)


def _urls(page: _Page, context: Context) -> Iterator[Issue]:
    for link in page.links:
        scheme, colon, _ = link.partition(":")
        if colon and scheme.strip().lower() in _NO_LINKS:
            yield LINK_SCHEME.at(context.where("div"), scheme=scheme.strip().lower())
        elif _BAD_SIGNS.search(link) and not link.startswith("data:"):
            yield LINK_SIGNS.at(context.where("div"))


def _read(div: str) -> _Page | None:
    """The page in a div, or None when it is no XHTML, which txt-1 tells."""
    page, open_paragraphs = _Page(), 0
    prepared = _ENTITY.sub(_plain_sign, div)
    if "<!DOCTYPE" in prepared or "<!ENTITY" in prepared:
        return None

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal open_paragraphs
        if open_paragraphs and name in _BLOCKS:
            page.blocks.add(name)
        open_paragraphs += name == "p"
        page.names.update(attributes[key] for key in ("id", "name") if key in attributes)
        link = attributes.get("href") if name == "a" else attributes.get("src") if name == "img" else None
        if link is not None:
            page.links.append(link)

    def end(name: str) -> None:
        nonlocal open_paragraphs
        open_paragraphs -= name == "p"

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse(prepared, True)  # noqa: FBT003  expat takes it by position
    except (expat.ExpatError, ValueError, UnicodeError):
        return None
    return page


def _plain_sign(found: re.Match[str]) -> str:
    name = found[1]
    return chr(name2codepoint[name]) if name in name2codepoint and name not in _XML else found[0]


def _names_around(context: Context) -> set[str]:
    """The names a link may lead to outside its own narrative: those of the resource, and of the document around it."""
    bundle = context.bundle
    whole = bundle if bundle is not None and text(bundle, "type") == "document" else context.resource
    found: set[str] = {text(each, "id") for each in nodes(context.resource, "contained")}
    waiting: list[Any] = [whole]
    while waiting:
        at = waiting.pop()
        holder = as_node(at)
        found.add(text(holder, "id"))
        page = _read(text(holder, "div")) if text(holder, "div") else None
        found |= page.names if page else set()
        waiting.extend(inner(at))
    return found - {""}
