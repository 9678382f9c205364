"""The compiled engine: consents become closures over sets, asked with a prepared request. It agrees with `reference`.

Preparing a request costs as much as some decisions; a prepared request can be asked again and again. An engine is
immutable and may be shared between threads.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from samspil_core.values import Coding

from .codes import canonical, key
from .combining import ALGORITHMS, DENY, NOTHING, PERMIT, SPECIFIC, TIES, Table
from .context import Context
from .fast import NODATA, Slots, exact
from .features import Data, features, with_labels
from .model import Consent, micros
from .node import Node, compile_node
from .profile import Profile
from .reference import applies, base_of, fallback, per_purpose, profile_for, worst
from .request import Request

__all__ = ["Engine", "Prepared", "effect_of_opinion"]

Says = Callable[[Slots], int]
_GRANTS: Final = PERMIT | SPECIFIC
_ALWAYS: Final = -(10**18)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request made ready for one engine: its sets, the consents it concerns, and what holds if they are silent.

    `others` are the same request with each further purpose, where each must be permitted.
    """

    request: Request
    slots: Slots
    plan: tuple[Says, ...]
    fallback: int
    others: tuple[Prepared, ...] = ()


@dataclass(frozen=True, slots=True)
class _Compiled:
    consent: Consent
    node: Node
    wide: Says
    closed: Says | None
    open: Says | None
    has_data: bool


class Engine:
    """Consents compiled under a profile, in a context. Compile again when a consent or the directory changes."""

    def __init__(self, consents: Sequence[Consent], profile: Profile, context: Context | None = None) -> None:
        self.consents = tuple(consents)
        self.profile = profile
        self.context = context or Context()
        self._algorithm = ALGORITHMS[profile.between]
        self._compiled = tuple(self._compile(one) for one in self.consents)
        nodes = [node for one in self._compiled for node in one.node.every()]
        self._named = tuple({key(one): one for node in nodes for one in node.rule.purposes}.values())
        self.needs = frozenset(need for node in nodes for need in node.needs())
        self.by_labels = self.needs <= {"labels"} and not any(node.rule.expressions for node in nodes)
        self.has_limits = any(node.rule.obligations for node in nodes)
        self._plans: dict[tuple[Any, ...], tuple[Says, ...]] = {}
        self._purposes: dict[tuple[str, str], frozenset[str]] = {}
        self._fallbacks: dict[tuple[Any, ...], int] = {}
        references = {actor.reference.key for node in nodes for actor in node.rule.actors}
        self._by_identifier = any(not one.reference.key for node in nodes for one in node.rule.actors)
        self._all_known = all(not each or self.context.directory.knows(each) for each in references)
        self._plain = self.context.directory.is_empty

    def prepare(self, request: Request, data: Data | None = None) -> Prepared:
        """Make a request ready; `data` spares extracting the features of its resource again."""
        first, *others = per_purpose(request, self.profile)
        if data is None and request.resource is not None:
            data = self.features(request.resource)
        prepared = self._prepare(first, data)
        if not others:
            return prepared
        more = tuple(self._prepare(one, data) for one in others)
        return Prepared(prepared.request, prepared.slots, prepared.plan, prepared.fallback, more)

    def features(self, resource: Any) -> Data:
        """The features of a resource that these consents ask for."""
        return features(
            resource,
            self.needs,
            hierarchy=self.profile.codes == "hierarchy",
            around=self.context.around,
            zone=self.context.zone,
        )

    def labelled(self, data: Data, labels: Sequence[Coding]) -> Data:
        """The features of an element of a resource that bears further labels."""
        return with_labels(data, labels, hierarchy=self.profile.codes == "hierarchy")

    def opinion(self, prepared: Prepared, data: Data | None = None) -> int:
        """What the consents say, as the bits of `combining`.

        With `data`, what they say of that in place of the data the request was prepared with: for many resources in turn.
        """
        table: Table = self._algorithm.table
        slots = prepared.slots
        if data is not None:
            slots = (*slots[:4], data.labels, data.classes, data.codes, data.references, data, prepared.request)
        said = NOTHING
        for one in prepared.plan:
            said = table[said][one(slots)]
        if said & NOTHING:
            said = (said & ~NOTHING) | prepared.fallback
        for other in prepared.others:
            said = worst(said, self.opinion(other, data))
        return said

    def effect(self, prepared: Prepared) -> Literal["permit", "deny", "no-consent"]:
        """The decision alone. Without data, permit may mean: some of it; `decide` then has the residual."""
        return _EFFECTS[self.opinion(prepared)]

    def _compile(self, consent: Consent) -> _Compiled:
        within = ALGORITHMS[consent.combining or self.profile.within]
        profile = profile_for(bool(consent.combining), self.profile)
        node = compile_node(consent.root, base_of(consent, self.profile), profile, self.context, within)
        has_data = any(one.rule.has_data for one in node.every())
        return _Compiled(consent, node, node.opinion, exact(node, closed=True), exact(node, closed=False), has_data)

    def _prepare(self, request: Request, data: Data | None) -> Prepared:
        keys = self._keys(request)
        purposes = self._covered(request)
        actions = frozenset(key(one) for one in request.actions)
        known = data or NODATA
        slots: Slots = (
            micros(request.at),
            purposes,
            keys,
            actions,
            known.labels,
            known.classes,
            known.codes,
            known.references,
            data,
            request,
        )
        complete = bool(
            request.purposes and request.actions and (request.actors or (request.identifiers and self._all_known))
        ) and not self.context.directory.leaves_open(
            request.actors, request.identifiers, by_identifier=self._by_identifier
        )
        plan = self._plan(request, complete=complete, closed=data is not None)
        return Prepared(request, slots, plan, self._fallback(request))

    def _keys(self, request: Request) -> frozenset[str]:
        if self._plain:
            return frozenset((*request.actors, *request.identifiers, *request.roles))
        return self.context.directory.keys(request.actors, request.identifiers).union(request.roles)

    def _covered(self, request: Request) -> frozenset[str]:
        """The purposes that rules name and that cover a purpose asked."""
        if len(request.purposes) == 1:
            one = request.purposes[0]
            asked = (one.system, one.code)
            found = self._purposes.get(asked)
            if found is None:
                found = self._covering(*asked)
                if len(self._purposes) < _REMEMBERED:
                    self._purposes[asked] = found
            return found
        return frozenset[str]().union(*(self._covering(one.system, one.code) for one in request.purposes))

    def _covering(self, system: str, code: str) -> frozenset[str]:
        system = canonical(system)
        subsumes = self.context.subsumes if self.profile.codes == "hierarchy" else _same
        return frozenset(
            key(named)
            for named in self._named
            if canonical(named.system) == system and (named.code == code or subsumes(system, named.code, code))
        )

    def _fallback(self, request: Request) -> int:
        found = self._fallbacks.get(request.purposes)
        if found is None:
            found = fallback(request.purposes, self._algorithm, self.profile, self.context)
            if len(self._fallbacks) < _REMEMBERED:
                self._fallbacks[request.purposes] = found
        return found

    def _plan(self, request: Request, *, complete: bool, closed: bool) -> tuple[Says, ...]:
        """Which closures to ask: the fast ones where everything they need is known."""
        wanted = (request.patient, request.categories, complete, closed, bool(request.classes))
        found = self._plans.get(wanted)
        if found is None:
            chosen = [
                (one.consent, _chosen(one, complete=complete, closed=closed, classes=bool(request.classes)))
                for one in self._compiled
                if applies(one.consent, request, self.profile)
            ]
            found = _by_date(chosen) if self._algorithm.newest_first else tuple(says for _, says in chosen)
            if len(self._plans) < _REMEMBERED:
                self._plans[wanted] = found
        return found


def _chosen(one: _Compiled, *, complete: bool, closed: bool, classes: bool) -> Says:
    """The fastest closure that is right: asking for classes without data takes the one that knows of anything."""
    fast = one.closed if closed or not one.has_data else None if classes else one.open
    return fast if fast is not None and complete else one.wide


_REMEMBERED: Final = 1024
"""How many different patients, categories and purposes an engine remembers."""


def _same(_system: str, ancestor: str, code: str) -> bool:
    return ancestor == code


def _by_date(chosen: Sequence[tuple[Consent, Says]]) -> tuple[Says, ...]:
    """Newest first; those of one moment make one, in which a refusal wins."""
    groups: dict[int, list[Says]] = {}
    for consent, says in chosen:
        groups.setdefault(consent.dated if consent.dated is not None else _ALWAYS, []).append(says)
    return tuple(_together(groups[each]) for each in sorted(groups, reverse=True))


def _together(group: list[Says]) -> Says:
    if len(group) == 1:
        return group[0]

    def says(slots: Slots) -> int:
        made = NOTHING
        for one in group:
            made = TIES[made][one(slots)]
        return made

    return says


def effect_of_opinion(opinion: int) -> Literal["permit", "deny", "no-consent"]:
    """The decision that an opinion is: whatever may be permitted is (with a residual), else deny, else no-consent."""
    if opinion & _GRANTS:
        return "permit"
    return "deny" if opinion & DENY else "no-consent"


_EFFECTS: Final[tuple[Literal["permit", "deny", "no-consent"], ...]] = tuple(
    effect_of_opinion(each) for each in range(16)
)
