"""Two snapshots side by side: what a validator reads of each element, and where the two say different things.

Texts, mappings and examples are left out. A canonical with a version equals one without: publishing tools add the versions
they found to what is inherited, a generator leaves it as the base has it.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

__all__ = ["differences"]

Element = dict[str, Any]
_VALUES = ("fixed", "pattern", "minValue", "maxValue", "maxLength", "minLength")


def differences(expected: Iterable[Element], found: Iterable[Element]) -> Iterator[str]:
    """Each difference in a few words: the element, what of it, what was expected and found."""
    wanted = {_id(each): _view(each) for each in expected}
    made = {_id(each): _view(each) for each in found}
    for name in wanted.keys() - made.keys():
        yield f"missing {name}"
    for name in made.keys() - wanted.keys():
        yield f"extra {name}"
    for name in wanted.keys() & made.keys():
        for key in sorted(wanted[name].keys() | made[name].keys()):
            one, other = wanted[name].get(key), made[name].get(key)
            if one != other:
                yield f"{key} of {name}: {one}, found {other}"
    if list(wanted) != list(made) and wanted.keys() == made.keys():
        yield "order of elements"


def _id(element: Element) -> str:
    return str(element.get("id", element["path"]))


def _view(element: Element) -> dict[str, Any]:
    base, binding = element.get("base", {}), element.get("binding", {})
    view: dict[str, Any] = {
        "path": element["path"],
        "min": element.get("min"),
        "max": element.get("max"),
        "type": sorted(_type(each) for each in element.get("type", [])),
        "slice name": element.get("sliceName"),
        "slicing": _slicing(element.get("slicing")),
        "binding": (binding.get("strength"), _plain(binding.get("valueSet"))),
        "constraints": sorted(each["key"] for each in element.get("constraint", [])),
        "contentReference": str(element.get("contentReference", "")).rpartition("#")[2],
        "mustSupport": element.get("mustSupport", False),
        "isModifier": element.get("isModifier", False),
        "base": (base.get("path"), base.get("min"), base.get("max")),
    }
    values = {key: value for key, value in element.items() if key.startswith(_VALUES)}
    return view | {key: json.dumps(value, sort_keys=True, default=str) for key, value in values.items()}


def _type(each: Element) -> str:
    profiles = sorted(map(_plain, each.get("profile", [])))
    targets = sorted(map(_plain, each.get("targetProfile", [])))
    return f"{each.get('code', '')}{profiles or ''}{targets or ''}{sorted(each.get('aggregation', [])) or ''}"


def _slicing(slicing: Element | None) -> tuple[Any, ...] | None:
    if slicing is None:
        return None
    discriminators = sorted(f"{each['type']}:{each['path']}" for each in slicing.get("discriminator", []))
    return discriminators, slicing.get("rules"), slicing.get("ordered", False)


def _plain(canonical: object) -> str:
    return str(canonical or "").partition("|")[0]
