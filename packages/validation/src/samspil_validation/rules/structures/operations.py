"""Operations: the profiles of their parameters agree with the parameters themselves.

https://hl7.org/fhir/R4/operationdefinition-definitions.html#OperationDefinition.inputProfile
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from samspil_core import Issue
from samspil_definitions import PackageError
from samspil_validation.context import Context
from samspil_validation.findings_rules import PARAMETER_OTHERWISE
from samspil_validation.shape import entries, node, nodes, text, texts

__all__ = ["rule"]

_SLICED = "Parameters.parameter"
_ALLOWED_TYPE = "http://hl7.org/fhir/StructureDefinition/operationdefinition-allowed-type"
_ANY = frozenset({"Any", "Element", "Resource", "DomainResource"})


def rule(operation: dict[str, Any], context: Context) -> Iterable[Issue]:
    """Compare the parameters of each direction with the profile for them, where that is at hand."""
    for use, key in (("in", "inputProfile"), ("out", "outputProfile")):
        named = text(operation, key)
        slices = _slices(named, context) if named else {}
        for index, parameter in entries(operation, "parameter"):
            elements = slices.get(text(parameter, "name"))
            if elements and text(parameter, "use") == use:
                yield from _compared(parameter, elements, context.where(key, "parameter", index))


def _slices(profile: str, context: Context) -> dict[str, dict[str, dict[str, Any]]]:
    """The elements of the slices of a Parameters profile by the name of the parameter, then by what follows the slice."""
    try:
        structure: dict[str, Any] = context.definitions.structure(profile) or {}
    except PackageError:
        return {}
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for element in nodes(node(structure, "snapshot"), "element"):
        path, _, rest = text(element, "id").partition(":")
        if path == _SLICED and rest:
            name, _, inner = rest.partition(".")
            found.setdefault(name, {})[inner] = element
    return {text(each["name"], "fixedString"): each for each in found.values() if "name" in each and "" in each}


def _allowed(parameter: dict[str, Any]) -> list[str]:
    """The types that a parameter of any type may have, which R4 gives as extensions."""
    return [text(each, "valueUri") for each in nodes(parameter, "extension") if text(each, "url") == _ALLOWED_TYPE]


def _compared(parameter: dict[str, Any], elements: dict[str, dict[str, Any]], where: str) -> Iterator[Issue]:
    name = text(parameter, "name")
    for bound in ("min", "max"):
        wanted, found = str(parameter.get(bound)), str(elements[""].get(bound))
        if wanted != found:
            yield PARAMETER_OTHERWISE.at(where, name=name, what=bound, found=found, wanted=wanted)
    codes = {text(each, "code") for each in nodes(elements.get("resource", {}), "type")} - {"Resource", ""}
    wanted = {text(parameter, "type"), *texts(parameter, "allowedType"), *_allowed(parameter)} - {""}
    if codes and wanted and not wanted & (codes | _ANY) and elements.get("resource", {}).get("max") != "0":
        yield PARAMETER_OTHERWISE.at(
            where, name=name, what="type", found=", ".join(sorted(codes)), wanted=", ".join(sorted(wanted))
        )
