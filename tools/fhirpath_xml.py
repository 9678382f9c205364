"""The XML inputs of HL7's FHIRPath suites as the dicts the engine reads."""

from typing import Any
from xml.etree import ElementTree as ET

from samspil_core.primitives import parse_decimal
from samspil_fhirpath.model import Model

FHIR = "{http://hl7.org/fhir}"


def resource(data: bytes, model: Model) -> Any:
    """The resource of an XML document; a document of another namespace gives elements without types."""
    root = ET.fromstring(data)  # noqa: S314  a file of the suite
    return _resource(root, model) if root.tag.startswith(FHIR) else _plain(root)


def _resource(element: ET.Element, model: Model) -> Any:
    name = element.tag.removeprefix(FHIR)
    return {"resourceType": name, **_element(element, name, model)}


def _element(element: ET.Element, type_name: str, model: Model) -> dict[str, Any]:
    made: dict[str, Any] = {name: value for name, value in element.attrib.items() if name in {"id", "url"}}
    for each in element:
        key = each.tag.rpartition("}")[2]
        found = next(((one, k) for one in model.elements(type_name) for k in one.keys if k[0] == key), None)
        if found is None:
            continue
        many, (_, sibling_key, child_type) = found[0].many, found[1]
        value, sibling = _value(each, child_type, model)
        if not many:
            made.update({k: v for k, v in ((key, value), (sibling_key, sibling)) if v is not None})
            continue
        made.setdefault(key, []).append(value)
        if model.is_primitive(child_type):
            made.setdefault(sibling_key, []).append(sibling)
    return made


def _value(element: ET.Element, type_name: str, model: Model) -> tuple[Any, Any]:
    """The value and the sibling of a primitive, or the dict of anything else."""
    if type_name == "Resource":
        return _resource(element[0], model), None
    if type_name == "xhtml":
        ET.register_namespace("", "http://www.w3.org/1999/xhtml")
        return ET.tostring(element, encoding="unicode").strip(), None
    if not model.is_primitive(type_name):
        return _element(element, type_name, model), None
    text = element.attrib.get("value")
    value = None if text is None else _primitive(text, type_name, model)
    return value, _element(element, "Element", model) or None


def _primitive(text: str, type_name: str, model: Model) -> Any:
    if type_name == "boolean":
        return text == "true"
    if type_name == "decimal":
        return parse_decimal(text)
    return int(text) if model.is_a(type_name, "integer") else text


def _plain(element: ET.Element) -> Any:
    made: dict[str, Any] = dict(element.attrib)
    for each in element:
        made.setdefault(each.tag.rpartition("}")[2], []).append(_plain(each))
    return made
