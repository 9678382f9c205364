"""Mutants of examples: one rule of a profile's snapshot broken at a time, with the place where that must be told.

They are made from the snapshot alone, by other code than the validator's, from examples that meet their profile.
"""

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

__all__ = ["Mutant", "mutants"]

_PRIMITIVES = frozenset(
    [
        "boolean",
        "code",
        "date",
        "dateTime",
        "decimal",
        "id",
        "instant",
        "integer",
        "markdown",
        "positiveInt",
        "string",
        "unsignedInt",
        "uri",
        "url",
        "canonical",
        "oid",
        "uuid",
        "time",
        "base64Binary",
    ]
)
_NOT_TEXT = frozenset({"boolean", "decimal", "integer", "positiveInt", "unsignedInt"})
_WRONG = "http://mutant.invalid/no-such-value"


@dataclass(frozen=True, slots=True)
class Mutant:
    """A broken copy of an example: which rule of which element, and the places one of which a finding must name."""

    rule: str
    resource: dict[str, Any]
    places: tuple[str, ...]


@dataclass(slots=True)
class _Spot:
    """One value in an example: the steps to it, its FHIRPath, and the element it belongs to."""

    steps: tuple[str | int, ...]
    where: str
    value: Any
    parent: str


def mutants(example: dict[str, Any], snapshot: list[dict[str, Any]]) -> Iterator[Mutant]:
    """Every mutant of an example by the elements of a snapshot."""
    by_id = {element["id"]: element for element in snapshot}
    for element in snapshot[1:]:
        spots = _spots(example, element["id"], by_id)
        outside, optional = _membership(element["id"], by_id)
        for spot in spots[:1]:
            found = [
                *_dropped(example, element, spots, spot),
                *_repeated(example, element, spots, spot),
                *_changed(example, element, spot),
            ]
            for each in found:
                leaves = (
                    outside
                    and not each.rule.endswith("object")
                    and " max " not in each.rule
                    and " type " not in each.rule
                )
                if not (leaves and optional):
                    yield Mutant(
                        each.rule, each.resource, (*each.places, *_above(spot, outside)) if leaves else each.places
                    )
    yield Mutant("unknown element", {**copy.deepcopy(example), "notOfThisType": 1}, (example["resourceType"],))


def _membership(identity: str, by_id: dict[str, Any]) -> tuple[int, bool]:
    """How many levels up the slice stands that an entry leaves when this element changes (0: none), and if it may.

    An element at the path of a discriminator decides whether an entry belongs to a slice. Without it, the entry is no
    longer in the slice: an error only where the slice is needed, and then one of the element around.
    """
    segments = identity.split(".")
    for depth in range(len(segments) - 1, 0, -1):
        name, _, slice_name = segments[depth - 1].partition(":")
        if not slice_name:
            continue
        sliced = by_id.get(".".join([*segments[: depth - 1], name]), {})
        paths = [each.get("path", "") for each in sliced.get("slicing", {}).get("discriminator", [])]
        rest = ".".join(re.sub(r":.*|\[x\]", "", each) for each in segments[depth:])
        plain = [re.sub(r"\$this\.?|\.?(?:ofType|resolve|extension|as)\([^)]*\)", "", each) for each in paths]
        if any(not each or rest.startswith(each) or each.startswith(rest) for each in plain):
            needed = by_id[".".join(segments[:depth])].get("min", 0)
            return len(segments) - depth, not needed
    return 0, False


def _above(spot: "_Spot", levels: int) -> tuple[str, ...]:
    """The places around a spot, as far up as the element that holds the slice."""
    places: list[str] = []
    at = spot.where
    for _ in range(levels + 1):
        at = at.rpartition(".")[0]
        places.append(at)
    return tuple(places)


def _spots(example: dict[str, Any], identity: str, by_id: dict[str, Any]) -> list[_Spot]:
    """Where an element stands in an example; of a slice only what its own fixed values and patterns pick out."""
    first, *names = identity.split(".")
    spots = [_Spot((), first, example, "")]
    at = first
    for segment in names:
        at += "." + segment
        name, _, slice_name = segment.partition(":")
        spots = [below for spot in spots for below in _below(spot, name)]
        if slice_name:
            wanted = _picked_by(at, by_id)
            if not wanted:
                return []
            spots = [spot for spot in spots if all(_has(spot.value, path, value) for path, value in wanted)]
    return spots


def _below(spot: _Spot, name: str) -> Iterator[_Spot]:
    if not isinstance(spot.value, dict):
        return
    plain = name.removesuffix("[x]")
    for key, value in spot.value.items():
        typed = name.endswith("[x]") and key.startswith(plain) and key[len(plain) :][:1].isupper()
        if key != plain and not typed:
            continue
        where = f"{spot.where}.{plain}"
        if isinstance(value, list):
            for index, each in enumerate(value):
                yield _Spot((*spot.steps, key, index), f"{where}[{index}]", each, spot.where)
        else:
            yield _Spot((*spot.steps, key), where, value, spot.where)


def _picked_by(identity: str, by_id: dict[str, Any]) -> list[tuple[str, Any]]:
    """The fixed values and patterns right below a slice, and the URL of an extension's profile."""
    element = by_id[identity]
    found: list[tuple[str, Any]] = []
    for child, each in by_id.items():
        rest = child.removeprefix(identity + ".")
        if child != rest and "." not in rest and ":" not in rest and "[" not in rest:
            found += [(rest, value) for key, value in each.items() if key.startswith(("fixed", "pattern"))]
    profiles = [profile for declared in element.get("type", []) for profile in declared.get("profile", [])]
    if element["path"].endswith(("extension", "modifierExtension")) and profiles:
        found.append(("url", profiles[0].partition("|")[0]))
    return found


def _has(value: Any, name: str, wanted: Any) -> bool:
    return isinstance(value, dict) and _holds(value.get(name), wanted)


def _holds(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict):
        return isinstance(value, dict) and all(_holds(value.get(key), part) for key, part in wanted.items())
    if isinstance(wanted, list):
        return isinstance(value, list) and all(any(_holds(each, part) for each in value) for part in wanted)
    return value == wanted


def _dropped(example: dict[str, Any], element: dict[str, Any], spots: list[_Spot], spot: _Spot) -> Iterator[Mutant]:
    """Without an element that is needed: all its values go."""
    if not element.get("min") or element.get("max") == "0" or element["path"].endswith(".id"):
        return
    beside = [each for each in spots if each.parent == spot.parent]
    changed = copy.deepcopy(example)
    for each in sorted(beside, key=lambda each: str(each.steps[-1]).zfill(9), reverse=True):
        _remove(changed, each.steps)
    yield Mutant(f"{element['id']} min {element['min']}", changed, (spot.parent,))


def _remove(resource: dict[str, Any], steps: tuple[str | int, ...]) -> None:
    holder: Any = resource
    for step in steps[:-1]:
        holder = holder[step]
    del holder[steps[-1]]
    if isinstance(holder, list) and not holder:
        _remove(resource, steps[:-1])
    elif isinstance(holder, dict):
        holder.pop(f"_{steps[-1]}", None)


def _repeated(example: dict[str, Any], element: dict[str, Any], spots: list[_Spot], spot: _Spot) -> Iterator[Mutant]:
    """More of an element than there may be, where JSON has an array for it."""
    if element.get("max") in {"*", None, "0"} or not isinstance(spot.steps[-1], int):
        return
    most = int(element["max"])
    count = sum(each.parent == spot.parent for each in spots)
    changed = copy.deepcopy(example)
    holder: Any = changed
    for step in spot.steps[:-1]:
        holder = holder[step]
    for _ in range(most + 1 - count):
        copied = copy.deepcopy(spot.value)
        holder.append(copied)
    list_place = spot.where.rpartition("[")[0]
    yield Mutant(f"{element['id']} max {most}", changed, (spot.parent, list_place))


def _changed(example: dict[str, Any], element: dict[str, Any], spot: _Spot) -> Iterator[Mutant]:
    """Another value than the fixed one, a code that the binding does not have, a JSON value of another type."""
    codes = {declared.get("code", "") for declared in element.get("type", [])}
    near = (spot.where, spot.parent, spot.parent.rpartition(".")[0])
    constant = next((value for key, value in element.items() if key.startswith(("fixed", "pattern"))), None)
    if constant is not None:
        yield Mutant(f"{element['id']} constant", _with(example, spot, _other(spot.value, constant)), near)
    binding = element.get("binding", {})
    if binding.get("strength") == "required" and isinstance(spot.value, str) and codes == {"code"}:
        yield Mutant(f"{element['id']} binding", _with(example, spot, "no-such-code"), near)
    if len(codes) == 1 and (code := codes.pop()) in _PRIMITIVES:
        wrong = "text" if code in _NOT_TEXT else 7
        yield Mutant(f"{element['id']} type {code}", _with(example, spot, wrong), near)
    elif isinstance(spot.value, dict):
        yield Mutant(f"{element['id']} type object", _with(example, spot, "text"), near)


def _other(value: Any, constant: Any) -> Any:
    """A value that lacks what a constant asks for."""
    if isinstance(constant, dict):
        changed = copy.deepcopy(value)
        for key, part in constant.items():
            if not isinstance(value, dict) or key not in value:
                return {"extension": [{"url": _WRONG, "valueString": "mutant"}]}
            changed[key] = _other(value[key], part)
        return changed
    if isinstance(constant, list):
        return [_other(each, constant[0]) for each in value] if isinstance(value, list) else value
    if isinstance(constant, bool):
        return not constant
    if isinstance(constant, str):
        return _WRONG if "/" in constant or ":" in constant else "mutant"
    return constant + 1


def _with(example: dict[str, Any], spot: _Spot, value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(example)
    holder: Any = changed
    for step in spot.steps[:-1]:
        holder = holder[step]
    holder[spot.steps[-1]] = value
    return changed
