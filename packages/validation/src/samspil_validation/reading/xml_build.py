"""From the events of an XML parser to a resource dict.

Primitives become JSON values (`value` attribute) with their `id` and extensions beside them (`_name`); narratives stay
text; elements that may repeat become lists. https://hl7.org/fhir/R4/json.html#xml
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from samspil_core import Issue
from samspil_validation.findings_rules import (
    XML_ATTRIBUTE,
    XML_ELEMENT_EMPTY,
    XML_ELEMENT_REPEATED,
    XML_ELEMENT_UNKNOWN,
    XML_NAMESPACE,
    XML_NOT_ONE_RESOURCE,
    XML_ORDER,
    XML_RESOURCE_UNKNOWN,
    XML_TEXT,
)
from samspil_validation.place import Place, below, render, root

from .elements import Child, Elements, Table

__all__ = ["Builder"]

FHIR = "http://hl7.org/fhir"
XHTML = "http://www.w3.org/1999/xhtml"
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_TAG = re.compile(rb"""<(?:[^>"']|"[^"]*"|'[^']*')*>""")
_MOST_DIGITS = 4000
_LITERALS = {"boolean", "integer", "positiveInt", "unsignedInt", "decimal"}


@dataclass(slots=True)
class _Frame:
    """An open element. `kind`: resource, complex, primitive, holder (of a resource), xhtml or skip."""

    kind: str
    place: Place
    table: Table | None = None
    child: Child | None = None
    value: dict[str, Any] = field(default_factory=dict[str, Any])
    literal: str | None = None
    last: str = ""
    order: int = -1
    counts: dict[str, int] = field(default_factory=dict[str, int])
    begin: int = 0
    depth: int = 0
    told: bool = False


class Builder:
    """Takes the events of one text. `resource` is what it made, `issues` what it found on the way."""

    def __init__(self, elements: Elements) -> None:
        self.resource: dict[str, Any] | None = None
        self.issues: list[Issue] = []
        self._elements = elements
        self._open: list[_Frame] = []

    def where(self) -> str:
        """The place of the innermost open element, empty before the first."""
        return render(self._open[-1].place) if self._open else ""

    def start(self, name: str, attributes: dict[str, str], offset: int) -> str:
        """An element begins at this offset of the source. Gives its place, or empty inside what is not followed."""
        namespace, _, local = name.rpartition(" ")
        if not self._open:
            self._begin(namespace, local, attributes)
            return self.where()
        top = self._open[-1]
        if top.kind in {"skip", "xhtml"}:
            top.depth += 1
            return ""
        if top.kind == "holder":
            self._hold(top, namespace, local, attributes)
        else:
            self._child(top, name, attributes, offset)
        return self.where()

    def text(self, data: str) -> None:
        """Characters between elements: only white space may stand outside narratives."""
        if not self._open:
            return
        top = self._open[-1]
        if top.kind not in {"skip", "xhtml"} and not top.told and data.strip(" \t\r\n"):
            top.told = True
            self.issues.append(XML_TEXT.at(render(top.place)))

    def end(self, _name: str, source: bytes, offset: int) -> None:
        """The innermost element ends."""
        top = self._open[-1]
        if top.depth:
            top.depth -= 1
            return
        self._open.pop()
        above = self._open[-1] if self._open else None
        if above is None:
            self.resource = top.value if top.kind == "resource" else None
        elif top.kind == "resource":
            above.value.update(top.value)
        elif top.kind == "holder":
            self._close_holder(above, top)
        elif top.kind == "xhtml":
            _put(above, top.child, _markup(source, top.begin, offset))
        elif top.kind == "primitive":
            self._close_primitive(above, top)
        elif top.kind == "complex":
            _put(above, top.child, top.value)

    def _begin(self, namespace: str, local: str, attributes: dict[str, str]) -> None:
        table = self._elements.of(local)
        place = root(local)
        if namespace != FHIR:
            self.issues.append(XML_NAMESPACE.at(local, expected=FHIR))
        elif table is None or table.kind not in {"resource", "logical"}:
            self.issues.append(XML_RESOURCE_UNKNOWN.at(local, type=local[:100]))
        else:
            self._resource(table, local, place, attributes)
            return
        self._open.append(_Frame("skip", place))

    def _resource(self, table: Table, local: str, place: Place, attributes: dict[str, str]) -> None:
        frame = _Frame("resource", place, table, value={"resourceType": local})
        self._open.append(frame)
        for name in attributes:
            if not name.startswith(_INSTANCE):
                self.issues.append(XML_ATTRIBUTE.at(render(place), name=_plain(name), type=local))

    def _hold(self, top: _Frame, namespace: str, local: str, attributes: dict[str, str]) -> None:
        """The resource inside `contained`, `resource` and the like."""
        table = self._elements.of(local)
        if namespace != FHIR:
            self.issues.append(XML_NAMESPACE.at(render(top.place), expected=FHIR))
        elif table is None or table.kind not in {"resource", "logical"}:
            self.issues.append(XML_RESOURCE_UNKNOWN.at(render(top.place), type=local[:100]))
        elif top.value:
            self.issues.append(XML_NOT_ONE_RESOURCE.at(render(top.place)))
        else:
            self._resource(table, local, top.place, attributes)
            return
        top.told = True
        self._open.append(_Frame("skip", top.place))

    def _child(self, top: _Frame, name: str, attributes: dict[str, str], offset: int) -> None:
        namespace, _, local = name.rpartition(" ")
        child = top.table.children.get(local) if top.table else None
        place = below(top.place, local)
        wanted = XHTML if child is not None and child.type == "xhtml" else FHIR
        if namespace != wanted:
            self.issues.append(XML_NAMESPACE.at(render(place), expected=wanted))
            child = None
        elif child is None or child.attribute:
            self.issues.append(XML_ELEMENT_UNKNOWN.at(render(top.place), name=local[:100]))
            child = None
        if child is None:
            self._open.append(_Frame("skip", place))
            return
        place = self._ordered(top, child, place)
        self._open.append(self._frame(child, place, attributes, offset))

    def _ordered(self, top: _Frame, child: Child, place: Place) -> Place:
        """Note an element that comes too late or too often; gives its place with the index."""
        count = top.counts[child.name] = top.counts.get(child.name, -1) + 1
        place = below(place, count) if child.many else place
        late = child.order < top.order or (child.order == top.order and child.name != top.last)
        if late or (count and child.name != top.last):
            self.issues.append(XML_ORDER.at(render(place), name=child.name, after=top.last))
        top.order, top.last = child.order, child.name
        if count == 1 and not child.many:
            self.issues.append(XML_ELEMENT_REPEATED.at(render(top.place), name=child.name))
        return place

    def _frame(self, child: Child, place: Place, attributes: dict[str, str], offset: int) -> _Frame:
        if child.type == "xhtml":
            return _Frame("xhtml", place, child=child, begin=offset)
        table = self._elements.below(child)
        if table is None:
            self.issues.append(XML_RESOURCE_UNKNOWN.at(render(place), type=child.type))
            return _Frame("skip", place)
        if table.kind == "resource":
            return _Frame("holder", place, table, child)
        kind = "primitive" if table.kind == "primitive-type" else "complex"
        frame = _Frame(kind, place, table, child)
        for name, value in attributes.items():
            self._attribute(frame, name, value)
        return frame

    def _attribute(self, frame: _Frame, name: str, value: str) -> None:
        known = frame.table.children.get(name) if frame.table else None
        if frame.kind == "primitive" and name == "value":
            frame.literal = value
        elif known is not None and known.attribute:
            frame.value[name] = value
        elif not name.startswith(_INSTANCE):
            self.issues.append(
                XML_ATTRIBUTE.at(render(frame.place), name=_plain(name), type=frame.child.type if frame.child else "")
            )

    def _close_primitive(self, above: _Frame, top: _Frame) -> None:
        child = top.child
        if child is None:
            return
        if top.literal is None and "extension" not in top.value:
            self.issues.append(XML_ELEMENT_EMPTY.at(render(top.place)))
        value = None if top.literal is None else _literal(child.type, top.literal)
        _put(above, child, value, top.value or None)

    def _close_holder(self, above: _Frame, top: _Frame) -> None:
        if top.value:
            _put(above, top.child, top.value)
        elif not top.told:
            self.issues.append(XML_NOT_ONE_RESOURCE.at(render(top.place)))


def _plain(name: str) -> str:
    return name.rpartition(" ")[2][:100]


def _put(above: _Frame, child: Child | None, value: Any, extra: dict[str, Any] | None = None) -> None:
    """Place what an element holds where JSON has it. Of an element that may not repeat the first one stays."""
    if child is None:
        return
    name, target = child.name, above.value
    if not child.many:
        if value is not None:
            target.setdefault(name, value)
        if extra is not None:
            target.setdefault(f"_{name}", extra)
        return
    index = above.counts[name]
    if value is not None or extra is not None:
        _at(target, name, index, value)
        if extra is not None or f"_{name}" in target:
            _at(target, f"_{name}", index, extra)
    _tidy(target, name)


def _at(target: dict[str, Any], name: str, index: int, value: Any) -> None:
    items = target.setdefault(name, [])
    items.extend([None] * (index + 1 - len(items)))
    items[index] = value


def _tidy(target: dict[str, Any], name: str) -> None:
    """Keep a list of primitives and that of their extensions equally long."""
    extra = target.get(f"_{name}")
    if extra is not None:
        extra.extend([None] * (len(target[name]) - len(extra)))


def _literal(kind: str, text: str) -> Any:
    """The JSON value of an XML primitive; what is no such literal stays text, for the checks to find."""
    if kind not in _LITERALS or len(text) > _MOST_DIGITS:
        return text
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    if kind == "decimal":
        return _decimal(text)
    return int(text) if _INTEGER.fullmatch(text) else text


def _decimal(text: str) -> Any:
    if not _DECIMAL.fullmatch(text):
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


def _markup(source: bytes, begin: int, end: int) -> str:
    """The text of a narrative, from its first tag to its last, with the namespace declared in it."""
    first = _TAG.match(source, begin)
    opening = first[0] if first else b""
    last = _TAG.match(source, end) if end > begin else first
    text = source[begin : last.end() if last else end].decode("utf-8", "replace")
    prefix = re.match(r"<([\w.-]+):", text)
    if prefix:
        text = re.sub(rf"(</?){re.escape(prefix[1])}:", r"\1", text)
        text = re.sub(rf"\sxmlns:{re.escape(prefix[1])}\s*=\s*(\"[^\"]*\"|'[^']*')", "", text, count=1)
    if prefix or b"xmlns" not in opening:
        text = re.sub(r"^<([\w.-]+)", rf'<\1 xmlns="{XHTML}"', text, count=1)
    return text
