"""Search parameters: a table of paths, and what each type of parameter compares.

https://hl7.org/fhir/R4/search.html
"""

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, cast

from samspil_core import NotAPrimitive, parse_date_time

from .types import TYPES

__all__ = ["Parameter", "known", "knows_modifier", "matches", "parameters_of", "references_of", "values_at"]

Json = Mapping[str, Any]
_PREFIXES = ("eq", "ne", "gt", "lt", "ge", "le")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a type of resource: name, type and where its values stand."""

    resource: str
    name: str
    type: str
    path: str


@cache
def _table() -> tuple[Parameter, ...]:
    text = (files("samspil_testserver") / "parameters.csv").read_text(encoding="utf-8")
    return tuple(Parameter(**row) for row in csv.DictReader(text.splitlines()))


@cache
def parameters_of(kind: str) -> tuple[Parameter, ...]:
    """The parameters of a type of resource; one name may have several paths."""
    own = tuple(each for each in _table() if each.resource == kind)
    names = {each.name for each in own}
    return own + tuple(each for each in _table() if each.resource == "*" and each.name not in names)


@lru_cache(maxsize=4096)
def known(kind: str, name: str) -> tuple[Parameter, ...]:
    """The paths of one parameter, empty when it is not known."""
    return tuple(each for each in parameters_of(kind) if each.name == name)


_COMMA = re.compile(r"(?<!\\),")
_ESCAPED = re.compile(r"\\([,|$\\])")


def _any_of(value: str) -> list[str]:
    """The values between commas that are not escaped. https://hl7.org/fhir/R4/search.html#escaping."""
    return [_ESCAPED.sub(r"\1", each) for each in _COMMA.split(value)]


_MODIFIERS: Mapping[str, frozenset[str]] = {
    "token": frozenset({"not"}),
    "string": frozenset({"exact", "contains"}),
    "reference": frozenset({"identifier"}),
}


def knows_modifier(kind: str, modifier: str) -> bool:
    """Whether parameters of a type know a modifier; one of a reference may be the type of what is referred to."""
    if modifier in {"", "missing"} or (kind == "reference" and modifier in TYPES):
        return True
    return modifier in _MODIFIERS.get(kind, ())


def values_at(resource: object, path: str) -> Iterator[Any]:
    """The values at a dotted path, through every list on the way."""
    found: list[Any] = [resource]
    for step in path.split("."):
        found = [
            each for value in found if isinstance(value, Mapping) for each in _listed(cast("Json", value).get(step))
        ]
    yield from found


def references_of(resource: Json, kind: str, name: str) -> Iterator[str]:
    """The relative references that a reference parameter finds."""
    for parameter in known(kind, name):
        for value in values_at(resource, parameter.path):
            if isinstance(value, Mapping) and (reference := cast("Json", value).get("reference")):
                yield relative(str(reference))


def relative(reference: str) -> str:
    """A reference without server and version."""
    return "/".join(reference.partition("/_history/")[0].split("/")[-2:])


def matches(resource: Json, name: str, value: str) -> bool:
    """Whether a resource fits one `name=value`, with any of the values between commas."""
    plain, _, modifier = name.partition(":")
    found = known(str(resource["resourceType"]), plain)
    values = [(each.type, one) for each in found for one in values_at(resource, each.path)]
    if modifier == "missing":
        return bool(values) != (value == "true")
    fits = any(_COMPARE[kind](one, wanted, modifier) for kind, one in values for wanted in _any_of(value))
    return not fits if modifier == "not" else fits


def _token(value: Any, wanted: str, _modifier: str) -> bool:
    system, bar, code = wanted.partition("|")
    if not bar:
        return any(found == wanted for _, found in _codes(value))
    return any((not code or found == code) and of == system for of, found in _codes(value))


def _codes(value: Any) -> Iterator[tuple[str, str]]:
    """The systems and codes of a code, boolean, Coding, CodeableConcept or Identifier."""
    if isinstance(value, bool):
        yield "", "true" if value else "false"
    elif isinstance(value, str):
        yield "", value
    elif isinstance(value, Mapping):
        told = cast("Json", value)
        for coding in told.get("coding", [told]):
            yield coding.get("system", ""), coding.get("code", coding.get("value", ""))


def _reference(value: Any, wanted: str, modifier: str) -> bool:
    if not isinstance(value, Mapping):
        return False
    told = cast("Json", value)
    if modifier == "identifier":
        return _token(told.get("identifier"), wanted, "")
    own = relative(str(told.get("reference", "")))
    if "/" in wanted:
        return own == relative(wanted)
    return own.rpartition("/")[2] == wanted and (not modifier or own.startswith(f"{modifier}/"))


def _string(value: Any, wanted: str, modifier: str) -> bool:
    if isinstance(value, Mapping):
        return any(_string(each, wanted, modifier) for part in cast("Json", value).values() for each in _listed(part))
    text, sought = str(value), wanted
    if modifier == "exact":
        return text == sought
    text, sought = text.casefold(), sought.casefold()
    return sought in text if modifier == "contains" else text.startswith(sought)


def _date(value: Any, wanted: str, _modifier: str) -> bool:
    prefix, text = (wanted[:2], wanted[2:]) if wanted[:2] in (*_PREFIXES, "sa", "eb") else ("eq", wanted)
    told = cast("Json", value) if isinstance(value, Mapping) else {"start": value, "end": value}
    try:
        sought = parse_date_time(text)
        start, end = parse_date_time(str(told.get("start", "0001"))), parse_date_time(str(told.get("end", "9999")))
    except NotAPrimitive:
        return False
    first, last = start.earliest(UTC), end.latest(UTC)
    low, high = sought.earliest(UTC), sought.latest(UTC)
    within = low <= first and last <= high
    answers = {
        "eq": within,
        "ne": not within,
        "gt": last > high,
        "lt": first < low,
        "sa": first > high,
        "eb": last < low,
    }
    return answers.get(prefix, within or (last > high if prefix == "ge" else first < low))


def _number(value: Any, wanted: str, _modifier: str) -> bool:
    prefix, text = (wanted[:2], wanted[2:]) if wanted[:2] in _PREFIXES else ("eq", wanted)
    try:
        own, sought = Decimal(str(value)), Decimal(text.partition("|")[0])
    except InvalidOperation:
        return False
    order = (own > sought) - (own < sought)
    return {"eq": order == 0, "ne": order != 0, "gt": order > 0, "lt": order < 0, "ge": order >= 0, "le": order <= 0}[
        prefix
    ]


def _uri(value: Any, wanted: str, _modifier: str) -> bool:
    return value == wanted


_COMPARE: Mapping[str, Callable[[Any, str, str], bool]] = {
    "token": _token,
    "reference": _reference,
    "string": _string,
    "date": _date,
    "number": _number,
    "uri": _uri,
}


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return cast("list[Any]", value) if isinstance(value, list) else [value]
