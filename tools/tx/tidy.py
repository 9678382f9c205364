"""Bring an answer into the form that expected files have: what no test compares is dropped, the rest is sorted."""

from collections.abc import Mapping
from typing import Any

__all__ = ["tidy"]

_SD = "http://hl7.org/fhir/StructureDefinition/"
KEPT = {
    _SD + name
    for name in (
        "codesystem-alternate",
        "codesystem-conceptOrder",
        "codesystem-label",
        "coding-sctdescid",
        "itemWeight",
        "operationoutcome-message-id",
        "rendering-style",
        "rendering-xhtml",
        "structuredefinition-standards-status",
        "translation",
        "valueset-concept-definition",
        "valueset-conceptOrder",
        "valueset-deprecated",
        "valueset-expansion-parameter",
        "valueset-label",
        "valueset-supplement",
        "valueset-toocostly",
        "valueset-unclosed",
        "valueset-unclosed-reason",
    )
} | {
    "http://hl7.org/fhir/uv/application-feature/StructureDefinition/feature",
    "http://hl7.org/fhir/test/StructureDefinition/unknown-extension-1",
    "http://hl7.org/fhir/test/StructureDefinition/unknown-extension-3",
    "http://hl7.org/fhir/test/StructureDefinition/unknown-extension-4",
    "http://hl7.org/fhir/test/StructureDefinition/unknown-extension-5",
    "http://hl7.org/fhir/test/StructureDefinition/unknown-extension-6",
}
"""The extensions that are compared; all others are dropped."""


def tidy(resource: Any) -> Any:
    """Give a copy that can be compared."""
    kind = resource.get("resourceType")
    made = {name: value for name, value in resource.items() if name not in {"text", "meta"}}
    if kind == "Parameters":
        made["parameter"] = _parameters(made.get("parameter", []))
        if not made["parameter"]:
            del made["parameter"]
        return made
    if kind == "OperationOutcome":
        return _outcome(made)
    if kind == "ValueSet":
        return _value_set(made)
    return made


def _extensions(element: Any) -> Any:
    """Drop other extensions, in every element but the definition of a value set; sort by URL."""
    if isinstance(element, list):
        return [_extensions(each) for each in element]
    if not isinstance(element, Mapping):
        return element
    made: dict[str, Any] = {}
    for name, value in element.items():
        if name == "extension" and isinstance(value, list):
            kept = sorted((each for each in value if each.get("url") in KEPT), key=lambda each: each["url"])
            if kept:
                made[name] = kept
        else:
            made[name] = value if name == "compose" else _extensions(value)
    return made


def _parameters(entries: Any) -> list[Any]:
    made = []
    for each in entries:
        if each.get("name") == "diagnostics":
            continue
        one = dict(each)
        if "resource" in one:
            one["resource"] = tidy(one["resource"])
        if "part" in one:
            one["part"] = _parameters(one["part"])
        if one.get("name") == "message" and "valueString" in one:
            one["valueString"] = "; ".join(sorted(one["valueString"].split("; ")))
        made.append(one)
    return sorted(made, key=_parameter_key)


def _parameter_key(each: Any) -> tuple[str, str, str]:
    name = each.get("name", "")
    first, second = {"property": ("code", "value"), "designation": ("language", "value")}.get(name, ("", ""))
    return name, _part(each, first), _part(each, second)


def _part(each: Any, name: str) -> str:
    for part in each.get("part", ()):
        if part.get("name") == name:
            return next((str(value) for key, value in part.items() if key.startswith("value")), "")
    return ""


def _outcome(made: dict[str, Any]) -> dict[str, Any]:
    issues = []
    for each in made.get("issue", []):
        if "diagnostics" in each and "details" not in each:
            continue
        one = _extensions(each)
        if "x-request-id" not in one.get("diagnostics", ""):
            one.pop("diagnostics", None)
        issues.append(one)
    issues.sort(key=_issue_key)
    return {**_extensions({name: value for name, value in made.items() if name != "issue"}), "issue": issues}


def _issue_key(each: Any) -> tuple[str, ...]:
    expression = (each.get("expression") or [""])[0]
    return each.get("severity", ""), each.get("code", ""), expression, each.get("details", {}).get("text", "")


def _value_set(made: dict[str, Any]) -> dict[str, Any]:
    made = _extensions(made)
    expansion = made.get("expansion")
    if not expansion:
        return made
    expansion = dict(expansion)
    if "parameter" in expansion:
        expansion["parameter"] = sorted(expansion["parameter"], key=lambda p: (p["name"], _value(p)))
    if "property" in expansion:
        expansion["property"] = sorted(expansion["property"], key=lambda p: (p.get("uri", ""), p.get("code", "")))
    if "contains" in expansion:
        expansion["contains"] = _contains(expansion["contains"])
    return {**made, "expansion": expansion}


def _value(each: Any) -> str:
    return next((str(value) for name, value in each.items() if name.startswith("value")), "")


def _contains(entries: Any) -> list[Any]:
    made = []
    for each in entries:
        one = dict(each)
        if "designation" in one:
            one["designation"] = sorted(one["designation"], key=lambda d: d.get("language") or d.get("value", ""))
        if "property" in one:
            one["property"] = sorted(one["property"], key=lambda p: p.get("code", ""))
        if "contains" in one:
            one["contains"] = _contains(one["contains"])
        made.append(one)
    return sorted(made, key=lambda each: each.get("code", ""))
