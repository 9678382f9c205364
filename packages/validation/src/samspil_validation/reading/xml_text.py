"""XML text to the dict that JSON gives, by the element tables: names, order, namespaces and attributes checked.

A document type declaration is refused, and with it every entity but the five of XML: nothing expands, nothing is fetched.
https://hl7.org/fhir/R4/xml.html, https://hl7.org/fhir/R4/security.html#xml
"""

from __future__ import annotations

import re
from typing import Any
from xml.parsers import expat

from samspil_core import Issue, Outcome
from samspil_validation.findings_rules import DOCTYPE, NOT_XML, TOO_DEEP, UNREADABLE_XML, XML_CONTROL

from .document import Document
from .elements import Elements
from .xml_build import Builder

__all__ = ["read_xml"]

_DECLARATION = re.compile(r"^[\ufeff\s]*<\?xml.*?\?>", re.DOTALL)
_NEWER = re.compile(r"""version\s*=\s*["']1\.1["']""")
_CONTROL = re.compile(r"&#(?:x0*(?:1?[0-8bBcCeEfF]|1[0-9a-fA-F])|0*(?:[1-8]|1[124-9]|2[0-9]|3[01]));")
_NOT_BLANK = re.compile(r"[^\r\n]")


class _Stop(Exception):
    """The text is refused as a whole."""

    def __init__(self, issue: Issue) -> None:
        super().__init__(issue.code)
        self.issue = issue


def read_xml(text: str, elements: Elements, most_depth: int) -> Document:
    """The resource in an XML text; a fault of the text itself leaves none, other faults leave what could be read."""
    builder = Builder(elements)
    version = _DECLARATION.match(text)
    if version and _NEWER.search(version[0]):
        text, changed = _CONTROL.subn("&#x20;", text)
        if changed:
            builder.issues.append(XML_CONTROL.at(""))
    stopped = _parse(text, builder, most_depth)
    issues = tuple(builder.issues)
    if stopped is not None:
        return Document(None, Outcome((*issues, stopped)), "xml")
    return Document(builder.resource, Outcome(issues), "xml", lambda: _lines(text, elements, most_depth))


def _parse(
    text: str, builder: Builder, most_depth: int, lines: dict[str, tuple[int, int]] | None = None
) -> Issue | None:
    data = _DECLARATION.sub(lambda found: _NOT_BLANK.sub(" ", found[0]), text.removeprefix("\ufeff"), count=1)
    try:
        source = data.lstrip(" \t\r\n").encode()
    except UnicodeEncodeError:
        return NOT_XML.at("", line=1, column=1, why="a lone surrogate")
    skipped = len(data) - len(data.lstrip(" \t\r\n"))
    first = data.count("\n", 0, skipped)
    parser = expat.ParserCreate("utf-8", " ")
    parser.buffer_text = True
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > most_depth:
            raise _Stop(TOO_DEEP.at("", limit=most_depth))
        where = builder.start(name, attributes, parser.CurrentByteIndex)
        if lines is not None and where:
            lines.setdefault(where, (parser.CurrentLineNumber + first, parser.CurrentColumnNumber + 1))

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(name, source, parser.CurrentByteIndex)

    def doctype(*_facts: Any) -> None:
        raise _Stop(DOCTYPE.at("", line=parser.CurrentLineNumber + first))

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.text
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(source, True)  # noqa: FBT003  expat takes it by position
    except _Stop as stop:
        return stop.issue
    except expat.ExpatError as error:
        why = expat.ErrorString(error.code)
        return NOT_XML.at(builder.where(), line=error.lineno + first, column=error.offset + 1, why=why)
    except (ValueError, RecursionError) as error:
        return UNREADABLE_XML.at(builder.where(), why=type(error).__name__)
    return None


def _lines(text: str, elements: Elements, most_depth: int) -> dict[str, tuple[int, int]]:
    """Line and column of every place, by reading the text once more."""
    found: dict[str, tuple[int, int]] = {}
    _parse(text, Builder(elements), most_depth, found)
    return found
