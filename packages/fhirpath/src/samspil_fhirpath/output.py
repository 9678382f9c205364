"""Items of a collection as JSON values."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from .model import Model
from .temporal import Temporal
from .values import Long, Node, Quantity, TypeInfo, type_of

__all__ = ["Typed", "json_value", "typed"]

_UCUM = "http://unitsofmeasure.org"


class Typed(NamedTuple):
    """One item with the name of its type (`FHIR.code`, `System.Date`)."""

    type: str
    value: Any


def json_value(item: Any) -> Any:
    """An item as a JSON value; a primitive that has extensions alone gives the object that holds them."""
    match item:
        case Node():
            return item.sibling if item.value is None else item.value
        case Temporal():
            return item.text
        case Quantity() if item.calendar:
            return {"value": item.value, "unit": item.unit}
        case Quantity() if "|" in item.unit:
            base, _, code = item.unit.rpartition("|")
            return {"value": item.value, "system": base, "code": code}
        case Quantity():
            return {"value": item.value, "unit": item.unit, "system": _UCUM, "code": item.unit}
        case TypeInfo():
            return {"namespace": item.namespace, "name": item.name}
        case bool() | str() | Decimal():
            return item
        case Long() | int():
            return int(item)
        case _:
            return str(item)


def typed(item: Any, model: Model) -> Typed:
    """An item as a JSON value, with the name of its type."""
    return Typed(".".join(type_of(item, model)), json_value(item))
