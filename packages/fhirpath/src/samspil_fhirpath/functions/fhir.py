"""Trees, utilities, and the functions FHIR adds.

https://hl7.org/fhir/R4/fhirpath.html#functions
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from samspil_fhirpath import quantities
from samspil_fhirpath.boundaries import high_boundary, low_boundary, precision
from samspil_fhirpath.collections import integer, one, string, value
from samspil_fhirpath.environment import Run, Scope
from samspil_fhirpath.equality import as_quantity
from samspil_fhirpath.errors import evaluation, not_available
from samspil_fhirpath.navigation import child, children, descendants
from samspil_fhirpath.output import json_value
from samspil_fhirpath.references import resolve
from samspil_fhirpath.shapes import is_object
from samspil_fhirpath.temporal import TemporalKind, from_datetime
from samspil_fhirpath.values import Node, type_of

from .registry import Expression, Items, lambdas, values


@values("children")
def _children(scope: Scope, items: Items) -> Items:
    return [each for item in items if isinstance(item, Node) for each in children(item, scope.run.model)]


@values("descendants")
def _descendants(scope: Scope, items: Items) -> Items:
    run = scope.run
    if len(items) != 1 or type(items[0]) is not Node or not is_object(items[0].value):
        return descendants(items, run.model)
    value = items[0].value
    known = run.trees.get(id(value))
    if known is None:
        known = run.trees[id(value)] = (value, descendants(items, run.model))
    return known[1]


@lambdas("trace", 1, 2)
def _trace(scope: Scope, items: Items, name: Expression, projection: Expression | None = None) -> Items:
    told = string(name(scope), "trace()") or ""
    sink = scope.run.environment.trace
    if sink:
        shown = (
            items if projection is None else [e for at, i in enumerate(items) for e in projection(scope.item(i, at))]
        )
        sink(told, [json_value(each) for each in shown])
    return items


def moment(run: Run) -> datetime:
    """The moment of now(): the environment's, else the machine's clock, read once an evaluation."""
    if run.moment is None:
        run.moment = datetime.now(run.environment.timezone or UTC)
    return run.moment


def _clock(name: str, kind: TemporalKind) -> None:
    def body(scope: Scope, _items: Items) -> Items:
        return [from_datetime(kind, moment(scope.run))]

    values(name)(body)


_clock("now", "DateTime")
_clock("today", "Date")
_clock("timeOfDay", "Time")


@values("type")
def _type(scope: Scope, items: Items) -> Items:
    return [type_of(item, scope.run.model) for item in items]


@values("hasValue")
def _has_value(_scope: Scope, items: Items) -> Items:
    return [len(items) == 1 and _valued(items[0])]


def _valued(item: Any) -> bool:
    return not isinstance(item, Node) or (item.value is not None and not isinstance(item.value, (dict, list)))


@values("getValue")
def _get_value(_scope: Scope, items: Items) -> Items:
    return [value(items, "getValue()")] if len(items) == 1 and _valued(items[0]) else []


@values("extension", 1)
def _extension(scope: Scope, items: Items, url: Items) -> Items:
    wanted, model = string(url, "extension()"), scope.run.model
    found = (each for item in items if isinstance(item, Node) for each in child(item, "extension", model))
    return [each for each in found if is_object(each.value) and each.value.get("url") == wanted]


@values("resolve")
def _resolve(scope: Scope, items: Items) -> Items:
    return [found for item in items if (found := resolve(item, scope.run)) is not None]


@values("conformsTo", 1)
def _conforms_to(scope: Scope, items: Items, profile: Items) -> Items:
    item, url = one(items, "conformsTo()"), string(profile, "conformsTo()")
    if item is None or url is None:
        return []
    run = scope.run
    base, _, name = url.partition("|")[0].rpartition("/")
    if run.environment.conforms_to:
        known = run.environment.conforms_to(json_value(item), url)
        if known is not None:
            return [known]
    if base == "http://hl7.org/fhir/StructureDefinition" and name in run.model:
        return [isinstance(item, Node) and run.model.is_a(item.type, name)]
    raise not_available("conformsTo() names a profile that is not known here")


@values("checkModifiers", 0, 99)
def _check_modifiers(scope: Scope, items: Items, *allowed: Items) -> Items:
    urls = {string(each, "checkModifiers()") for each in allowed}
    for item in items:
        for each in child(item, "modifierExtension", scope.run.model) if isinstance(item, Node) else []:
            if not is_object(each.value) or each.value.get("url") not in urls:
                raise evaluation("checkModifiers() found a modifier extension that is not named")
    return items


@values("hasTemplateIdOf", 1)
def _has_template_id_of(scope: Scope, items: Items, profile: Items) -> Items:
    """Whether an element of a CDA document names the template of that profile."""
    url, model = string(profile, "hasTemplateIdOf()"), scope.run.model
    if url is None:
        return []
    ids = [each for item in items if isinstance(item, Node) for each in child(item, "templateId", model)]
    check = scope.run.environment.conforms_to
    return [bool(ids) and check is not None and any(check(json_value(item), url) for item in items)]


@values("lowBoundary", 0, 1)
def _low(_scope: Scope, items: Items, places: Items | None = None) -> Items:
    return _boundary(items, places, "lowBoundary()", low_boundary)


@values("highBoundary", 0, 1)
def _high(_scope: Scope, items: Items, places: Items | None = None) -> Items:
    return _boundary(items, places, "highBoundary()", high_boundary)


def _boundary(items: Items, places: Items | None, what: str, work: Any) -> Items:
    found = value(items, what)
    digits = None if places is None else integer(places, what)
    if found is None or (places is not None and digits is None):
        return []
    made = work(found, digits)
    return [] if made is None else [made]


@values("precision")
def _precision(_scope: Scope, items: Items) -> Items:
    found = value(items, "precision()")
    made = None if found is None else precision(found)
    return [] if made is None else [made]


@values("comparable", 1)
def _comparable(_scope: Scope, items: Items, other: Items) -> Items:
    left, right = as_quantity(value(items, "comparable()")), as_quantity(value(other, "comparable()"))
    if left is None or right is None:
        return []
    return [quantities.comparable(left, right)]


@values("elementDefinition")
def _element_definition(_scope: Scope, _items: Items) -> Items:
    raise not_available("elementDefinition() needs the definitions, which this engine does not carry")


@values("slice", 2)
def _slice(_scope: Scope, _items: Items, _structure: Items, _name: Items) -> Items:
    raise not_available("slice() needs the definitions, which this engine does not carry")


_PARTS: dict[str, tuple[TemporalKind, int]] = {
    "yearOf": ("Date", 0), "monthOf": ("Date", 1), "dayOf": ("Date", 2),
    "hourOf": ("DateTime", 3), "minuteOf": ("DateTime", 4), "secondOf": ("DateTime", 5), "millisecondOf": ("DateTime", 5),
}  # fmt: skip


def _part(name: str, at: int) -> None:
    def body(_scope: Scope, items: Items) -> Items:
        found = value(items, f"{name}()")
        parts = getattr(found, "parts", None)
        if found is None:
            return []
        if parts is None:
            raise evaluation(f"{name}() takes a Date, DateTime or Time")
        place = at - 3 if found.kind == "Time" else at
        if not 0 <= place < len(parts):
            return []
        part = parts[place]
        return [int(part % 1 * 1000) if name == "millisecondOf" else int(part)]

    values(name)(body)


for _name, (_kind, _at) in _PARTS.items():
    _part(_name, _at)


@values("dateOf")
def _date_of(_scope: Scope, items: Items) -> Items:
    from samspil_fhirpath.temporal import Temporal, truncate

    found = value(items, "dateOf()")
    if found is None:
        return []
    if not isinstance(found, Temporal) or found.kind == "Time":
        raise evaluation("dateOf() takes a Date or DateTime")
    return [truncate(found, "Date")]


@values("timeOf")
def _time_of(_scope: Scope, items: Items) -> Items:
    from samspil_fhirpath.temporal import Temporal

    found = value(items, "timeOf()")
    if found is None:
        return []
    if not isinstance(found, Temporal) or found.kind == "Date":
        raise evaluation("timeOf() takes a DateTime or Time")
    parts = found.parts if found.kind == "Time" else found.parts[3:]
    return [Temporal("Time", parts)] if parts else []


@values("timezoneOffsetOf")
def _offset_of(_scope: Scope, items: Items) -> Items:
    from decimal import Decimal

    found = value(items, "timezoneOffsetOf()")
    offset = getattr(found, "offset", None)
    return [] if offset is None else [(Decimal(offset) / 60).normalize() + 0]


@values("duration", 2)
def _duration(_scope: Scope, items: Items, other: Items, unit: Items) -> Items:
    return _between(items, other, unit, "duration()")


@values("difference", 2)
def _difference(_scope: Scope, items: Items, other: Items, unit: Items) -> Items:
    return _between(items, other, unit, "difference()")


def _between(items: Items, other: Items, unit: Items, what: str) -> Items:
    from samspil_fhirpath.durations import between

    one_, two, word = value(items, what), value(other, what), string(unit, what)
    if one_ is None or two is None or word is None:
        return []
    made = between(one_, two, word, whole=what == "duration()")
    return [] if made is None else [made]
