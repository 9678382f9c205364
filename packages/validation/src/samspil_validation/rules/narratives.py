"""Narratives: XHTML of the allowed elements with some content, whose links lead somewhere.

These are the invariants txt-1 and txt-2, told by name, and what HTML itself asks for.
https://hl7.org/fhir/R4/narrative.html#xhtml
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from samspil_core import Issue, Kind
from samspil_validation.context import Context
from samspil_validation.findings_rules import (
    BLOCK_IN_PARAGRAPH,
    LINK_DANGLING,
    LINK_SCHEME,
    LINK_SIGNS,
    NARRATIVE_EMPTY,
    NARRATIVE_NOT_XHTML,
    NARRATIVE_REFUSED,
)
from samspil_validation.shape import as_node, inner, nodes, text

from .xhtml_page import Page, read_page
from .xhtml_quick import read_quickly

__all__ = ["needed", "rule"]

_NO_LINKS = frozenset({"urn", "oid", "uuid", "javascript", "vbscript", "about"})
_BAD_SIGNS = re.compile(r'[{}<>"\\^`|]')


def needed(narrative: dict[str, Any], _run: Any) -> bool:
    """Only a narrative that is unusual in any way, or has a link that may lead nowhere."""
    div: Any = narrative.get("div")
    if div.__class__ is not str or not div:
        return False
    found = read_quickly(div)
    if found is None:
        return True
    return any(link[1:] not in found.names if link[:1] == "#" else _fault(link) is not None for link in found.links)


def rule(narrative: dict[str, Any], context: Context) -> Iterable[Issue]:
    """Check one narrative."""
    div = narrative.get("div")
    if not isinstance(div, str) or not div:
        return
    page = read_page(div)
    if page is None:
        yield NARRATIVE_NOT_XHTML.at(context.where("div"))
        return
    if page.refused:
        yield NARRATIVE_REFUSED.at(context.where("div"), names=", ".join(sorted(page.refused)))
    if not page.has_content:
        yield NARRATIVE_EMPTY.at(context.where("div"))
    if page.blocks:
        yield BLOCK_IN_PARAGRAPH.at(context.where("div"), names=", ".join(sorted(page.blocks)))
    if page.links:
        yield from _urls(page, context)
        yield from _anchors(page, context)


def _anchors(page: Page, context: Context) -> Iterator[Issue]:
    local = [link[1:] for link in page.links if link.startswith("#")]
    if any(name not in page.names for name in local):
        known = page.names | _names_around(context)
        for _ in range(sum(name not in known for name in local)):
            yield LINK_DANGLING.at(context.where("div"))


def _urls(page: Page, context: Context) -> Iterator[Issue]:
    for link in page.links:
        fault = _fault(link)
        if fault is LINK_SCHEME:
            yield LINK_SCHEME.at(context.where("div"), scheme=_scheme(link))
        elif fault is not None:
            yield fault.at(context.where("div"))


def _fault(link: str) -> Kind | None:
    """What is wrong with the text of a link."""
    if ":" in link and _scheme(link) in _NO_LINKS:
        return LINK_SCHEME
    return LINK_SIGNS if _BAD_SIGNS.search(link) and not link.startswith("data:") else None


def _scheme(link: str) -> str:
    return link.partition(":")[0].strip().lower()


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
        page = read_page(text(holder, "div")) if text(holder, "div") else None
        found |= page.names if page else set()
        waiting.extend(inner(at))
    return found - {""}
