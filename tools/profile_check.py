"""A small profile checker: cardinalities, slices by value, patterns, required bindings, and invariants given as functions.

It reads snapshots, or differentials over a base that has no rule of its own for the elements named. The real validator is
another package; this one keeps the tests of the audit package free of it.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Json = dict[str, Any]
Invariant = Callable[[Json, Json], bool]


@dataclass
class Profiles:
    """StructureDefinitions and value sets by URL; `invariants` by key take the element's value and the resource."""

    structures: Mapping[str, Json]
    codes: Mapping[str, set[tuple[str, str]]]
    invariants: Mapping[str, Invariant] = field(default_factory=dict)

    def check(self, resource: Json, url: str) -> list[str]:
        """What is wrong with a resource under a profile; empty when nothing is."""
        structure = self.structures[url]
        elements = structure.get("snapshot", structure["differential"])["element"]
        return list(_check(self, resource, resource, elements, elements[0]["id"]))


def load(*folders: Path, invariants: Mapping[str, Invariant]) -> Profiles:
    """The profiles, code systems and value sets of the JSON files in the folders."""
    resources = [
        json.loads(path.read_text(encoding="utf-8")) for folder in folders for path in sorted(folder.glob("*.json"))
    ]
    systems = {
        r["url"]: {c["code"] for c in r.get("concept", ())} for r in resources if r["resourceType"] == "CodeSystem"
    }
    codes = {r["url"]: set(_codes(r, systems)) for r in resources if r["resourceType"] == "ValueSet"}
    structures = {r["url"]: r for r in resources if r["resourceType"] == "StructureDefinition"}
    return Profiles(structures, codes, invariants)


def _codes(value_set: Json, systems: Mapping[str, set[str]]) -> Iterator[tuple[str, str]]:
    for include in value_set.get("compose", {}).get("include", ()):
        named = [concept["code"] for concept in include.get("concept", ())] or systems.get(include["system"], ())
        yield from ((include["system"], code) for code in named)


def _check(profiles: Profiles, resource: Json, value: Any, elements: list[Json], at: str) -> Iterator[str]:
    """Check the value of one element against its own rules and those of its children."""
    own = next(element for element in elements if element["id"] == at)
    yield from _own(profiles, resource, value, own)
    children = [element for element in elements if re.fullmatch(re.escape(at) + r"\.[^.:]+", element["id"])]
    for child in children:
        name = child["id"].rpartition(".")[2]
        found = _values(value, name)
        yield from _count(child, len(found), child["id"])
        slices = [e for e in elements if re.fullmatch(re.escape(child["id"]) + r":[^.]+", e["id"])]
        sliced: set[int] = set()
        for one in slices:
            mine = [n for n, each in enumerate(found) if _in_slice(profiles, each, elements, child, one)]
            sliced.update(mine)
            yield from _count(one, len(mine), one["id"])
            for n in mine:
                yield from _check(profiles, resource, found[n], elements, one["id"])
        if child.get("slicing", {}).get("rules") == "closed" and len(sliced) < len(found):
            yield f"{child['id']}: a value fits no slice, and the slicing is closed"
        for n, each in enumerate(found):
            if n not in sliced:
                yield from _check(profiles, resource, each, elements, child["id"])


def _count(element: Json, count: int, where: str) -> Iterator[str]:
    if count < element.get("min", 0):
        yield f"{where}: min {element['min']}, there are {count}"
    most = element.get("max", "*")
    if most != "*" and count > int(most):
        yield f"{where}: max {most}, there are {count}"


def _own(profiles: Profiles, resource: Json, value: Any, element: Json) -> Iterator[str]:
    for name, wanted in element.items():
        if name.startswith(("pattern", "fixed")) and not _fits(value, wanted):
            yield f"{element['id']}: must be {json.dumps(wanted)}"
    binding = element.get("binding", {})
    allowed = profiles.codes.get(binding.get("valueSet", "").partition("|")[0])
    if binding.get("strength") == "required" and allowed and not _bound(value, allowed):
        yield f"{element['id']}: no code of {binding['valueSet']}"
    for constraint in element.get("constraint", ()):
        rule = profiles.invariants.get(constraint["key"])
        if rule and not rule(value, resource):
            yield f"{element['id']}: {constraint['key']}"


def _in_slice(profiles: Profiles, value: Any, elements: list[Json], sliced: Json, one: Json) -> bool:
    for discriminator in sliced.get("slicing", {}).get("discriminator", ()):
        path = re.sub(r"(\w+)\.ofType\(\w+\)", r"\1[x]", discriminator["path"])
        told = one["id"] if path == "$this" else f"{one['id']}.{path}"
        rule = next((element for element in elements if element["id"] == told), None)
        if rule is None:
            continue
        found = [value]
        for step in [] if path == "$this" else path.split("."):
            found = [each for one_value in found for each in _values(one_value, step)]
        if not found or any(True for each in found for _ in _own(profiles, {}, each, {**rule, "constraint": []})):
            return False
    return True


def _values(value: Any, name: str) -> list[Any]:
    if not isinstance(value, dict):
        return []
    if name.endswith("[x]"):
        found = [member for key, member in value.items() if key.startswith(name[:-3])]
        return found[:1]
    found = value.get(name)
    return [] if found is None else found if isinstance(found, list) else [found]


def _fits(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict):
        return isinstance(value, dict) and all(
            name in value and _fits(value[name], each) for name, each in wanted.items()
        )
    if isinstance(wanted, list):
        return isinstance(value, list) and all(any(_fits(one, each) for one in value) for each in wanted)
    return value == wanted


def _bound(value: Any, allowed: set[tuple[str, str]]) -> bool:
    codings = value.get("coding", [value]) if isinstance(value, dict) else [{"code": value}]
    if isinstance(value, dict):
        return any((coding.get("system"), coding.get("code")) in allowed for coding in codings)
    return any(code == value for _, code in allowed)
