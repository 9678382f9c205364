"""Names of types as an expression writes them, and whether an item is of one."""

from __future__ import annotations

from typing import Any, NamedTuple

from .errors import Place, semantic
from .model import FHIRPATH_TYPES, Model
from .values import Node, type_of

__all__ = ["TypeName", "is_of", "matches", "resolve"]


class TypeName(NamedTuple):
    """A type by namespaces (one or both) and name."""

    namespaces: frozenset[str]
    name: str


_BOTH = frozenset({"FHIR", "System"})


def resolve(text: str, model: Model, place: Place) -> TypeName:
    """The type an expression names. Raises `FhirPathError` for one that does not exist, unless it is qualified."""
    namespace, _, name = text.rpartition(".")
    if namespace in _BOTH:
        return TypeName(frozenset({namespace}), name)
    if namespace and text not in model:
        raise semantic(f"there is no namespace {namespace!r}", place)
    known = {space for space, there in (("FHIR", text in model), ("System", text in FHIRPATH_TYPES)) if there}
    if not known and text not in {"SimpleQuantity", "MoneyQuantity", "ClassInfo", "SimpleTypeInfo", "TypeInfo"}:
        raise semantic(f"there is no type {text!r}", place)
    return TypeName(frozenset(known or _BOTH), text)


def is_of(item: Any, wanted: TypeName, model: Model) -> bool:
    """`is`: of the type or of one that derives from it."""
    if type(item) is Node:
        if "FHIR" not in wanted.namespaces:
            return False
        if model.is_a(item.type, wanted.name):
            return True
        return wanted.name == "SimpleQuantity" and item.type == "Quantity"
    if "System" not in wanted.namespaces:
        return False
    found = type_of(item, model).name
    return wanted.name in {found, "Any"}


def matches(item: Any, wanted: TypeName, model: Model) -> bool:
    """`as` and ofType(): as `is`, but a FHIR primitive must be of that very type (a code is no string here)."""
    if type(item) is Node and model.is_primitive(item.type):
        return "FHIR" in wanted.namespaces and (item.type == wanted.name or wanted.name in {"Element", "PrimitiveType"})
    return is_of(item, wanted, model)
