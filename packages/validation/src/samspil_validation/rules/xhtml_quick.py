"""A quick reading of the usual narrative: plain tags, each distinct one looked at once, and the parser for form alone.

What is in any way unusual (a prefix, a comment, a sign in the wrong place) is left to `xhtml_page.read_page`, which
reads element by element.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple
from xml.parsers import expat

from samspil_fhirpath.xhtml import ATTRIBUTES, ELEMENTS, NAMESPACE

__all__ = ["Found", "read_quickly"]

_TOP = re.compile(rf'\s*<div\s+xmlns\s*=\s*["\']{re.escape(NAMESPACE)}["\']((?:\s[^<>&]*)?)>')
_START = re.compile(
    r"<(?!/|(?:td|tr|th|table|t?body|thead|p|b|i|li|ul|ol|br ?/|div|span|h[1-6]|em|strong|pre|a|hr ?/|dl|dt|dd)>)([^>]+)>"
)
"""Start tags other than the commonest ones without attributes."""
_PLAIN = re.compile(r"([a-z0-9]+)((?:\s+(?:xml:lang|[a-z-]+)\s*=\s*(?:\"[^\"<&]*\"|'[^'<&]*'))*)\s*/?")
_ATTRIBUTE = re.compile(r"(xml:lang|[a-z-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_WORD = re.compile(r">[^<&]*[^\s<&]")
_BLOCK = r"(?:p|div|table|[uod]l|blockquote|pre|h[1-6])[\s/>]"
_BLOCK_IN_PARAGRAPH = re.compile(rf"<p(?=[\s>])[^>]*(?<!/)>[^<]*+(?:<(?!/?{_BLOCK})[^<]*+)*+<{_BLOCK}")
_SPACE = re.compile(r"[\t\n\r]")


class Found(NamedTuple):
    """The values of `id` and `name`, and where links lead, each once."""

    names: frozenset[str]
    links: frozenset[str]


_NOTHING = Found(frozenset(), frozenset())


def read_quickly(div: str) -> Found | None:
    """What a narrative holds that is allowed in all its parts, well formed and not empty; None where that is not sure."""
    top = _TOP.match(div)
    if top is None or not _WORD.search(div):
        return None
    if "<p" in div and _BLOCK_IN_PARAGRAPH.search(div):
        return None
    tags = {_tag(each) for each in {*_START.findall(div, top.end()), "div" + top[1]}}
    if None in tags or not _is_well_formed(div):
        return None
    telling = [each for each in tags if each]
    return Found(
        frozenset().union(*(each.names for each in telling)), frozenset().union(*(each.links for each in telling))
    )


def _is_well_formed(div: str) -> bool:
    try:
        expat.ParserCreate("utf-8").Parse(div.encode(), True)  # noqa: FBT003  expat takes it by position
    except (expat.ExpatError, ValueError, UnicodeError):
        return False
    return True


@lru_cache(4096)
def _tag(text: str) -> Found | None:
    """What a start tag tells, without its brackets; None when it is not plain and allowed."""
    plain = _PLAIN.fullmatch(text)
    if plain is None or plain[1] not in ELEMENTS or plain[1] == "img" or _SPACE.search(text):
        return None
    names: list[str] = []
    links: list[str] = []
    for name, double, single in _ATTRIBUTE.findall(plain[2]):
        if name not in ATTRIBUTES and name != "xml:lang" and not name.startswith(("data-", "aria-")):
            return None
        if name in {"id", "name"}:
            names.append(double or single)
        elif name == "href" and plain[1] == "a":
            links.append(double or single)
    return Found(frozenset(names), frozenset(links)) if names or links else _NOTHING
