"""Values for the variables that a script leaves to its user, taken from what the system holds.

A variable that ends a path (`/${id}`) is the id of a resource of that type; one that a search parameter is given is a value
that a resource has for it, or, where the type has no such parameter, for the parameter in the variable's name.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from samspil_testserver.parameters import known, parameters_of, values_at

from .script import Operation, Script

__all__ = ["proposals"]

Json = Mapping[str, Any]
_SOUGHT = re.compile(r"[?&](?P<name>[A-Za-z0-9_-]+)(?:[.:][^=&]*)?=(?P<value>[^&]*)")
_NAMED = re.compile(r"\$\{([^{}]+)\}")


def proposals(script: Script, resources: Sequence[Json]) -> dict[str, str]:
    """By name, a value for each variable without one, as far as the resources give it."""
    asked = {
        each.name
        for each in script.variables.values()
        if not (each.default or each.expression or each.path or each.header)
    }
    made: dict[str, str] = {}
    for name, value in _found(script, resources):
        if name in asked:
            made.setdefault(name, value)
    return made


def _found(script: Script, resources: Sequence[Json]) -> Iterator[tuple[str, str]]:
    for operation in script.actions:
        if not isinstance(operation, Operation) or not operation.resource:
            continue
        own = [each for each in resources if each.get("resourceType") == operation.resource]
        if operation.params.startswith("/${"):
            yield from ((operation.params[3:].partition("}")[0], str(each["id"])) for each in own[:1] if "id" in each)
        for sought in _SOUGHT.finditer(operation.params):
            names = _NAMED.findall(sought["value"])
            parameter = sought["name"]
            if names and not known(operation.resource, parameter):
                parameter = _named_by(names[0], operation.resource)
            values = [value for each in own for value in _values(each, operation.resource, parameter)]
            if names and values:
                yield from zip(names, values[0][-len(names) :], strict=False)


def _named_by(variable: str, kind: str) -> str:
    """The longest name of a parameter of the type that stands in the name of a variable."""
    names = sorted((each.name for each in parameters_of(kind)), key=len, reverse=True)
    return next((name for name in names if name.replace("-", "") in variable.lower()), "")


def _values(resource: Json, kind: str, parameter: str) -> Iterator[list[str]]:
    """System and code, or one value, of each value that a parameter finds."""
    for each in known(kind, parameter):
        for value in values_at(resource, each.path):
            yield from _texts(value)


def _texts(value: Any) -> Iterator[list[str]]:
    if isinstance(value, str):
        yield [value]
    elif isinstance(value, Mapping):
        told = cast("Json", value)
        for coding in told.get("coding", ()):
            yield [str(coding.get("system", "")), str(coding.get("code", ""))]
        if "value" in told:
            yield [str(told.get("system", "")), str(told["value"])] if "system" in told else [str(told["value"])]
        for name in ("family", "text", "city", "line", "reference", "start"):
            if name in told:
                yield [str(told[name][0] if isinstance(told[name], list) else told[name])]
