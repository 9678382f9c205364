"""The small parts of a policy: codings, references, periods, and the list of what was not understood."""

from __future__ import annotations

import dataclasses
from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import UTC, tzinfo
from functools import lru_cache
from typing import Any, TypeGuard, cast

from samspil_core.jsontext import loads
from samspil_core.outcome import Issue
from samspil_core.primitives import NotAPrimitive, parse_date_time
from samspil_core.values import Coding

from .findings import BAD_VALUE, UNKNOWN_ELEMENT
from .model import Reference, Rule, Span, micros

__all__ = [
    "Faults",
    "as_dict",
    "codings",
    "is_object",
    "is_resolvable",
    "moment",
    "named_actors",
    "objects",
    "period",
    "reference",
    "replace",
]

DOMAIN_RESOURCE = frozenset({"resourceType", "id", "meta", "language", "text", "contained", "extension"})
"""The elements of every resource that change nothing of what it says."""
_HARMLESS = frozenset({"id", "extension"})


def is_object(value: object) -> TypeGuard[Mapping[str, Any]]:
    """Whether a value is a JSON object; a dict is told at once, other mappings by asking."""
    return type(value) is dict or isinstance(value, Mapping)


def as_dict(value: Any) -> Mapping[str, Any]:
    """A resource as a mapping: a dict as it is, a fhir.resources model by its JSON. Raises ValueError."""
    if is_object(value):
        return value
    write = getattr(value, "model_dump_json", None)
    if write is None:
        raise ValueError("it is neither a JSON object nor a model")
    return loads(write())


def replace(rule: Rule, **changes: Any) -> Rule:
    """A rule with some fields changed."""
    return dataclasses.replace(rule, **changes)


def without_lost(rule: Rule, places: Mapping[str, Iterable[str]], faults: Faults, owner: str) -> Rule:
    """The rule without the conditions of which a part was not understood.

    What is left of such a condition would narrow the rule, and a refusal must not be narrowed. The rule is in doubt already,
    so a permission permits nothing.
    """
    if not rule.unknown:
        return rule
    lost = [name for name, elements in places.items() if any(faults.lost(owner, one) for one in elements)]
    empty: dict[str, Any] = {name: None if name in {"period", "data_period"} else () for name in lost}
    return dataclasses.replace(rule, **empty)


class Faults:
    """What was not understood, by the rule it stands in, and the findings on it; and the zone of dates that have none."""

    def __init__(self, zone: tzinfo = UTC) -> None:
        self.zone = zone
        self.issues: list[Issue] = []
        self._by_rule: dict[str, list[str]] = {}

    def take(self, rule: str) -> tuple[str, ...]:
        """The places not understood that stand in a rule."""
        return tuple(dict.fromkeys(self._by_rule.get(rule, ())))

    def lost(self, owner: str, place: str) -> bool:
        """Whether something at a place of a rule was not understood: what is left of it must not narrow the rule."""
        return any(one == place or one.startswith((f"{place}[", f"{place}.")) for one in self._by_rule.get(owner, ()))

    def unknown(self, found: Mapping[str, Any], known: frozenset[str], path: str, owner: str = "") -> None:
        """Note every element that is not known; ids, extensions and their underscore forms change no meaning.

        An underscore form alone does: it stands where a value is missing, and what is missing would bind nobody.
        """
        for name in found:
            bare = name.removeprefix("_")
            if bare in _HARMLESS or (bare in known and bare in found):
                continue
            self.issues.append(UNKNOWN_ELEMENT.at(f"{path}.{name}"))
            self._by_rule.setdefault(owner or path, []).append(f"{path}.{name}")

    def bad(self, place: str, expected: str, owner: str) -> None:
        """Note a value that is not what it should be, in terms of FHIR."""
        self.issues.append(BAD_VALUE.at(place, expected=expected))
        self._by_rule.setdefault(owner, []).append(place)

    def array(self, value: Any, place: str, owner: str) -> Iterator[Mapping[str, Any]]:
        """The objects of an array; anything else is noted."""
        if value is None:
            return
        listed = cast("list[Any]", value) if isinstance(value, list) else [value]
        if not isinstance(value, list):
            self.bad(place, "array", owner)
        for each in listed:
            if is_object(each):
                yield each
            else:
                self.bad(place, "object", owner)


def named_actors(reference_: Reference, contained: Any) -> tuple[Reference, ...]:
    """Whom the reference of an actor names: itself, or the identifiers of what it contains; none where that is not known."""
    if not reference_.key.startswith("#"):
        return (reference_,) if reference_ != Reference() else ()
    held = [one for one in objects(contained) if one.get("id") == reference_.key[1:]]
    found = [
        Reference("", str(each.get("system") or ""), each["value"])
        for one in held
        if one_of(one.get("resourceType"), _IDENTIFIED)
        for each in objects(one.get("identifier"))
        if isinstance(each.get("value"), str)
    ]
    return (*found, Reference("", reference_.system, reference_.value)) if reference_.value else tuple(found)


_IDENTIFIED = frozenset({"Practitioner", "Organization", "Patient", "RelatedPerson", "Device"})


def is_resolvable(found: Reference) -> bool:
    """Whether data can be told to be what a reference names: by `Type/id`, not by something inside another resource."""
    return not found.key.startswith(("#", "urn:")) and bool(found.key or found.value)


def one_of(value: Any, allowed: Container[str]) -> TypeGuard[str]:
    """Whether a value is a text, and one of those allowed."""
    return isinstance(value, str) and value in allowed


def as_list(value: Any) -> list[Any]:
    """A JSON array, or an empty list."""
    return cast("list[Any]", value) if isinstance(value, list) else []


def objects(value: Any) -> list[Mapping[str, Any]]:
    """The objects of an array, or none."""
    listed = cast("list[Any]", value) if isinstance(value, list) else []
    return [each for each in listed if is_object(each)]


def codings(value: Any, faults: Faults | None = None, place: str = "", owner: str = "") -> Iterator[Coding]:
    """The codings of a Coding, a CodeableConcept or a list of either; a concept without a code is noted, if asked."""
    if value is None:
        return
    listed: Iterable[Any] = cast("list[Any]", value) if isinstance(value, list) else [value]
    for each in listed:
        found = list(_codings_of(each))
        if faults is not None and (not found or not _is_coded(each)):
            faults.bad(place, "Coding", owner)
        yield from found


def _is_coded(value: Any) -> bool:
    """Whether every coding of a concept is one: a rule must not lose a code that it names."""
    inner = value.get("coding") if is_object(value) else None
    listed = cast("list[Any]", inner) if isinstance(inner, list) else [value]
    if inner is not None and not isinstance(inner, list):
        return False
    return all(
        is_object(one) and all(isinstance(one.get(name, ""), str) for name in ("system", "code")) for one in listed
    )


def _codings_of(value: Any) -> Iterator[Coding]:
    if not is_object(value):
        return
    inner = value.get("coding")
    for each in cast("list[Any]", inner) if isinstance(inner, list) else (value,):
        if is_object(each):
            code, system = each.get("code"), each.get("system", "")
            if isinstance(code, str) and code and isinstance(system, str):
                yield _coding(system, code)


@lru_cache(maxsize=4096)
def _coding(system: str, code: str) -> Coding:
    return Coding(system, code)


def reference(value: Any) -> Reference:
    """A Reference by `Type/id` or by identifier; server and version are left out, as a decision is about the thing."""
    if not is_object(value):
        return Reference()
    given = value
    inner = given.get("reference")
    if is_object(inner):  # R5 CodeableReference
        return reference(inner)
    identifier = given.get("identifier")
    system = value_ = ""
    if is_object(identifier):
        one = identifier
        system, value_ = str(one.get("system") or ""), str(one.get("value") or "")
    return Reference(tail(inner) if isinstance(inner, str) else "", system, value_)


@lru_cache(maxsize=4096)
def tail(url: str) -> str:
    """`Type/id` of a relative, absolute or versioned reference; a urn or a fragment stays as it is."""
    if url.startswith(("urn:", "#")):
        return url
    pieces = url.split("/_history/", 1)[0].rstrip("/").split("/")
    return "/".join(pieces[-2:])


def period(value: Any, faults: Faults, place: str, owner: str) -> Span | None:
    """A Period as a span; a date alone means its whole day, month or year, in the zone of `faults`.

    https://hl7.org/fhir/R4/datatypes.html#Period: the end is inclusive.
    """
    if value is None:
        return None
    if not is_object(value):
        faults.bad(place, "Period", owner)
        return Span(None, None)
    given = value
    faults.unknown(given, frozenset({"start", "end"}), place, owner)
    bounds: list[Span | None] = []
    for name in ("start", "end"):
        bound = moment(given[name], faults.zone) if name in given else None
        if name in given and bound is None:
            faults.bad(f"{place}.{name}", "dateTime", owner)
        bounds.append(bound)
    start, end = bounds
    if start and end and start.first is not None and end.last is not None and start.first > end.last:
        faults.bad(place, "start <= end", owner)
    text = (str(given.get("start", "")), str(given.get("end", "")))
    return Span(start.first if start else None, end.last if end else None, text)


def moment(value: Any, zone: tzinfo = UTC) -> Span | None:
    """The stretch of time that a date, dateTime or instant names, or None."""
    if not isinstance(value, str):
        return None
    try:
        found = parse_date_time(value)
        return Span(micros(found.earliest(zone)), micros(found.latest(zone)), (value, value))
    except (NotAPrimitive, OverflowError):
        return None
