"""One rule compiled: its codes as sets, its actors resolved, its exceptions below it. Works with anything unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from .codes import RESOURCE_TYPES, key, label_range
from .combining import NOTHING, Algorithm
from .conditions import ASSUMED_ROLES, OPEN, Answer, both
from .context import Context, holds, in_value_set, is_value_set
from .directory import COLLECTIVE, identifier_key, role_key
from .features import Data
from .model import Actor, Effect, Rule
from .profile import Profile
from .reference import GRANTS, doubted, effect_of, own_opinion, together

__all__ = ["Node", "Party", "compile_node"]

_EVERYTHING = f"{RESOURCE_TYPES}|Resource"


@dataclass(frozen=True, slots=True)
class Party:
    """An actor of a rule as keys: `who` (empty: anybody), `roles` (empty: any), and whether membership is unknown.

    `by_identifier` is an actor without a reference.
    """

    who: frozenset[str]
    roles: frozenset[str]
    unknown: bool
    unknown_to_identifiers: bool
    by_identifier: bool


@dataclass(frozen=True, slots=True)
class Node:
    """A compiled rule. `opinion` is asked with the slots of a prepared request."""

    rule: Rule
    effect: Effect | None
    named: bool
    profile: Profile
    context: Context
    within: Algorithm
    purposes: frozenset[str]
    parties: tuple[Party, ...]
    actions: frozenset[str]
    labels: frozenset[str]
    classes: frozenset[str]
    codes: frozenset[str]
    references: frozenset[str]
    inner: tuple[Node, ...]
    root: bool

    def every(self) -> Iterator[Node]:
        """This rule and all below it."""
        yield self
        for one in self.inner:
            yield from one.every()

    def needs(self) -> Iterator[str]:
        """The features of data that this rule asks for."""
        rule = self.rule
        asked = (
            ("labels", rule.labels),
            ("classes", rule.classes),
            ("codes", rule.codes),
            ("dates", rule.data_period),
            ("references", any(one.meaning != "authoredby" for one in rule.data)),
            ("authors", any(one.meaning == "authoredby" for one in rule.data)),
        )
        yield from (name for name, value in asked if value)

    def opinion(self, slots: Any) -> int:
        """What the rule says."""
        asked = self.asked(slots)
        if asked is False:
            return NOTHING
        about = self.about(slots)
        own = own_opinion(self.effect, about, named=self.named)
        made = together(self._exceptions(slots), own, True if self.root else about)
        return made if asked else doubted(made)

    def asked(self, slots: Any) -> bool | None:
        """Whether the rule speaks of the request."""
        now, purposes, keys, actions = slots[0], slots[1], slots[2], slots[3]
        request = slots[9]
        span = self.rule.period
        if span is not None and not (
            (span.first is None or span.first <= now) and (span.last is None or now <= span.last)
        ):
            return False
        unstated = None if self.profile.missing == "fail-closed" else False
        sure = not self.rule.unknown
        if self.purposes and self.purposes.isdisjoint(purposes):
            if request.purposes or unstated is False:
                return False
            sure = False
        if self.actions and self.actions.isdisjoint(actions):
            if request.actions or unstated is False:
                return False
            sure = False
        if self.parties:
            party = self._party(keys, request, unstated=unstated)
            if party is False:
                return False
            sure = sure and party is True
        return True if sure else None

    def _party(self, keys: frozenset[str], request: Any, *, unstated: bool | None) -> bool | None:
        if not (request.actors or request.identifiers or request.roles):
            return unstated
        doubt = False
        for party in self.parties:
            found = _matches(party, keys, request, self.context)
            if found:
                return True
            doubt = doubt or found is None
        return None if doubt else False

    def about(self, slots: Any) -> Answer:
        """Whether the rule speaks of the data."""
        rule, data, request = self.rule, slots[8], slots[9]
        if not rule.has_data:
            return True
        if data is None:
            return self._about_classes(request)
        if self.labels and self.labels.isdisjoint(data.labels):
            return False
        if self.classes and self.classes.isdisjoint(data.classes):
            return False
        answers: list[Answer] = []
        if self.codes and self.codes.isdisjoint(data.codes):
            sets = [one for one in rule.codes if is_value_set(one)]
            answers.append(in_value_set(sets, data, self.context) if sets else False)
        if rule.data_period is not None:
            answers.append(self._within_period(data))
        if rule.data and self.references.isdisjoint(data.references):
            answers.append(False if all(one.reference.key for one in rule.data) else None)
        answers += [holds(one, data.resource, self.context) for one in rule.expressions]
        return both(answers)

    def _about_classes(self, request: Any) -> Answer:
        rule = self.rule
        others = rule.labels or rule.codes or rule.data_period is not None or rule.data or rule.expressions
        if not (rule.classes and request.classes):
            return OPEN
        asked = {key(one) for one in request.classes}
        if _EVERYTHING not in self.classes and self.classes.isdisjoint(asked):
            return False
        return OPEN if others else True

    def _within_period(self, data: Data) -> bool | None:
        span = self.rule.data_period
        if span is None or data.first is None or data.last is None:
            return None
        lower, upper = (data.first, data.last) if self.effect == "permit" else (data.last, data.first)
        return (span.first is None or span.first <= lower) and (span.last is None or upper <= span.last)

    def _exceptions(self, slots: Any) -> int:
        if not self.inner:
            return NOTHING
        if self.narrows:
            lifted = self._fold([one.opinion for one in self.inner if not one.rule.has_data], slots)
            narrowing = [one for one in self.inner if one.rule.has_data and one.asked(slots) is not False]
            if not lifted & GRANTS or not narrowing:
                return lifted
            return self._fold([one.opinion for one in narrowing], slots)
        return self._fold([one.opinion for one in self.inner], slots)

    @property
    def narrows(self) -> bool:
        """Whether exceptions on data only narrow those that are not: `conditional: deny` below a refusal."""
        return self.profile.conditional == "deny" and self.effect == "deny"

    def _fold(self, says: list[Callable[[Any], int]], slots: Any) -> int:
        made = NOTHING
        for one in says:
            made = self.within.table[made][one(slots)]
        return made


def _matches(party: Party, keys: frozenset[str], request: Any, context: Context) -> bool | None:
    here: bool | None = True
    if party.who and party.who.isdisjoint(keys):
        by_identifier = party.by_identifier
        open_ = context.directory.leaves_open(request.actors, request.identifiers, by_identifier=by_identifier)
        if not (open_ or party.unknown or (party.unknown_to_identifiers and not request.actors)):
            return False
        here = None
    if party.roles and party.roles.isdisjoint(keys):
        if request.roles or any(each.startswith("role ") for each in keys):
            return False
        here = None
    return here


def compile_node(  # noqa: PLR0913  a rule and all that it is compiled by
    rule: Rule,
    effect: Effect | None,
    profile: Profile,
    context: Context,
    within: Algorithm,
    *,
    named: bool = False,
    root: bool = True,
) -> Node:
    """Compile a rule and its exceptions."""
    named = named or bool(rule.actors)
    inner = tuple(
        compile_node(one, effect_of(one, effect, profile), profile, context, within, named=named, root=False)
        for one in rule.rules
    )
    exactly = profile.codes == "exact"
    labels = (
        {key(one) for one in rule.labels}
        if exactly
        else {each for one in rule.labels for each in label_range(one, effect or "deny")}
    )
    return Node(
        rule=rule,
        effect=effect,
        named=named,
        profile=profile,
        context=context,
        within=within,
        purposes=frozenset(key(one) for one in rule.purposes),
        parties=tuple(_party(one, profile, context) for one in rule.actors),
        actions=frozenset() if "action" in profile.ignores else frozenset(key(one) for one in rule.actions),
        labels=frozenset(labels),
        classes=frozenset(key(one) for one in rule.classes),
        codes=frozenset(key(one) for one in rule.codes),
        references=frozenset(f"{one.meaning} {one.reference.key}" for one in rule.data if one.reference.key),
        inner=inner,
        root=root,
    )


def _party(actor: Actor, profile: Profile, context: Context) -> Party:
    reference = actor.reference
    who = {reference.key} if reference.key else set[str]()
    if reference.value:
        who.add(identifier_key(reference.system, reference.value))
    any_role = "role" in profile.ignores or any(one.code in ASSUMED_ROLES for one in actor.roles)
    unresolved = bool(reference.key) and not context.directory.knows(reference.key)
    return Party(
        who=frozenset(who),
        roles=frozenset() if any_role else frozenset(role_key(one) for one in actor.roles),
        unknown=unresolved and reference.key.startswith(COLLECTIVE),
        unknown_to_identifiers=unresolved and not reference.value,
        by_identifier=not reference.key,
    )
