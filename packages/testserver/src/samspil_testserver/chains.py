"""Searches through references: chained parameters, and `_has` for the other way.

https://hl7.org/fhir/R4/search.html#chaining, https://hl7.org/fhir/R4/search.html#has
"""

from collections.abc import Callable, Iterator
from typing import Any

from .findings import MODIFIER, NOT_SUPPORTED
from .parameters import known, knows_modifier, matches, references_of
from .refused import Refused
from .store import Store
from .types import TYPES

__all__ = ["test_of"]

Json = dict[str, Any]
Test = Callable[[Json], bool]


def test_of(store: Store, kind: str, name: str, value: str) -> Test:
    """What tells whether a resource of a type, or of any, fits `name=value`. Raises `Refused` where that means nothing."""
    if name.startswith("_has:"):
        return _has(store, name, value)
    if "." in name:
        return _chain(store, kind, name, value)
    plain, _, modifier = name.partition(":")
    there = known(kind or "Resource", plain)
    if not there:
        raise Refused(NOT_SUPPORTED.at(what=f"the parameter {_safe(name)}"), 400)
    if not all(knows_modifier(each.type, modifier) for each in there):
        raise Refused(MODIFIER.at(), 400)
    return lambda resource: matches(resource, name, value)


def _chain(store: Store, kind: str, name: str, value: str) -> Test:
    """`subject:Patient.family=...`: what the reference leads to fits the rest; without a type, any type that knows the rest."""
    reference, _, rest = name.partition(".")
    plain, _, target = reference.partition(":")
    if not any(each.type == "reference" for each in known(kind or "Resource", plain)) or (
        target and target not in TYPES
    ):
        raise Refused(NOT_SUPPORTED.at(what=f"the parameter {_safe(name)}"), 400)
    tests = dict(_each(store, [target] if target else sorted(TYPES), rest, value))
    if not tests:
        raise Refused(NOT_SUPPORTED.at(what=f"the parameter {_safe(name)}"), 400)

    def fits(resource: Json) -> bool:
        for found in references_of(resource, str(resource["resourceType"]), plain):
            led = _there(store, found)
            if led is not None and led["resourceType"] in tests and tests[led["resourceType"]](led):
                return True
        return False

    return fits


def _each(store: Store, kinds: list[str], name: str, value: str) -> Iterator[tuple[str, Test]]:
    """The test of each type that knows a parameter."""
    for kind in kinds:
        try:
            yield kind, test_of(store, kind, name, value)
        except Refused:
            continue


def _has(store: Store, name: str, value: str) -> Test:
    """`_has:Observation:subject:code=...`: one of those that refer to it so fits the rest."""
    _, kind, parameter, rest = [*name.split(":", 3), "", "", ""][:4]
    if kind not in TYPES or not rest or not any(each.type == "reference" for each in known(kind, parameter)):
        raise Refused(NOT_SUPPORTED.at(what=f"the parameter {_safe(name)}"), 400)
    fits = test_of(store, kind, rest, value)
    found = {
        reference for each in store.current(kind) if fits(each) for reference in references_of(each, kind, parameter)
    }
    return lambda resource: f"{resource['resourceType']}/{resource['id']}" in found


def _there(store: Store, reference: str) -> Json | None:
    kind, _, identifier = reference.partition("/")
    newest = store.newest(kind, identifier)
    return newest.resource if newest else None


def _safe(name: str) -> str:
    return name if name.replace(":", "").replace("-", "").replace("_", "").replace(".", "").isalnum() else "?"
