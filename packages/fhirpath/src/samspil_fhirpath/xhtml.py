"""What a narrative's div may hold.

https://hl7.org/fhir/R4/narrative.html#xhtml
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from xml.parsers import expat

__all__ = ["ATTRIBUTES", "ELEMENTS", "NAMESPACE", "has_content", "is_allowed"]

NAMESPACE = "http://www.w3.org/1999/xhtml"
ELEMENTS = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "big",
        "blockquote",
        "br",
        "caption",
        "cite",
        "code",
        "col",
        "colgroup",
        "dd",
        "dfn",
        "div",
        "dl",
        "dt",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "li",
        "ol",
        "p",
        "pre",
        "q",
        "samp",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "tt",
        "ul",
        "u",
        "strike",
        "s",
        "kbd",
        "bdo",
        "address",
        "var",
    ]
)
ATTRIBUTES = frozenset(
    [
        "abbr",
        "accesskey",
        "align",
        "alt",
        "axis",
        "border",
        "bgcolor",
        "cellhalign",
        "cellpadding",
        "cellspacing",
        "cellvalign",
        "char",
        "charoff",
        "charset",
        "cite",
        "class",
        "colspan",
        "compact",
        "coords",
        "dir",
        "frame",
        "headers",
        "height",
        "href",
        "hreflang",
        "hspace",
        "id",
        "lang",
        "longdesc",
        "name",
        "nowrap",
        "rel",
        "rev",
        "rowspan",
        "rules",
        "scope",
        "shape",
        "span",
        "src",
        "start",
        "style",
        "summary",
        "tabindex",
        "title",
        "type",
        "valign",
        "value",
        "vspace",
        "width",
    ]
)
_MAXIMUM_DEPTH = 200
_XML = frozenset({"lt", "gt", "amp", "quot", "apos"})
_NAMED = re.compile(r"&(?!(?:lt|gt|amp|quot|apos|#\w+);)")


class _Refused(Exception):
    pass


class _Reader:
    def __init__(self) -> None:
        self.depth = 0
        self.content = False
        self.root = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        self.depth += 1
        if namespace != NAMESPACE or local not in ELEMENTS or self.depth > _MAXIMUM_DEPTH:
            raise _Refused
        if self.depth == 1 and local != "div":
            raise _Refused
        for each, value in attributes.items():
            space, _, attribute = each.rpartition(" ")
            if space not in {"", "http://www.w3.org/XML/1998/namespace"} or not _attribute(attribute, value, local):
                raise _Refused
        self.content = self.content or local == "img"

    def end(self, _name: str) -> None:
        self.depth -= 1

    def text(self, data: str) -> None:
        self.content = self.content or bool(data.strip())

    def refuse(self, *_given: object) -> None:
        raise _Refused


def _attribute(name: str, value: str, element: str) -> bool:
    if name not in ATTRIBUTES:
        return False
    if name in {"href", "src"}:
        scheme = value.strip().lower().partition(":")[0]
        return scheme != "javascript" and not (name == "src" and element == "img" and scheme == "vbscript")
    return True


@lru_cache(maxsize=4)  # txt-1 and txt-2 ask about the same text in a row
def _content(text: str) -> bool | None:
    """Whether the text holds content, or None when it is not well-formed or holds what is not allowed."""
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.ProcessingInstructionHandler = reader.refuse
    if "<!" in text.replace("<!--", "").replace("<![CDATA[", "!"):
        return None  # no declarations of its own
    try:
        parser.Parse((_declarations() if _NAMED.search(text) else "") + text, True)  # noqa: FBT003  as expat has it
    except (expat.ExpatError, _Refused, ValueError):
        return None
    return reader.content


@cache
def _declarations() -> str:
    """The named characters of XHTML, which XML itself does not know."""
    from html.entities import name2codepoint

    declared = (f'<!ENTITY {name} "&#{code};">' for name, code in name2codepoint.items() if name not in _XML)
    return f"<!DOCTYPE div [{''.join(declared)}]>"


def is_allowed(text: str) -> bool:
    """Whether it is a div of well-formed XHTML with the elements and attributes FHIR allows (txt-1)."""
    return _content(text) is not None


def has_content(text: str) -> bool:
    """Whether it holds text or an image (txt-2)."""
    return _content(text) is True
