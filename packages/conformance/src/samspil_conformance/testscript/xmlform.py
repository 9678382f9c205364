"""A resource from XML to the dict that JSON gives, and back, by the element tables of the release.

https://hl7.org/fhir/R4/xml.html, https://hl7.org/fhir/R4/json.html
"""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, cast

from lxml import etree

from samspil_fhirpath.model import Model, load

from .xmltree import Element, NotXml, local, parse_xml

__all__ = ["NotFhirXml", "from_xml", "parse", "to_xml", "xml_bytes"]

Json = dict[str, Any]
_FHIR = "http://hl7.org/fhir"
_XHTML = "http://www.w3.org/1999/xhtml"
_WHOLE = frozenset({"integer", "positiveInt", "unsignedInt"})


class NotFhirXml(ValueError):
    """A text is no FHIR XML, or a resource cannot be written as such."""


def parse(data: bytes) -> Element:
    """The root element of an XML text. Raises `NotFhirXml`."""
    try:
        return parse_xml(data)
    except NotXml as error:
        raise NotFhirXml(str(error)) from None


def from_xml(root: Element, release: str = "R4") -> Json:
    """The dict of a resource. Raises `NotFhirXml` for another root and for elements that its type does not have."""
    namespace, kind = local(root)
    if namespace != _FHIR or not load(release).is_resource(kind):
        raise NotFhirXml(f"{kind} is no FHIR resource")
    return {"resourceType": kind, **_complex(root, kind, release)}


def _complex(node: Element, kind: str, release: str) -> Json:
    made: Json = {str(name): value for name, value in node.attrib.items() if name in {"id", "url"}}
    table = _table(kind, release)
    for child in node:
        name = local(child)[1]
        if name not in table:
            raise NotFhirXml(f"{kind} has no element {name}")
        key, sibling, of, many = table[name]
        value, extra = _value(child, of, release)
        if not many:
            made |= {key: value} if value is not None else {}
            made |= {sibling: extra} if extra else {}
            continue
        values, extras = made.setdefault(key, []), made.setdefault(sibling, [])
        values.append(value)
        extras.append(extra or None)
    return {name: value for name, value in made.items() if name and not _is_void(value)}


def _is_void(value: Any) -> bool:
    return isinstance(value, list) and all(each is None for each in cast("list[Any]", value))


def _value(node: Element, kind: str, release: str) -> tuple[Any, Json]:
    model = load(release)
    if kind == "xhtml":
        return etree.tostring(node, encoding="unicode", with_tail=False).strip(), {}
    if model.is_primitive(kind):
        extra = _complex(node, "Element", release) if len(node) or node.get("id") else {}
        text = node.get("value")
        return (None if text is None else _primitive(text, kind)), extra
    if model.is_resource(kind):
        if len(node) != 1:
            raise NotFhirXml(f"{local(node)[1]} holds {len(node)} resources")
        return from_xml(node[0], release), {}
    return _complex(node, kind, release), {}


def _primitive(text: str, kind: str) -> Any:
    try:
        if kind == "boolean":
            return {"true": True, "false": False}.get(text.strip(), text)
        if kind in _WHOLE:
            return int(text)
        return Decimal(text) if kind == "decimal" else text
    except (ValueError, InvalidOperation):
        return text


@cache
def _table(kind: str, release: str) -> dict[str, tuple[str, str, str, bool]]:
    """By name in XML: key and sibling in JSON, type, and whether there may be many."""
    model: Model = load(release)
    return {key[0]: (*key, element.many) for element in model.elements(kind) for key in element.keys}


def xml_bytes(resource: Json, release: str = "R4") -> bytes:
    """The resource as a document. Raises `NotFhirXml`."""
    return etree.tostring(to_xml(resource, release), xml_declaration=True, encoding="UTF-8")


def to_xml(resource: Json, release: str = "R4") -> Element:
    """The element of a resource, its parts in the order of the specification. Raises `NotFhirXml`."""
    kind = str(resource.get("resourceType", ""))
    if not load(release).is_resource(kind):
        raise NotFhirXml(f"{kind or 'this'} is no FHIR resource")
    root = etree.Element(f"{{{_FHIR}}}{kind}", nsmap={None: _FHIR})
    try:
        _fill(root, resource, kind, release)
    except (TypeError, ValueError, AttributeError) as error:
        raise NotFhirXml(f"the resource has another shape than its type: {error}") from None
    return root


def _fill(node: Element, value: Json, kind: str, release: str) -> None:
    model = load(release)
    in_resource = model.is_resource(kind)
    for name, (key, sibling, of, _) in _table(kind, release).items():
        for one, extra in _pairs(value.get(key), value.get(sibling)):
            if (name == "id" and not in_resource) or (name == "url" and kind == "Extension"):
                node.set(name, str(one))
                continue
            _child(node, name, of, one, extra, release)


def _pairs(value: Any, extra: Any) -> Iterator[tuple[Any, Any]]:
    values, extras = _listed(value), _listed(extra)
    for number in range(max(len(values), len(extras))):
        yield values[number] if number < len(values) else None, extras[number] if number < len(extras) else None


def _listed(value: Any) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else [] if value is None else [value]


def _child(  # noqa: PLR0913, PLR0917  one element, and what it is made of
    node: Element, name: str, kind: str, value: Any, extra: Any, release: str
) -> None:
    model = load(release)
    if kind == "xhtml":
        node.append(_xhtml(str(value)))
        return
    made = etree.SubElement(node, f"{{{_FHIR}}}{name}")
    if model.is_primitive(kind):
        if value is not None:
            made.set("value", ("true" if value else "false") if isinstance(value, bool) else str(value))
        if isinstance(extra, dict):
            _fill(made, cast("Json", extra), "Element", release)
    elif model.is_resource(kind):
        made.append(to_xml(value, release))
    elif isinstance(value, dict):
        _fill(made, cast("Json", value), kind, release)
    elif value is not None:
        raise TypeError(f"{name} is no object")


def _xhtml(text: str) -> Element:
    root = parse(text.encode())
    for each in root.iter():
        if isinstance(each.tag, str) and not local(each)[0]:
            each.tag = f"{{{_XHTML}}}{each.tag}"
    return root
