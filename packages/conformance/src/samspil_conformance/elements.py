"""What of a resource FHIR R4 does not have: elements of other names, and values of another form in JSON.

https://hl7.org/fhir/R4/json.html; without profiles, so that no package is needed.
"""

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any, cast

from samspil_fhirpath.model import load

__all__ = ["foreign"]

_FORMS: dict[str, tuple[type, ...]] = {"boolean": (bool,), "decimal": (int, float, Decimal), "integer": (int,)}
_WHOLE = frozenset({"positiveInt", "unsignedInt"})


def foreign(resource: dict[str, Any]) -> Iterator[str]:
    """The places of a resource that R4 does not have in that form; no values."""
    kind = str(resource.get("resourceType"))
    if load("R4").is_resource(kind):
        yield from _within(resource, kind, kind)
    else:
        yield "a resource is of no type of R4"


def _within(told: dict[str, Any], kind: str, place: str) -> Iterator[str]:
    known = load("R4").keys(kind)
    for name, value in told.items():
        at = f"{place}.{name}"
        if name == "resourceType" and load("R4").is_resource(kind):
            continue
        if name not in known:
            yield f"{at} is no element of R4"
            continue
        key, _, type_name = known[name]
        if isinstance(value, list) != (key in _many(kind)):
            yield f"{at} is {'one value' if key in _many(kind) else 'a list'}"
        elif key == name:
            for each in cast("list[Any]", value) if isinstance(value, list) else [value]:
                yield from _one(each, type_name, at)


def _one(value: Any, type_name: str, at: str) -> Iterator[str]:
    if value is None:
        return  # of a list of primitives, beside its sibling
    if load("R4").is_primitive(type_name):
        forms = _FORMS.get("integer" if type_name in _WHOLE else type_name, (str,))
        if not isinstance(value, forms) or (isinstance(value, bool) and bool not in forms):
            yield f"{at} is not in the form of a {type_name}"
    elif not isinstance(value, dict):
        yield f"{at} is no object"
    elif load("R4").is_abstract(type_name) and load("R4").is_a(type_name, "Resource"):
        yield from foreign(cast("dict[str, Any]", value))
    else:
        yield from _within(cast("dict[str, Any]", value), type_name, at)


@cache
def _many(kind: str) -> frozenset[str]:
    """The JSON keys of a type that hold lists."""
    return frozenset(key for element in load("R4").elements(kind) if element.many for key, _, _ in element.keys)
