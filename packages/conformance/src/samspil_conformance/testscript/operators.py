"""What the operators of an assert compare: texts, as numbers or dates where both are such.

`empty` and `notEmpty` ask whether there are values; every other operator asks for at least one, and, apart from
`contains`, that it holds of each. https://hl7.org/fhir/R4/valueset-assert-operator-codes.html
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC
from decimal import Decimal, InvalidOperation

from samspil_core import NotAPrimitive, parse_date_time

__all__ = ["OPERATORS", "UnknownOperator", "compare"]

Values = Sequence[str]


class UnknownOperator(ValueError):
    """No such operator in R4."""


def compare(operator: str, found: Values, wanted: str) -> bool:
    """Whether the values found stand to the wanted one as the operator says. Raises `UnknownOperator`."""
    if operator not in OPERATORS:
        raise UnknownOperator(f"{operator!r} is no operator; there are {', '.join(OPERATORS)}")
    return OPERATORS[operator](found, wanted)


def _equal(one: str, other: str) -> bool:
    if one == other:
        return True
    numbers = _number(one), _number(other)
    return None not in numbers and numbers[0] == numbers[1]


def _listed(wanted: str) -> list[str]:
    return [each.strip() for each in wanted.split(",")]


def _among(one: str, wanted: str) -> bool:
    return any(_equal(one, each) for each in _listed(wanted))


def _order(one: str, other: str) -> int:
    """Negative, zero or positive; numbers as numbers, dates as dates, all else by its signs."""
    first, second = _number(one), _number(other)
    if first is not None and second is not None:
        return (first > second) - (first < second)
    try:
        early, late = parse_date_time(one).earliest(UTC), parse_date_time(other).earliest(UTC)
    except NotAPrimitive:
        return (one > other) - (one < other)
    return (early > late) - (early < late)


def _number(text: str) -> Decimal | None:
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _every(holds: Callable[[str, str], bool]) -> Callable[[Values, str], bool]:
    return lambda found, wanted: bool(found) and all(holds(each, wanted) for each in found)


def _is_empty(found: Values, _wanted: str) -> bool:
    return not any(found)


OPERATORS: Mapping[str, Callable[[Values, str], bool]] = {
    "equals": _every(_equal),
    "notEquals": _every(lambda one, wanted: not _equal(one, wanted)),
    "in": _every(_among),
    "notIn": _every(lambda one, wanted: not _among(one, wanted)),
    "greaterThan": _every(lambda one, wanted: _order(one, wanted) > 0),
    "lessThan": _every(lambda one, wanted: _order(one, wanted) < 0),
    "empty": _is_empty,
    "notEmpty": lambda found, wanted: not _is_empty(found, wanted),
    "contains": lambda found, wanted: any(wanted in each for each in found),
    "notContains": lambda found, wanted: not any(wanted in each for each in found),
    "eval": _every(lambda one, _wanted: one == "true"),
}
