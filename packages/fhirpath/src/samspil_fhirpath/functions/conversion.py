"""Functions: toInteger() and its kin.

https://hl7.org/fhirpath/N1/#conversion
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from samspil_fhirpath import quantities, temporal
from samspil_fhirpath.collections import string, value
from samspil_fhirpath.environment import Scope
from samspil_fhirpath.parser import CALENDAR
from samspil_fhirpath.temporal import Temporal
from samspil_fhirpath.values import Long, Quantity

from .registry import Items, values

_INTEGER = re.compile(r"[+-]?\d+")
_DECIMAL = re.compile(r"[+-]?\d+(?:\.\d+)?")
_QUANTITY = re.compile(r"(?P<value>[+-]?\d+(?:\.\d+)?)\s*(?:'(?P<unit>[^']+)'|(?P<word>[a-zA-Z]+))?")
_BOOLEANS = {
    **dict.fromkeys(("true", "t", "yes", "y", "1", "1.0"), True),
    **dict.fromkeys(("false", "f", "no", "n", "0", "0.0"), False),
}
_INTEGER_MAXIMUM = 2**31 - 1
_LONG_MAXIMUM = 2**63 - 1
_DIGITS = 100


def to_boolean(found: Any) -> bool | None:
    """As toBoolean()."""
    match found:
        case bool():
            return found
        case str():
            return _BOOLEANS.get(found.lower())
        case int() | Decimal():
            return {1: True, 0: False}.get(found)  # type: ignore[call-overload]
        case _:
            return None


def to_integer(found: Any) -> int | None:
    """As toInteger()."""
    match found:
        case bool():
            return int(found)
        case int():
            return int(found) if abs(found) <= _INTEGER_MAXIMUM else None
        case str() if len(found) < _DIGITS and _INTEGER.fullmatch(found):
            return int(found) if abs(int(found)) <= _INTEGER_MAXIMUM else None
        case _:
            return None


def to_long(found: Any) -> Long | None:
    """As toLong()."""
    match found:
        case int():
            return Long(found)
        case str() if len(found) < _DIGITS and _INTEGER.fullmatch(found):
            return Long(found) if abs(int(found)) <= _LONG_MAXIMUM else None
        case _:
            return None


def to_decimal(found: Any) -> Decimal | None:
    """As toDecimal()."""
    match found:
        case bool() | int():
            return Decimal(int(found))
        case Decimal():
            return found
        case str() if len(found) < _DIGITS and _DECIMAL.fullmatch(found):
            return Decimal(found)
        case _:
            return None


def to_string(found: Any) -> str | None:
    """As toString()."""
    match found:
        case bool():
            return "true" if found else "false"
        case str():
            return found
        case int():
            return str(int(found))
        case Decimal():
            return f"{found:f}" if abs(found.adjusted()) < _DIGITS else str(found)
        case Temporal():
            return found.text
        case Quantity():
            return quantities.text(found)
        case _:
            return None


def to_quantity(found: Any) -> Quantity | None:
    """As toQuantity()."""
    match found:
        case bool() | int() | Decimal():
            return Quantity(Decimal(int(found) if isinstance(found, bool) else found), "1")
        case Quantity():
            return found
        case str() if len(found) < _DIGITS and (match := _QUANTITY.fullmatch(found)):
            if match["word"]:
                word = CALENDAR.get(match["word"])
                return Quantity(Decimal(match["value"]), word, calendar=True) if word else None
            return Quantity(Decimal(match["value"]), match["unit"] or "1")
        case _:
            return None


def _to_temporal(kind: temporal.TemporalKind) -> Callable[[Any], Temporal | None]:
    def convert(found: Any) -> Temporal | None:
        match found:
            case str():
                return temporal.read(kind, found.removeprefix("@").removeprefix("T") if kind == "Time" else found)
            case Temporal() if found.kind == kind:
                return found
            case Temporal() if kind != "Time" and found.kind != "Time":
                return temporal.truncate(found, kind)
            case _:
                return None

    return convert


CONVERSIONS: dict[str, Callable[[Any], Any]] = {
    "Boolean": to_boolean,
    "Integer": to_integer,
    "Long": to_long,
    "Decimal": to_decimal,
    "String": to_string,
    "Quantity": to_quantity,
    "Date": _to_temporal("Date"),
    "DateTime": _to_temporal("DateTime"),
    "Time": _to_temporal("Time"),
}


def _register(name: str, convert: Callable[[Any], Any]) -> None:
    most = 1 if name == "Quantity" else 0

    def converted(items: Items, what: str, unit: Items | None) -> Any:
        found = convert(value(items, what))
        code = None if unit is None else string(unit, what)
        return _in_unit(found, code) if code and found is not None else found

    def to(_scope: Scope, items: Items, unit: Items | None = None) -> Items:
        found = converted(items, f"to{name}()", unit)
        return [] if found is None else [found]

    def converts(_scope: Scope, items: Items, unit: Items | None = None) -> Items:
        return [converted(items, f"convertsTo{name}()", unit) is not None] if items else []

    values(f"to{name}", 0, most)(to)
    values(f"convertsTo{name}", 0, most)(converts)


def _in_unit(found: Quantity, code: str) -> Quantity | None:
    word = CALENDAR.get(code)
    zero = Quantity(Decimal(0), word or code, calendar=word is not None)
    return quantities.add(zero, found)


for _name, _convert in CONVERSIONS.items():
    _register(_name, _convert)
