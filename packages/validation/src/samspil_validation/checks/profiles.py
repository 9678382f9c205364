"""The check of a profile: only what it asks beyond its base type (`samspil_validation.plan.profiles`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from samspil_validation import findings as f
from samspil_validation.place import ChoiceKey

from .bindings import binding_check
from .constants import constant_check
from .invariants import context_of, invariant
from .limits import limit_checks
from .primitives import PRIMITIVES
from .slicing import compile_slicing
from .sparing import keys_by_name
from .targets import one_of, profiled_target_check

if TYPE_CHECKING:
    from samspil_validation.run import Run
    from samspil_validation.schema import Schema

    from .base import Check

__all__ = ["Item", "ItemsCheck", "compile_element", "compile_profile", "fetcher"]


class Item(NamedTuple):
    """One value of an element: the `_` sibling of a primitive, its place, its type and its key."""

    value: Any
    sibling: Any
    place: Any
    code: str


ItemsCheck = Callable[["list[Item]", Any, "Run"], None]
"""`check(items, place, run)`: the check of all values of one element of the node at `place`."""


def compile_profile(plan: dict[str, Any], schema: Schema) -> Check:
    """The check of a value or resource against a profile, beyond its type."""
    url, type_name = str(plan["url"]), str(plan["type"])
    checks = [*_constants(plan, type_name, url)]
    base = schema.type_plan(type_name) if plan["k"] else None
    keys = keys_by_name(base["c"]) if base else {}
    checks += [invariant(each, type_name, url, schema, keys).check for each in plan["k"]]
    children = _children(plan["c"], type_name, url, schema)
    checks += [children] if children else []
    is_resource = type_name in schema.resource_types

    def check(value: Any, place: Any, run: Run) -> None:
        if value.__class__ is not dict:
            return
        if is_resource and value.get("resourceType") != type_name:
            run.find(f.PROFILE_WRONG_TYPE, place, url, profile=url, type=type_name)
            return
        for each in checks:
            each(value, place, run)

    return check


def _constants(plan: dict[str, Any], name: str, url: str) -> list[Check]:
    return [constant_check(part, plan[part], name, url) for part in ("f", "p") if part in plan]


def _children(plans: Sequence[dict[str, Any]], path: str, url: str, schema: Schema) -> Check | None:
    made = [
        (fetcher(plan["keys"], plan["n"]), compile_element(plan, f"{path}.{plan['n']}", url, schema)) for plan in plans
    ]
    if not made:
        return None

    def check(value: Any, place: Any, run: Run) -> None:
        if value.__class__ is dict:
            for fetch, each in made:
                each(fetch(value, place), place, run)

    return check


def fetcher(keys: dict[str, str], name: str) -> Callable[[dict[str, Any], Any], list[Item]]:
    """What gives the values of an element, by the keys it may have and their types."""
    keys = {key if key == name else ChoiceKey(key, name): code for key, code in keys.items()}
    if len(keys) == 1:
        key, code = next(iter(keys.items()))
        if code in PRIMITIVES:
            return lambda node, place: _primitive_items(node, key, code, place)
        return lambda node, place: _items(node, key, code, place)
    pairs = {str(key): (key, code, _primitive_items if code in PRIMITIVES else _items) for key, code in keys.items()}
    shadows = {"_" + key: pair for key, pair in pairs.items() if pair[2] is _primitive_items}
    present = pairs.keys() | shadows.keys()

    def fetch(node: dict[str, Any], place: Any) -> list[Item]:
        given = node.keys() & present
        if not given:
            return []
        found: list[Item] = []
        for pair in dict.fromkeys(pairs.get(each) or shadows[each] for each in node if each in given):
            key, code, items = pair
            found += items(node, key, code, place)
        return found

    return fetch


def _items(node: dict[str, Any], key: str, code: str, place: Any) -> list[Item]:
    value = node.get(key)
    if value is None:
        return []
    if value.__class__ is not list:
        return [Item(value, None, (place, key, -1), code)]
    return [Item(each, None, (place, key, index), code) for index, each in enumerate(value)]


def _primitive_items(node: dict[str, Any], key: str, code: str, place: Any) -> list[Item]:
    value: Any = node.get(key)
    sibling: Any = node.get("_" + key)
    if sibling is None:
        return _items(node, key, code, place)
    if value.__class__ is not list and sibling.__class__ is not list:
        return [Item(value, sibling, (place, key, -1), code)]
    values: list[Any] = value if value.__class__ is list else []
    siblings: list[Any] = sibling if sibling.__class__ is list else []
    return [
        Item(
            values[index] if index < len(values) else None,
            siblings[index] if index < len(siblings) else None,
            (place, key, index),
            code,
        )
        for index in range(max(len(values), len(siblings)))
    ]


def compile_element(plan: dict[str, Any], path: str, url: str, schema: Schema) -> ItemsCheck:
    """The check of an element's values: how many, of what type, what each is, which slice each belongs to."""
    name = plan["n"]
    least, most = plan.get("min", 0), plan.get("max")
    slice_name = plan.get("sn", "")
    one = _item_check(plan, path, url, schema)
    slicing = compile_slicing(plan, path, url, schema) if "s" in plan else None
    missing, many = (f.SLICE_MISSING, f.SLICE_TOO_MANY) if slice_name else (f.MISSING, f.TOO_MANY)

    def check(items: list[Item], place: Any, run: Run) -> None:
        count = len(items)
        if count < least:
            run.find(missing, place, url, element=name, slice=slice_name, minimum=least, count=count)
        if most is not None and count > most:
            run.find(many, place, url, element=name, slice=slice_name, maximum=most, count=count)
        if one is not None:
            for item in items:
                one(item, run)
        if slicing is not None:
            slicing(items, place, run)

    return check


def _item_check(plan: dict[str, Any], path: str, url: str, schema: Schema) -> Callable[[Item, Run], None] | None:
    allowed = frozenset(plan["t"]) if "t" in plan else None
    by_code = {code: _checks(plan, code, url, schema) for code in plan["keys"].values()}
    general = _checks(plan, "", url, schema)
    rules = _rules_check(plan, path, url, schema) if plan.get("k") else None
    children = _children(plan.get("c", ()), path, url, schema)
    without = _without_value(plan, url)
    if not (allowed or general or rules or children or without or any(by_code.values())):
        return None

    def check(item: Item, run: Run) -> None:
        value, sibling, place, code = item
        if allowed is not None and (found := _type_of(value, code)) and found not in allowed:
            run.find(f.TYPE_NOT_ALLOWED, place, url, found=found, allowed=", ".join(sorted(allowed)))
            return
        if rules is not None:
            rules(item, run)
        if value is None:
            for each in without:
                each(sibling, place, run)
        else:
            for each in by_code.get(code, general):
                each(value, place, run)
        if children is not None and (value is not None or sibling.__class__ is dict):
            children(value if value.__class__ is dict else sibling or {}, place, run)

    return check


def _rules_check(plan: dict[str, Any], path: str, url: str, schema: Schema) -> Callable[[Item, Run], None]:
    """The invariants of an element; those of a primitive may ask of its id and extensions, with or without a value."""
    by_code = {code: _invariants(plan, code, path, url, schema) for code in plan["keys"].values()}
    general = _invariants(plan, "", path, url, schema)

    def check(item: Item, run: Run) -> None:
        value, sibling, place, code = item
        if sibling.__class__ is dict:
            value = _primitive(value, sibling, code)
        elif value is None:
            return
        for each in by_code.get(code, general):
            each(value, place, run)

    return check


def _primitive(value: Any, sibling: Any, code: str) -> Any:
    """A primitive with its id and extensions, of which an invariant may ask as well."""
    from samspil_fhirpath.expression import Primitive

    return Primitive(value, sibling, code)


def _invariants(plan: dict[str, Any], code: str, path: str, url: str, schema: Schema) -> list[Check]:
    return [invariant(each, context_of(code, path), url, schema).check for each in plan.get("k", ())]


def _without_value(plan: dict[str, Any], url: str) -> list[Check]:
    """The checks of what stands beside a primitive that has no value."""
    alternatives = frozenset[str](plan.get("va", ()))

    def must_have(_sibling: Any, place: Any, run: Run) -> None:
        run.find(f.MISSING, place, url, element="value", minimum=1, count=0)

    def stand_in(sibling: Any, place: Any, run: Run) -> None:
        if alternatives.isdisjoint(_extensions(sibling)):
            run.find(f.NOT_THE_ALTERNATIVE, place, url, allowed=", ".join(sorted(alternatives)))

    return [*([must_have] if plan.get("mv") else []), *([stand_in] if alternatives else [])]


def _extensions(sibling: Any) -> set[str]:
    """The URLs of the extensions beside a value."""
    listed: Any = sibling.get("extension") if sibling.__class__ is dict else None
    entries: list[Any] = listed if listed.__class__ is list else []
    return {str(each.get("url")) for each in entries if each.__class__ is dict}


def _type_of(value: Any, code: str) -> str:
    if value.__class__ is dict and "resourceType" in value:
        return str(value["resourceType"])
    return "" if code in {"", "Resource"} else code


def _checks(plan: dict[str, Any], code: str, url: str, schema: Schema) -> list[Check]:
    """The checks of one value of this type."""
    made = _constants(plan, plan["n"], url)
    if "b" in plan:
        made.extend(binding_check(plan["b"], code, url, schema))
    made.extend(limit_checks(plan, url))
    profiles = plan.get("tp", {})
    wanted = (
        profiles.get(code) or [each for urls in profiles.values() for each in urls]
        if code in {"", "Resource"}
        else profiles.get(code)
    )
    if wanted:
        made.extend(schema.type_profile_check(code, wanted, url))
    references = [
        profiled_target_check(targets, aggregation, versioning, url, schema, inside=kind != "Reference")
        for kind, targets, aggregation, versioning in plan.get("rt", ())
        if kind in {code, ""} and kind != "canonical"
    ]
    made.extend(references if len(references) < 2 else [one_of(references)])  # noqa: PLR2004  several are alternatives
    return made
