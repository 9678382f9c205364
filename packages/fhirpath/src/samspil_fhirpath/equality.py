"""Equal, equivalent, less.

https://hl7.org/fhirpath/N1/#equality
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import tzinfo
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from . import quantities, temporal
from .errors import evaluation
from .shapes import is_array, is_object
from .temporal import Temporal
from .values import Long, Node, Quantity, TypeInfo, decimal_of, is_quantity, system, system_type

__all__ = ["collections_equal", "collections_equivalent", "compare", "equal", "equivalent", "key"]

_SPACE = re.compile(r"\s+")


def collections_equal(one: Sequence[Any], two: Sequence[Any], zone: tzinfo | None) -> bool | None:
    """`=` on collections: in order, item by item; None when either is empty or a pair leaves it open."""
    if not one or not two:
        return None
    if len(one) != len(two):
        return False
    answer: bool | None = True
    for left, right in zip(one, two, strict=True):
        same = equal(left, right, zone)
        if same is False:
            return False
        answer = answer if same else None
    return answer


def equal(one: Any, two: Any, zone: tzinfo | None = None) -> bool | None:
    """`=` on two items; None when precision, zone or units leave it open."""
    one, two = system(one), system(two)
    if isinstance(one, Node) or isinstance(two, Node):
        return _elements(one, two)
    if one is None or two is None:
        return None
    if isinstance(one, bool) or isinstance(two, bool):
        return one is two
    if isinstance(one, (int, Decimal)) and isinstance(two, (int, Decimal)):
        return one == two
    if isinstance(one, Temporal) and isinstance(two, Temporal):
        return _moments(one, two, zone)
    if isinstance(one, Quantity) or isinstance(two, Quantity):
        return _quantities(one, two)
    return type(one) is type(two) and one == two


def _elements(one: Any, two: Any) -> bool | None:
    if isinstance(one, Node) and isinstance(two, Node):
        return _same(one.value, two.value) and (one.value is not None or _same(one.sibling, two.sibling))
    return False


def _same(one: Any, two: Any) -> bool:
    """JSON values alike; order in lists counts, ids of elements too, and 1 equals 1.0."""
    if is_object(one) and is_object(two):
        return one.keys() == two.keys() and all(_same(value, two[name]) for name, value in one.items())
    if is_array(one) and is_array(two):
        return len(one) == len(two) and all(map(_same, one, two))
    if isinstance(one, float) or isinstance(two, float):
        return not isinstance(one, (str, bool)) and not isinstance(two, (str, bool)) and _numbers(one, two)
    return one == two and isinstance(one, bool) == isinstance(two, bool)


def _numbers(one: Any, two: Any) -> bool:
    return one is not None and two is not None and decimal_of(one) == decimal_of(two)


def _moments(one: Temporal, two: Temporal, zone: tzinfo | None) -> bool | None:
    if (one.kind == "Time") != (two.kind == "Time"):
        return False
    order = temporal.compare(one, two, zone)
    return None if order is None else order == 0


def _quantities(one: Any, two: Any) -> bool | None:
    left, right = as_quantity(one), as_quantity(two)
    if left is None or right is None:
        return False
    if not quantities.comparable(left, right):
        return None if left.calendar or right.calendar else False
    order = quantities.compare(left, right)
    return None if order is None else order == 0


def as_quantity(value: Any) -> Quantity | None:
    """A number as a quantity of unit 1, a quantity as it is."""
    if isinstance(value, Quantity):
        return value
    number = isinstance(value, (int, Decimal)) and not isinstance(value, bool)
    return Quantity(Decimal(value), "1") if number else None


def collections_equivalent(
    one: Sequence[Any], two: Sequence[Any], zone: tzinfo | None, spend: Callable[[int], None]
) -> bool:
    """`~` on collections: the same items in any order; two empty ones are equivalent. `spend` is told of comparisons."""
    if len(one) != len(two):
        return False
    rest = list(two)
    for left in one:
        at = next((at for at, right in enumerate(rest) if equivalent(left, right, zone)), None)
        spend(4 * (len(rest) if at is None else at))
        if at is None:
            return False
        del rest[at]
    return True


def equivalent(one: Any, two: Any, zone: tzinfo | None = None) -> bool:
    """`~` on two items."""
    one, two = system(one), system(two)
    if isinstance(one, str) and isinstance(two, str):
        return _folded(one) == _folded(two)
    if isinstance(one, bool) or isinstance(two, bool):
        return one is two
    if isinstance(one, (int, Decimal)) and isinstance(two, (int, Decimal)):
        return _alike(Decimal(one), Decimal(two))
    if isinstance(one, Quantity) or isinstance(two, Quantity):
        left, right = as_quantity(one), as_quantity(two)
        return left is not None and right is not None and quantities.equivalent(left, right)
    if isinstance(one, Node) and isinstance(two, Node):
        return _similar(one.value, two.value)
    return equal(one, two, zone) is True


def _folded(value: str) -> str:
    return _SPACE.sub(" ", value).strip().lower()


def _alike(one: Decimal, two: Decimal) -> bool:
    """Equal to the precision of the less precise one, trailing zeros aside."""
    places = min(_places(one), _places(two))
    step = Decimal(1).scaleb(-places)
    return one.quantize(step, ROUND_HALF_UP) == two.quantize(step, ROUND_HALF_UP)


def _places(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _similar(one: Any, two: Any) -> bool:
    if is_object(one) and is_object(two):
        return one.keys() == two.keys() and all(_similar(value, two[name]) for name, value in one.items())
    if is_array(one) and is_array(two):
        rest = list(two)
        for value in one:
            at = next((at for at, other in enumerate(rest) if _similar(value, other)), None)
            if at is None:
                return False
            del rest[at]
        return not rest
    if isinstance(one, str) and isinstance(two, str):
        return _folded(one) == _folded(two)
    return _same(one, two)


def compare(one: Any, two: Any, zone: tzinfo | None = None) -> int | None:
    """-1, 0 or 1 for two System values; None when it is open. Raises `FhirPathError` when their types have no order."""
    if isinstance(one, str) and isinstance(two, str):
        return (one > two) - (one < two)
    if isinstance(one, Temporal) and isinstance(two, Temporal) and (one.kind == "Time") == (two.kind == "Time"):
        return temporal.compare(one, two, zone)
    number = (int, Decimal)
    if isinstance(one, number) and isinstance(two, number) and not isinstance(one, bool) and not isinstance(two, bool):
        return (one > two) - (one < two)
    left, right = as_quantity(one), as_quantity(two)
    if is_quantity(one) or is_quantity(two):
        return None  # one without value, or with a comparator
    if left is None or right is None:
        raise evaluation(f"{_name(one)} and {_name(two)} have no order between them")
    return quantities.compare(left, right)


def _name(value: Any) -> str:
    return (value.type or "an element") if isinstance(value, Node) else system_type(value)


def key(item: Any) -> Any:
    """Something hashable, equal for items that `=` finds equal; None where only comparing one by one will do."""
    value = system(item)
    if isinstance(value, bool):
        return ("Boolean", value)
    if isinstance(value, str):
        return value
    if isinstance(value, (int, Decimal, Long)):
        return ("number", value)
    if isinstance(value, TypeInfo):
        return value
    if isinstance(value, Temporal):
        return temporal.key(value)
    if isinstance(value, Node) and is_object(value.value):
        return ("element", _frozen(value.value))
    return None


def _frozen(value: Any) -> Any:
    """A JSON value as something hashable, equal where `_same` says so."""
    if is_object(value):
        return frozenset((name, _frozen(each)) for name, each in value.items())
    if is_array(value):
        return tuple(_frozen(each) for each in value)
    if isinstance(value, (bool, float)):
        return ("Boolean", value) if isinstance(value, bool) else decimal_of(value)
    return value
