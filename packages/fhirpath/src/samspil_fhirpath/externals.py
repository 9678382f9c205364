"""%names.

https://hl7.org/fhir/R4/fhirpath.html#variables
"""

from __future__ import annotations

from typing import Any

from .environment import Scope
from .errors import semantic
from .functions.registry import Expression, Items
from .functions.terminology import TERMINOLOGIES
from .navigation import as_node
from .shapes import is_array, is_object
from .syntax import External

__all__ = ["external", "fixed"]

_FIXED = {
    "ucum": "http://unitsofmeasure.org",
    "sct": "http://snomed.info/sct",
    "loinc": "http://loinc.org",
    "us-zip": "[0-9]{5}(-[0-9]{4}){0,1}",
}
_VALUE_SET = "http://hl7.org/fhir/ValueSet/"
_EXTENSION = "http://hl7.org/fhir/StructureDefinition/"


def fixed(name: str) -> str | None:
    """The value of a constant of the language or of FHIR, or None."""
    if name.startswith("vs-"):
        return _VALUE_SET + name[3:]
    if name.startswith("ext-"):
        return _EXTENSION + name[4:]
    return _FIXED.get(name)


def external(tree: External) -> Expression:
    """The function of a `%name`."""
    name = tree.name
    own = fixed(name)

    def find(scope: Scope) -> Items:
        if name in scope.variables:
            return scope.variables[name]
        run = scope.run
        constants = run.environment.constants
        if name in constants:
            return _items(constants[name], run.model)
        match name:
            case "context":
                return run.node
            case "resource":
                return [] if run.resource is None else [as_node(run.resource, "", run.model)]
            case "rootResource":
                return [] if run.root is None else [as_node(run.root, "", run.model)]
            case "terminologies":
                return [TERMINOLOGIES]
            case _ if own is not None:
                return [own]
            case _:
                raise semantic(f"there is no constant or variable %{name}", tree.place)

    return find


def _items(value: Any, model: Any) -> Items:
    listed: list[Any] = value if is_array(value) else [] if value is None else [value]
    return [as_node(each, "", model) if is_object(each) else each for each in listed]
