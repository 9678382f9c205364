"""Whether an item belongs to a slice: the criteria of `samspil_validation.plan.discriminators` as functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from samspil_validation.context import IN, UNKNOWN

from .bindings import codings_of
from .constants import holds, same

if TYPE_CHECKING:
    from samspil_validation.run import Run
    from samspil_validation.schema import Schema

    from .profiles import Item

__all__ = ["Matcher", "compile_matcher"]

Matcher = Callable[["Item", int, "Run"], "bool | None"]
"""`matches(item, position, run)`: yes, no, or None where it cannot be decided."""

_Value = tuple[Any, str]
"""A value on the way to a discriminator, and its type where that is known."""


def compile_matcher(criteria: list[Any], index: int, schema: Schema) -> Matcher:
    """The matcher of a slice that has these criteria, all of which must be met.

    A discriminator of which the slice says nothing does not count, unless there is no other.
    """
    tests = [_criterion(each, index, schema) for each in criteria if each is not None]
    if not tests:
        return lambda _item, _position, _run: None

    def matches(item: Item, position: int, run: Run) -> bool | None:
        answer: bool | None = True
        for test in tests:
            met = test(item, position, run)
            if met is False:
                return False
            if met is None:
                answer = None
        return answer

    return matches


def _criterion(criterion: Any, index: int, schema: Schema) -> Matcher:
    if len(criterion) == 2 and criterion[0] == "types":  # noqa: PLR2004  the short form of a choice
        codes = frozenset(criterion[1])
        return lambda item, _position, _run: item.code in codes
    steps, test = criterion
    if test[0] == "position":
        return lambda _item, position, _run: position == index
    if test[0] == "exists":
        wanted = test[1]
        return lambda item, _position, run: _exists(item, steps, run) == wanted
    meets = _test(test, schema)

    def matches(item: Item, _position: int, run: Run) -> bool | None:
        answer: bool | None = False
        for value, code in _walk([(item.value, item.code)], item, steps, run):
            met = meets(value, code, run)
            if met:
                return True
            if met is None:
                answer = None
        return answer

    return matches


def _exists(item: Item, steps: list[Any], run: Run) -> bool:
    if not steps:
        return True
    found = any(value is not None for value, _ in _walk([(item.value, item.code)], item, steps, run))
    last = steps[-1]
    if found or last[0] not in {"f", "x"}:
        return found
    names = [last[1]] if last[0] == "f" else list(last[1])
    above = _walk([(item.value, item.code)], item, steps[:-1], run)
    return any(value.__class__ is dict and any("_" + name in value for name in names) for value, _ in above)


def _walk(values: list[_Value], item: Item, steps: list[Any], run: Run) -> list[_Value]:
    """The values that steps lead to."""
    if not steps and item.value is None:
        return []
    for step in steps:
        values = [each for value, code in values for each in _step(step, value, code, run)]
        if not values:
            return values
    return values


def _step(step: list[Any], value: Any, code: str, run: Run) -> list[_Value]:  # noqa: PLR0911  one return a step
    if value.__class__ is not dict:
        if step[0] == "of":
            return [(value, code)] if code == step[1] else []
        return []
    match step[0]:
        case "f":
            return _each(value.get(step[1]), "")
        case "x":
            return [each for key, code in step[1].items() if key in value for each in _each(value[key], code)]
        case "ext":
            extensions = value.get("extension")
            found: list[Any] = extensions if extensions.__class__ is list else []
            return [(each, "Extension") for each in found if each.__class__ is dict and each.get("url") == step[1]]
        case "resolve":
            reference: Any = value.get("reference") if "resourceType" not in value else None
            target = run.target(reference) if reference.__class__ is str else None
            return [(target.resource, str(target.resource.get("resourceType", "")))] if target else _typed(value, run)
        case _:
            found_type = value.get("resourceType") or code
            return [(value, code)] if found_type == step[1] or code == step[1] or not found_type else []


def _typed(reference: dict[str, Any], run: Run) -> list[_Value]:
    """A reference that leads outside still tells its type: enough for a discriminator by type."""
    from .references import BASE, type_in

    text: Any = reference.get("reference")
    said: Any = reference.get("type")
    name = type_in(text, run.schema.resource_types) if text.__class__ is str else ""
    if not name and said.__class__ is str:
        name = said.removeprefix(BASE)
    return [({"resourceType": name}, name)] if name else []


def _each(value: Any, code: str) -> list[_Value]:
    if value is None:
        return []
    return [(each, code) for each in value if each is not None] if value.__class__ is list else [(value, code)]


def _test(test: list[Any], schema: Schema) -> Callable[[Any, str, Run], bool | None]:  # noqa: PLR0911  one return a test
    kind, wanted = test
    match kind:
        case "fixed":
            return lambda value, _code, _run: same(value, wanted)
        case "pattern":
            return lambda value, _code, _run: holds(value, wanted)
        case "types":
            codes = frozenset(wanted)
            return lambda value, code, _run: _is_of(value, code, codes)
        case "profiles":
            return lambda value, _code, run: _conforms(value, wanted, run)
        case "in":
            return lambda value, code, _run: _is_in(value, code, wanted, schema)
        case "any":
            tests = [_test(each, schema) for each in wanted]
            return lambda value, code, run: _any(value, code, tests, run)
        case "all":
            parts = [(steps, _test(inner, schema)) for steps, inner in wanted]
            return lambda value, _code, run: _all(value, parts, run)
        case _:
            return lambda _value, _code, _run: None


def _any(value: Any, code: str, tests: list[Any], run: Run) -> bool | None:
    met = [test(value, code, run) for test in tests]
    return True if True in met else None if None in met else False


def _is_of(value: Any, code: str, codes: frozenset[str]) -> bool:
    name = value.get("resourceType") if value.__class__ is dict else None
    return (name or code) in codes or bool(name and codes & {"Resource", "DomainResource"})


def _conforms(value: Any, profiles: list[str], run: Run) -> bool | None:
    answer: bool | None = False
    for profile in profiles:
        met = run.meets(value, profile)
        if met:
            return True
        if met is None:
            answer = None
    return answer


def _is_in(value: Any, code: str, value_set: str, schema: Schema) -> bool | None:
    terminology = schema.terminology
    if value.__class__ is str:
        memberships = [terminology.ask_plain(value, value_set).membership]
    else:
        kind = code or ("CodeableConcept" if "coding" in value else "Coding")
        memberships = [terminology.ask(system, each, value_set).membership for system, each in codings_of(value, kind)]
    if IN in memberships:
        return True
    return None if UNKNOWN in memberships else False


def _all(value: Any, parts: list[Any], run: Run) -> bool | None:
    answer: bool | None = True
    for steps, meets in parts:
        values = [(value, "")]
        for step in steps:
            values = [each for inner, code in values for each in _step(step, inner, code, run)]
        met = [meets(inner, code, run) for inner, code in values]
        if True not in met:
            if None not in met:
                return False
            answer = None
    return answer
