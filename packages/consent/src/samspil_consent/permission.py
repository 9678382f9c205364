"""FHIR R6 Permission to the normal form: its rules become the exceptions of a root that says nothing.

https://build.fhir.org/permission.html (ballot; the elements follow the build of 2026)
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, tzinfo
from itertools import product
from typing import Any, cast

from samspil_core.values import Coding

from . import parts
from .codes import RESOURCE_TYPES
from .combining import ALGORITHMS
from .model import Actor, Consent, DataReference, Effect, Rule
from .parts import Faults, is_object

__all__ = ["read_permission"]

_TOP = parts.DOMAIN_RESOURCE | frozenset(
    [
        "identifier",
        "status",
        "asserter",
        "date",
        "validity",
        "justification",
        "combining",
        "rule",
    ]
)
_RULE = frozenset({"id", "extension", "importId", "type", "data", "activity", "limit"})
_DATA = frozenset({"id", "extension", "resource", "resourceType", "security", "period", "expression"})
_ACTIVITY = frozenset({"id", "extension", "actor", "action", "purpose"})
_SILENCE: dict[str, Effect] = {"deny-unless-permit": "deny", "permit-unless-deny": "permit"}
_MEANINGS = frozenset({"instance", "related", "dependents", "authoredby"})


def read_permission(found: Mapping[str, Any], source: str, zone: tzinfo = UTC) -> Consent:
    """One Permission in normal form, its `combining` kept as the algorithm within it; an unknown one denies."""
    from .reading import unreadable

    combining = found.get("combining")
    if not parts.one_of(combining, ALGORITHMS):
        return unreadable(source, "its combining algorithm is missing or not known", "Permission.combining")
    faults = Faults(zone)
    faults.unknown(found, _TOP, "Permission")
    period = parts.period(found.get("validity"), faults, "Permission.validity", "Permission")
    rules = tuple(
        rule
        for at, each in enumerate(faults.array(found.get("rule"), "Permission.rule", "Permission"))
        for rule in _rules(each, f"Permission.rule[{at}]", faults)
    )
    dates = found.get("date")
    dated = parts.moment(cast("list[Any]", dates)[-1] if isinstance(dates, list) and dates else dates, faults.zone)
    identifier = found.get("id")
    return Consent(
        name=f"Permission/{identifier}" if isinstance(identifier, str) else source,
        release="R6",
        active=found.get("status") == "active",
        base=_SILENCE.get(combining),
        base_source="combining",
        root=Rule(
            "Permission",
            effect=_SILENCE.get(combining),
            period=period,
            rules=rules,
            unknown=faults.take("Permission"),
        ),
        dated=dated.last if dated else None,
        combining=combining,
        issues=tuple(faults.issues),
    )


def _rules(found: Mapping[str, Any], path: str, faults: Faults) -> list[Rule]:
    """A rule matches when any of its data and any of its activities match: one rule for each pair."""
    faults.unknown(found, _RULE, path)
    effect = found.get("type")
    if not parts.one_of(effect, {"permit", "deny"}):
        faults.bad(f"{path}.type", "permit|deny", path)
        effect = "deny"
    data = list(faults.array(found.get("data"), f"{path}.data", path)) or [{}]
    activities = list(faults.array(found.get("activity"), f"{path}.activity", path)) or [{}]
    limits = _limits(found, path, faults)
    made = [
        _rule(cast("Effect", effect), pair, path, faults) for pair in product(enumerate(data), enumerate(activities))
    ]
    unknown = faults.take(path)
    # a permission whose limits are not understood must not become one without limits
    bound = "deny" if "limit" in found and unknown else effect
    return [parts.replace(rule, effect=cast("Effect", bound), unknown=unknown, obligations=limits) for rule in made]


def _rule(
    effect: Effect,
    pair: tuple[tuple[int, Mapping[str, Any]], tuple[int, Mapping[str, Any]]],
    path: str,
    faults: Faults,
) -> Rule:
    (data_at, data), (activity_at, activity) = pair
    place, acting = f"{path}.data[{data_at}]", f"{path}.activity[{activity_at}]"
    faults.unknown(data, _DATA, place, owner=path)
    faults.unknown(activity, _ACTIVITY, acting, owner=path)
    period = data.get("period")
    spans = cast("list[Any]", period) if isinstance(period, list) else [period] if period else []
    if len(spans) > 1:
        faults.bad(f"{place}.period", "Period 0..1", path)
    rule = Rule(
        path=f"{path}" + (f".data[{data_at}]" if data else "") + (f".activity[{activity_at}]" if activity else ""),
        effect=effect,
        purposes=tuple(parts.codings(activity.get("purpose"), faults, f"{acting}.purpose", path)),
        actors=tuple(_actors(activity, acting, path, faults)),
        actions=tuple(parts.codings(activity.get("action"), faults, f"{acting}.action", path)),
        labels=tuple(parts.codings(data.get("security"), faults, f"{place}.security", path)),
        classes=tuple(
            Coding(coding.system or RESOURCE_TYPES, coding.code)
            for coding in parts.codings(data.get("resourceType"), faults, f"{place}.resourceType", path)
        ),
        data_period=parts.period(spans[0], faults, f"{place}.period", path) if spans else None,
        data=tuple(_references(data, place, path, faults)),
        expressions=tuple(_expressions(data, place, path, faults)),
    )
    places = {
        "purposes": (f"{acting}.purpose",),
        "actors": (f"{acting}.actor",),
        "actions": (f"{acting}.action",),
        "labels": (f"{place}.security",),
        "classes": (f"{place}.resourceType",),
        "data_period": (f"{place}.period",),
        "data": (f"{place}.resource",),
    }
    return parts.without_lost(parts.replace(rule, unknown=faults.take(path)), places, faults, path)


def _actors(activity: Mapping[str, Any], place: str, owner: str, faults: Faults) -> list[Actor]:
    made: list[Actor] = []
    for each in faults.array(activity.get("actor"), f"{place}.actor", owner):
        inner = each.get("reference")
        reference = parts.reference(each if isinstance(inner, str) or "identifier" in each else inner)
        roles = tuple(parts.codings(each.get("role"), faults, f"{place}.actor.role", owner))
        if not (reference.key or reference.value or roles) or reference.key.startswith("#"):
            faults.bad(f"{place}.actor", "reference|role", owner)
        made.append(Actor(reference, roles))
    return made


def _references(data: Mapping[str, Any], place: str, owner: str, faults: Faults) -> list[DataReference]:
    made: list[DataReference] = []
    for each in faults.array(data.get("resource"), f"{place}.resource", owner):
        meaning, reference = each.get("meaning"), parts.reference(each.get("reference"))
        if parts.one_of(meaning, _MEANINGS) and parts.is_resolvable(reference):
            made.append(DataReference(meaning, reference))
        else:
            faults.bad(f"{place}.resource", "meaning, reference", owner)
    return made


def _expressions(data: Mapping[str, Any], place: str, owner: str, faults: Faults) -> list[str]:
    found = data.get("expression")
    if found is None:
        return []
    given: Mapping[str, Any] = found if is_object(found) else {}
    text = given.get("expression")
    if given.get("language") == "text/fhirpath" and isinstance(text, str):
        return [text]
    faults.bad(f"{place}.expression", "text/fhirpath", owner)
    return []


def _limits(found: Mapping[str, Any], path: str, faults: Faults) -> tuple[Coding, ...]:
    """The obligations a rule sets: codes, each by itself or in `control`, as the ballots have had it."""
    made: list[Coding] = []
    for each in faults.array(found.get("limit"), f"{path}.limit", path):
        controls = each.get("control", each)
        made += parts.codings(controls, faults, f"{path}.limit", path)
    return tuple(made)
