"""The forms of R4 where they differ from R5: properties of an expansion, ConceptMap, the parameters of $translate.

https://build.fhir.org/ig/HL7/fhir-tx-ecosystem-ig/r4.html
"""

from collections.abc import Mapping
from typing import Any

__all__ = ["to_r4"]

Json = Mapping[str, Any]
_BASE = "http://hl7.org/fhir/5.0/StructureDefinition/extension-ValueSet.expansion"


def to_r4(resource: dict[str, Any]) -> dict[str, Any]:
    """An answer as an R4 server gives it."""
    match resource.get("resourceType"):
        case "ValueSet" if "expansion" in resource:
            return {**resource, "expansion": _expansion(resource["expansion"])}
        case "Parameters" if any("resource" in each or each["name"] == "match" for each in resource["parameter"]):
            return {**resource, "parameter": [_parameter(each) for each in resource.get("parameter", ())]}
        case _:
            return resource


def _parameter(each: Json) -> dict[str, Any]:
    made = dict(each)
    if "resource" in made:
        made["resource"] = to_r4(made["resource"])
    if made.get("name") == "match" and "part" in made:
        made["part"] = [_part(part) for part in made["part"] if part["name"] != "relationship"]
    return made


def _part(part: Json) -> dict[str, Any]:
    """R4 calls a product's attribute its element. The map of a match stays `originMap`, as the ecosystem asks for."""
    if part["name"] == "product":
        return {**part, "part": [_product(each) for each in part["part"]]}
    return dict(part)


def _product(each: Json) -> dict[str, Any]:
    if each["name"] == "attribute":
        return {"name": "element", "valueUri": each["valueUri"]}
    if each["name"] == "value":
        coding = each.get("valueCoding") or {"code": next(v for k, v in each.items() if k.startswith("value"))}
        return {"name": "concept", "valueCoding": coding}
    return dict(each)


def _expansion(expansion: Json) -> dict[str, Any]:
    made = dict(expansion)
    properties = made.pop("property", None)
    if properties:
        made["extension"] = [*made.get("extension", ()), *(_extension("property", each) for each in properties)]
    if "contains" in made:
        made["contains"] = [_contains(each) for each in made["contains"]]
    return made


def _contains(each: Json) -> dict[str, Any]:
    made = dict(each)
    properties = made.pop("property", None)
    if properties:
        made["extension"] = [*made.get("extension", ()), *(_extension("contains.property", one) for one in properties)]
    if "contains" in made:
        made["contains"] = [_contains(one) for one in made["contains"]]
    return made


def _extension(name: str, each: Json) -> dict[str, Any]:
    parts: list[dict[str, Any]] = []
    for key, value in each.items():
        if key == "code":
            parts.append({"url": "code", "valueCode": value})
        elif key == "uri":
            parts.append({"url": "uri", "valueUri": value})
        elif key.startswith("value"):
            parts.append({"url": "value", key: value})
    return {"url": f"{_BASE}.{name}", "extension": parts}
