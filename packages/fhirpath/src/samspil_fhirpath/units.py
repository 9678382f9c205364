"""UCUM units to exact factors and dimensions. Grammar and table of units come from the library ucumvert, when first needed.

https://ucum.org/ucum
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple

from .errors import not_available

__all__ = ["Unit", "product", "unit"]


class Unit(NamedTuple):
    """How many of which base units a unit is; `offset` for the temperature scales, in kelvins."""

    factor: Fraction
    dimensions: tuple[tuple[str, int], ...]
    offset: Fraction = Fraction(0)


_NAMED = {"1": Unit(Fraction(1), ()), "": Unit(Fraction(1), ())}
_SCALES = {
    "Cel": Unit(Fraction(1), (("K", 1),), Fraction(27315, 100)),
    "[degF]": Unit(Fraction(5, 9), (("K", 1),), Fraction(45967, 180)),
}
_MAXIMUM = 200


@cache
def unit(code: str) -> Unit | None:
    """The unit with this UCUM code, or None when there is none, or none that can be converted.

    Raises `FhirPathError` (not available) when the extra `ucum` is not installed.
    """
    if code in _NAMED:
        return _NAMED[code]
    if code in _SCALES:
        return _SCALES[code]
    if len(code) > _MAXIMUM or "|" in code:
        return None
    tree = _parse(code)
    return None if tree is None else _value(tree)


@cache
def _parser() -> tuple[Any, Any, Any]:
    """The library's parser, its function that parses with it, and the error that raises."""
    try:
        from ucumvert import (  # pyright: ignore[reportMissingTypeStubs]
            InvalidUcumError,
            get_ucum_parser,  # pyright: ignore[reportUnknownVariableType]
            parse_ucum,  # pyright: ignore[reportUnknownVariableType]
        )
    except ImportError:
        raise not_available(
            "units other than equal ones need a table of UCUM: pip install 'samspil-fhirpath[ucum]'"
        ) from None
    return get_ucum_parser(), parse_ucum, InvalidUcumError  # pyright: ignore[reportUnknownVariableType]


def _parse(code: str) -> Any:
    parser, parse, invalid = _parser()
    try:
        return parse(code, parser)
    except (invalid, RecursionError):
        return None


@cache
def _prefixes() -> dict[str, Fraction]:
    from ucumvert.xml_util import root  # pyright: ignore[reportMissingTypeStubs]

    return {each.attrib["Code"]: Fraction(_number(each.find("{*}value"))) for each in root.findall(".//{*}prefix")}


def _number(element: Any) -> str:
    return element.attrib["value"] if element is not None else "1"


@cache
def _atom(code: str) -> Unit | None:
    from ucumvert.xml_util import root  # pyright: ignore[reportMissingTypeStubs]

    for each in root.findall(".//{*}unit"):
        if each.attrib["Code"] == code:
            return _defined(code, each)
    return Unit(Fraction(1), ((code, 1),))  # a base unit


def _defined(code: str, definition: Any) -> Unit | None:
    if definition.attrib.get("isArbitrary") == "yes":
        return Unit(Fraction(1), ((code, 1),))  # comparable with itself alone
    value = definition.find("{*}value")
    if definition.attrib.get("isSpecial") == "yes" or value is None:
        return None
    if code in {"10*", "10^"}:
        return Unit(Fraction(10), ())
    base = unit(value.attrib["Unit"])
    return base and Unit(base.factor * Fraction(value.attrib["value"]), base.dimensions)


def _value(tree: Any) -> Unit | None:
    """The unit that a node of the parser's tree stands for."""
    if not hasattr(tree, "children"):
        return _NAMED["1"]  # an annotation alone
    parts = tree.children
    match tree.data:
        case "main_term":
            inner = _value(parts[-1])
            return _power(inner, -1) if len(parts) == 2 else inner  # noqa: PLR2004  a leading slash
        case "term":
            left, right = _value(parts[0]), _value(parts[2])
            return product(left, right, -1 if parts[1] == "/" else 1)
        case "annotatable":
            return _power(_value(parts[0]), int(parts[1]))
        case "component":
            return _value(parts[0])
        case _:
            return _simple([str(part) for part in parts])


def _simple(parts: list[str]) -> Unit | None:
    if parts[0].isdigit():
        return Unit(Fraction(int(parts[0])), ())
    found = _SCALES.get(parts[-1]) or _atom(parts[-1])
    if found is None or len(parts) == 1:
        return found
    return Unit(found.factor * _prefixes()[parts[0]], found.dimensions) if not found.offset else None


def _power(one: Unit | None, exponent: int) -> Unit | None:
    if one is None or one.offset or abs(exponent) > 99:  # noqa: PLR2004  beyond any unit of use
        return None
    return Unit(one.factor**exponent, tuple((name, power * exponent) for name, power in one.dimensions))


def product(one: Unit | None, two: Unit | None, exponent: int = 1) -> Unit | None:
    """`one` times `two` (or divided by it, with exponent -1)."""
    raised = _power(two, exponent)
    if one is None or raised is None or one.offset:
        return None
    powers = dict(one.dimensions)
    for name, power in raised.dimensions:
        powers[name] = powers.get(name, 0) + power
    dimensions = tuple(sorted((name, power) for name, power in powers.items() if power))
    return Unit(one.factor * raised.factor, dimensions)
