"""XPath and JSONPath on a resource, whatever form it came in.

A path with a slash or an axis is XPath 1.0; the prefixes `fhir` and `f` and no prefix mean the FHIR namespace, and an
element stands for its `value`. One that does not begin with a slash starts at the document, else at the root, else
anywhere. Every other path is JSONPath (RFC 9535); `$` may be left out, and a path of plain names goes through arrays.
"""

import re
from typing import Any, cast

import jsonpath
from lxml import etree

from .exchange import Content
from .xmltree import Element, local

__all__ = ["BadPath", "is_xpath", "select"]

_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_PREFIX = re.compile(r"(?<![\w:])(?:fhir|f|xhtml|h|html):(?=[\w*])")
_PLAIN = re.compile(r"\w+(?:\.\w+)*")


class BadPath(ValueError):
    """A path is neither XPath nor JSONPath."""


def is_xpath(path: str) -> bool:
    """Whether a path is XPath: it has a slash, an axis or an attribute outside its strings."""
    bare = _QUOTED.sub("", path)
    return not path.startswith(("$", ".")) and ("/" in bare or "::" in bare or bare.startswith("@"))


def select(path: str, content: Content) -> list[str]:
    """The values at a path, as text; empty where there are none or the content is no resource. Raises `BadPath`."""
    return _xpath(path, content) if is_xpath(path) else _jsonpath(path, content)


def _xpath(path: str, content: Content) -> list[str]:
    try:
        ready = etree.XPath(_outside_strings(path))
    except etree.XPathError as error:
        raise BadPath(f"{path} is no XPath: {error}") from None
    if content.xml is None:
        return []
    root = _bare(content.xml)
    document = etree.Element("document")
    found: Any = None
    try:
        if path.startswith("/"):
            found = ready(root)
        else:
            document.append(root)
            found = ready(document)
            if found in ([], ""):
                found = ready(root)
            if found in ([], ""):
                found = etree.XPath(f"//{_outside_strings(path)}")(document)
    except etree.XPathError as error:
        raise BadPath(f"{path} cannot be evaluated: {error}") from None
    listed = cast("list[Any]", found) if isinstance(found, list) else [found]
    return [_text(each) for each in listed]


def _outside_strings(path: str) -> str:
    """The path without the prefixes of namespaces, its strings as they are."""
    parts = re.split(f"({_QUOTED.pattern})", path)
    return "".join(part if number % 2 else _PREFIX.sub("", part) for number, part in enumerate(parts))


def _bare(root: Element) -> Element:
    """A copy without namespaces."""
    copy = etree.fromstring(etree.tostring(root))
    for each in copy.iter():
        if isinstance(each.tag, str):
            each.tag = local(each)[1]
    return copy


def _text(value: Any) -> str:
    if isinstance(value, Element):
        return str(value.get("value", "".join(str(each) for each in value.itertext()).strip()))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    return str(value)


def _jsonpath(path: str, content: Content) -> list[str]:
    full = path if path.startswith("$") else f"${path}" if path.startswith((".", "[")) else f"$.{path}"
    if _PLAIN.fullmatch(path):
        full = "$" + "".join(f"['{step}']" for step in path.split("."))
    try:
        ready = jsonpath.compile(full)
    except jsonpath.JSONPathError as error:
        raise BadPath(f"{path} is no JSONPath: {error}") from None
    if content.json is None:
        return []
    found: list[Any] = ready.findall(content.json)
    if not found and _PLAIN.fullmatch(path):
        found = _walk([content.json], path.split("."))
    return [_json_text(each) for each in found]


def _walk(values: list[Any], steps: list[str]) -> list[Any]:
    for step in steps:
        parts = [cast("dict[str, Any]", each).get(step) for each in values if isinstance(each, dict)]
        values = [one for part in parts if part is not None for one in _listed(part)]
    return values


def _listed(value: Any) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else [value]


def _json_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
