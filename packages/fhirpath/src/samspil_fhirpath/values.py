"""The items of a collection: FHIR elements with their type, and the values of the namespace System.

A System Boolean is bool, a String str, an Integer int, a Long `Long`, a Decimal Decimal; the others have classes.
"""

from __future__ import annotations

from decimal import Context, Decimal
from typing import Any, NamedTuple

from .model import Model
from .shapes import is_array, is_object
from .temporal import Temporal, read

__all__ = [
    "MATHS",
    "Item",
    "Long",
    "Node",
    "Quantity",
    "TypeInfo",
    "decimal_of",
    "is_quantity",
    "system",
    "system_type",
    "type_of",
]

MATHS = Context(prec=34)
"""Decimal arithmetic: more digits than the 28 and 8 that FHIRPath asks for."""


class Long(int):
    """An Integer of 64 bits."""

    __slots__ = ()


class Node:
    """A FHIR element: its JSON value, its type's name (empty: unknown), and the `_x` sibling of a primitive."""

    __slots__ = ("sibling", "type", "value")

    def __init__(self, value: Any, type_name: str, sibling: Any = None) -> None:
        self.value = value
        self.type = type_name
        self.sibling = sibling


class Quantity(NamedTuple):
    """A value with a unit: a UCUM code, or a calendar word (singular) when `calendar` is set."""

    value: Decimal
    unit: str
    calendar: bool = False


class TypeInfo(NamedTuple):
    """What `type()` gives."""

    namespace: str
    name: str


Item = Node | bool | int | Decimal | str | Temporal | Quantity | TypeInfo
"""One item of a collection."""

_TEMPORAL = {"date": "Date", "dateTime": "DateTime", "instant": "DateTime", "time": "Time"}
_UCUM = "http://unitsofmeasure.org"
_COMPLEX = frozenset({"Quantity", "Age", "Count", "Distance", "Duration", "SimpleQuantity", "MoneyQuantity"})


def decimal_of(value: Any) -> Decimal:
    """A JSON number as Decimal, a float by its shortest text. Raises ArithmeticError when it is none."""
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def system(item: Any) -> Any:
    """The System value of an item: that of a FHIR primitive or Quantity; other elements stay as they are.

    A primitive without value (extensions alone) is None.
    """
    if type(item) is not Node:
        return item
    value = item.value
    if is_object(value):
        return _quantity(value, item) if item.type in _COMPLEX else item
    if value is None or is_array(value):
        return None
    return _primitive(value, item.type)


def is_quantity(item: Any) -> bool:
    """Whether an item is a FHIR Quantity, also one that says too little to be reckoned with."""
    return type(item) is Node and item.type in _COMPLEX


def _primitive(value: Any, name: str) -> Any:
    if isinstance(value, str):
        if name in _TEMPORAL:
            return read(_TEMPORAL[name], value) or value  # type: ignore[arg-type]
        if name == "integer64":
            return Long(value) if value.lstrip("-").isdigit() else value
        if name == "decimal":
            return _number(value)
        return value
    if isinstance(value, bool):
        return value
    if name == "decimal" or isinstance(value, float):
        return _number(value)
    if name == "integer64":
        return Long(value)
    return value


def _number(value: Any) -> Any:
    try:
        return decimal_of(value)
    except (ArithmeticError, ValueError):
        return value


def _quantity(value: dict[str, Any], item: Node) -> Any:
    """A FHIR Quantity as System Quantity, https://hl7.org/fhir/R4/fhirpath.html#quantity; else the element itself."""
    number = value.get("value")
    if number is None or value.get("comparator") is not None or isinstance(number, (str, bool, dict, list)):
        return item
    code, unit, system_url = value.get("code"), value.get("unit"), value.get("system")
    if system_url == _UCUM and isinstance(code, str):
        return Quantity(decimal_of(number), code)
    if isinstance(code, str) and isinstance(system_url, str):
        return Quantity(decimal_of(number), f"{system_url}|{code}")  # of that system: comparable with its like alone
    if code is None and system_url is None:
        return Quantity(decimal_of(number), unit if isinstance(unit, str) else "1")
    return item


def type_of(item: Any, model: Model) -> TypeInfo:
    """The type of an item."""
    if type(item) is Node:
        return TypeInfo("FHIR", model.declared(item.type) or "Element")
    if isinstance(item, TypeInfo):
        return TypeInfo("System", "TypeInfo")
    return TypeInfo("System", system_type(item))


def system_type(item: Any) -> str:
    """The name of a System value's type, `Any` for what is none."""
    match item:
        case bool():
            return "Boolean"
        case str():
            return "String"
        case Long():
            return "Long"
        case int():
            return "Integer"
        case Decimal():
            return "Decimal"
        case Temporal():
            return item.kind
        case Quantity():
            return "Quantity"
        case _:
            return "Any"
