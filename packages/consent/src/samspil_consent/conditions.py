"""The conditions of a rule, one function each, as plainly as they can be said.

Slow and obvious: the compiled engine is tested against these.

An answer is True, False, None (not known), or, where there is no data yet, OPEN.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, Literal

from samspil_core.values import Coding

from .codes import RESOURCE_TYPES, canonical, key, label_range
from .context import Context, holds, in_value_set, is_value_set
from .directory import COLLECTIVE, identifier_key, role_key
from .features import Data
from .model import Actor, Effect, Rule, micros
from .profile import Profile
from .request import Request

__all__ = ["OPEN", "Answer", "data_condition", "request_condition"]

OPEN: Final = "open"
Answer = bool | Literal["open"] | None

ASSUMED_ROLES: Final = frozenset({"IRCP", "PRCP", "REFT"})
"""Participations of whoever receives: https://terminology.hl7.org/CodeSystem-v3-ParticipationType.html."""


def both(answers: Iterable[Answer]) -> Answer:
    """All of them: False wins, then not known, then open."""
    found = list(answers)
    for worst in (False, None, OPEN):
        if any(each is worst for each in found):
            return worst
    return True


def either(answers: Iterable[Answer]) -> Answer:
    """Any of them: True wins, then not known, then open."""
    found = list(answers)
    for best in (True, None, OPEN):
        if any(each is best for each in found):
            return best
    return False


def request_condition(rule: Rule, request: Request, profile: Profile, context: Context) -> bool | None:
    """Whether a rule speaks of this request: its period, purposes, actors, actions, and nothing unknown in it."""
    answer = both(
        (
            in_force(rule, request),
            purpose(rule, request, profile, context),
            actor(rule, request, profile, context),
            action(rule, request, profile),
            None if rule.unknown else True,
        )
    )
    return None if answer == OPEN else answer


def in_force(rule: Rule, request: Request) -> bool:
    """The clock stands within the period, both ends included."""
    if rule.period is None:
        return True
    now = micros(request.at)
    after = rule.period.first is None or rule.period.first <= now
    return after and (rule.period.last is None or now <= rule.period.last)


def _unstated(profile: Profile) -> bool | None:
    return None if profile.missing == "fail-closed" else False


def purpose(rule: Rule, request: Request, profile: Profile, context: Context) -> bool | None:
    """A purpose asked is one that the rule names, or one below it."""
    if not rule.purposes:
        return True
    if not request.purposes:
        return _unstated(profile)
    return any(_covers(named, asked, profile, context) for named in rule.purposes for asked in request.purposes)


def _covers(named: Coding, asked: Coding, profile: Profile, context: Context) -> bool:
    if canonical(named.system) != canonical(asked.system):
        return False
    if named.code == asked.code:
        return True
    return profile.codes == "hierarchy" and context.subsumes(canonical(named.system), named.code, asked.code)


def action(rule: Rule, request: Request, profile: Profile) -> bool | None:
    """The action asked is one that the rule names."""
    if not rule.actions or "action" in profile.ignores:
        return True
    if not request.actions:
        return _unstated(profile)
    return bool({key(one) for one in rule.actions} & {key(one) for one in request.actions})


def actor(rule: Rule, request: Request, profile: Profile, context: Context) -> bool | None:
    """The requester is one of the actors that the rule names."""
    if not rule.actors:
        return True
    if not (request.actors or request.identifiers or request.roles):
        return _unstated(profile)
    answer = either(_is_actor(one, request, profile, context) for one in rule.actors)
    return None if answer == OPEN else answer


def _is_actor(named: Actor, request: Request, profile: Profile, context: Context) -> Answer:
    keys = context.directory.keys(request.actors, request.identifiers) | set(request.roles)
    return both((_is_party(named, keys, request, context), _has_role(named, keys, request, profile)))


def _is_party(named: Actor, keys: frozenset[str], request: Request, context: Context) -> bool | None:
    reference = named.reference
    if not (reference.key or reference.value):
        return True
    identifier = identifier_key(reference.system, reference.value)
    if reference.key in keys or (reference.value and identifier in keys):
        return True
    by_identifier = not reference.key
    if context.directory.leaves_open(request.actors, request.identifiers, by_identifier=by_identifier):
        return None
    if by_identifier:
        return False
    unknown = not context.directory.knows(reference.key)
    by_identifier_alone = not request.actors and not reference.value
    return None if unknown and (reference.key.startswith(COLLECTIVE) or by_identifier_alone) else False


def _has_role(named: Actor, keys: frozenset[str], request: Request, profile: Profile) -> bool | None:
    if not named.roles or "role" in profile.ignores or any(one.code in ASSUMED_ROLES for one in named.roles):
        return True
    if {role_key(one) for one in named.roles} & keys:
        return True
    stated = bool(request.roles) or any(one.startswith("role ") for one in keys)
    return False if stated else None


def data_condition(  # noqa: PLR0913, PLR0917  what a condition on data may look at
    rule: Rule, effect: Effect | None, data: Data | None, request: Request, profile: Profile, context: Context
) -> Answer:
    """Whether a rule speaks of this data: each of its conditions on data holds."""
    return both(condition(rule, effect, data, request, profile, context) for condition in _DATA_CONDITIONS)


def labels(
    rule: Rule, effect: Effect | None, data: Data | None, _request: Request, profile: Profile, _context: Context
) -> Answer:
    """The data bears a label of the rule: confidentiality as an order, sensitivities with those below them."""
    if not rule.labels:
        return True
    if data is None:
        return OPEN
    if profile.codes == "exact":
        return bool({key(one) for one in rule.labels} & data.labels)
    return any(bool(label_range(one, effect or "deny") & data.labels) for one in rule.labels)


def classes(
    rule: Rule, effect: Effect | None, data: Data | None, request: Request, _profile: Profile, _context: Context
) -> Answer:
    """The data is of a class of the rule: a resource type, a document type, a profile, a format."""
    del effect
    if not rule.classes:
        return True
    wanted = {key(one) for one in rule.classes}
    if data is not None:
        return bool(wanted & data.classes)
    if request.classes:
        everything = f"{RESOURCE_TYPES}|Resource"
        return everything in wanted or bool(wanted & {key(one) for one in request.classes})
    return OPEN


def codes(
    rule: Rule, effect: Effect | None, data: Data | None, _request: Request, _profile: Profile, context: Context
) -> Answer:
    """The data bears a code of the rule, or one of a ValueSet that the rule names."""
    del effect
    if not rule.codes:
        return True
    if data is None:
        return OPEN
    if {key(one) for one in rule.codes} & data.codes:
        return True
    sets = [one for one in rule.codes if is_value_set(one)]
    return in_value_set(sets, data, context) if sets else False


def data_period(
    rule: Rule, effect: Effect | None, data: Data | None, _request: Request, _profile: Profile, _context: Context
) -> Answer:
    """A permission covers data that lies wholly within the period, a refusal data that touches it."""
    span = rule.data_period
    if span is None:
        return True
    if data is None:
        return OPEN
    if data.first is None or data.last is None:
        return None
    if effect == "permit":
        return (span.first is None or span.first <= data.first) and (span.last is None or data.last <= span.last)
    return (span.first is None or span.first <= data.last) and (span.last is None or data.first <= span.last)


def references(
    rule: Rule, effect: Effect | None, data: Data | None, _request: Request, _profile: Profile, _context: Context
) -> Answer:
    """The data is, belongs to, or was authored by what the rule names."""
    del effect
    if not rule.data:
        return True
    if data is None:
        return OPEN
    named = [one for one in rule.data if one.reference.key]
    if any(f"{one.meaning} {one.reference.key}" in data.references for one in named):
        return True
    return False if len(named) == len(rule.data) else None


def expressions(
    rule: Rule, effect: Effect | None, data: Data | None, _request: Request, _profile: Profile, context: Context
) -> Answer:
    """Every expression is true of the data."""
    del effect
    if not rule.expressions:
        return True
    if data is None:
        return OPEN
    return both(holds(one, data.resource, context) for one in rule.expressions)


_DataCondition = Callable[[Rule, Effect | None, Data | None, Request, Profile, Context], Answer]
_DATA_CONDITIONS: Final[tuple[_DataCondition, ...]] = (labels, classes, codes, data_period, references, expressions)
