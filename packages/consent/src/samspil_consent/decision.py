"""A decision with its reason: what is permitted, on what conditions, which consents and rules said so, what was missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from samspil_core.outcome import Issue, Outcome
from samspil_core.values import Coding, Decision

from . import reference
from .combining import ALGORITHMS, NOTHING
from .conditions import request_condition
from .context import Context
from .engine import Engine, effect_of_opinion
from .findings import IGNORED, INPUT_MISSING, NO_BASE, NOT_EVALUATED, UNRESOLVED
from .model import Consent, Rule
from .obligations import REDACT, Obligation, codes_obligations, residual_of
from .profile import Profile, load_profile
from .reference import GRANTS, RuleTrace, Trace
from .request import Request

__all__ = ["Answer", "decide", "decide_with"]

NAMES = {"permit": "CONSENT_PERMIT", "deny": "CONSENT_DENY", "no-consent": "NO_CONSENT"}


@dataclass(frozen=True, slots=True)
class Answer:
    """A decision and all that led to it. `decision` is the port's value; `traces` say how each consent was judged."""

    effect: Literal["permit", "deny", "no-consent"]
    obligations: tuple[Obligation, ...]
    profile: Profile
    request: Request
    traces: tuple[Trace, ...]
    opinion: int
    outcome: Outcome
    context: Context

    @property
    def consents(self) -> tuple[Consent, ...]:
        """The consents asked, in order."""
        return tuple(one.consent for one in self.traces)

    @property
    def used(self) -> tuple[Trace, ...]:
        """The consents that said something."""
        return reference.deciding(self.traces, ALGORITHMS[self.profile.between])

    @property
    def because(self) -> tuple[str, ...]:
        """The consents and rules that decided, as `Consent/1#Consent.provision.provision[0]`."""
        found = [f"{one.consent.name}#{rule.path}" for one in self.used if one.root for rule in speaking(one.root)]
        return tuple(found) or (f"profile {self.profile.name}: no consent speaks",)

    @property
    def decision(self) -> Decision:
        """As the port `Decider` gives it."""
        return Decision(self.effect, tuple(one.coding for one in self.obligations), self.because, self.outcome)

    def as_dict(self) -> dict[str, Any]:
        """As JSON: decision, obligations, reasons, findings' codes."""
        return {
            "decision": NAMES[self.effect],
            "obligations": [one.as_dict() for one in self.obligations],
            "because": list(self.because),
            "rule": ALGORITHMS[self.profile.between].name,
            "profile": self.profile.name,
            "issues": [{"code": each.code, "where": each.where, "text": each.text} for each in self.outcome],
        }


def speaking(found: RuleTrace) -> Iterator[Rule]:
    """The rules that made an opinion: the deepest ones that spoke."""
    if found.opinion == NOTHING:
        return
    inner = [one for each in found.inner for one in speaking(each)]
    yield from inner
    if not inner or found.opinion & NOTHING or any(each.opinion & NOTHING for each in found.inner):
        yield found.rule


def decide(
    consents: Sequence[Consent], request: Request, profile: Profile | str = "typed", context: Context | None = None
) -> Answer:
    """Decide on a request by consents in normal form (`read_consent` makes them), under a profile or its name."""
    chosen = load_profile(profile) if isinstance(profile, str) else profile
    return decide_with(Engine(consents, chosen, context), request)


def decide_with(engine: Engine, request: Request) -> Answer:
    """Decide by an engine, and say why. `Engine.effect` is the same decision without the reasons, and faster."""
    opinion = engine.opinion(engine.prepare(request))
    profile, context = engine.profile, engine.context
    traces = _strictest(engine, request)
    effect = effect_of_opinion(opinion)
    said_by = reference.deciding(traces, ALGORITHMS[profile.between])
    effect, obligations = _bound(effect, opinion, said_by, request, profile)
    issues = tuple(dict.fromkeys(_issues(traces, request, profile, context)))
    return Answer(effect, obligations, profile, request, traces, opinion, Outcome(issues), context)


def _strictest(engine: Engine, request: Request) -> tuple[Trace, ...]:
    """How the consents were judged, for the purpose that decided where each of several must be permitted."""
    profile, context = engine.profile, engine.context
    judged: list[tuple[int, tuple[Trace, ...]]] = []
    for one in reference.per_purpose(request, profile):
        found = reference.trace(engine.consents, one, profile, context)
        opinion = reference.opinion_of(found, one, profile, context)
        judged.append((_STRICTEST_FIRST.index(effect_of_opinion(opinion)), found))
    return min(judged, key=lambda each: each[0])[1]


_STRICTEST_FIRST = ("deny", "no-consent", "permit")


def _bound(
    effect: Literal["permit", "deny", "no-consent"],
    opinion: int,
    traces: tuple[Trace, ...],
    request: Request,
    profile: Profile,
) -> tuple[Literal["permit", "deny", "no-consent"], tuple[Obligation, ...]]:
    """The decision with its obligations; where all that is asked for would be redacted, a refusal."""
    if effect != "permit":
        return effect, ()
    made: list[Obligation] = []
    open_ = opinion & ~GRANTS
    if open_:
        made.append(Obligation(REDACT, residual_of(traces, profile)))
        if profile.conditional == "deny" and codes_obligations(traces, request.classes)[1]:
            return "deny", ()
    for one in traces:
        if one.root is not None and one.opinion & GRANTS:
            made += [Obligation(coding) for coding in dict.fromkeys(limits(one.root))]
    return effect, tuple(dict.fromkeys(made))


def limits(found: RuleTrace) -> Iterator[Coding]:
    """The obligations of the rules that permit, also of those of which it is not known whether they hold."""
    if found.request is False or found.data is False:
        return
    if found.effect == "permit":
        yield from found.rule.obligations
    for inner in found.inner:
        yield from limits(inner)


def _issues(traces: Sequence[Trace], request: Request, profile: Profile, context: Context) -> Iterator[Issue]:
    """What the reader of a decision must know: what was not understood, not stated, not resolved, not looked at."""
    for one in traces:
        if not one.applies:
            continue
        consent = one.consent
        yield from consent.issues
        if consent.base is None and not consent.combining:
            yield NO_BASE.at(consent.root.path, profile=profile.name, base=profile.base)
        if one.root is not None:
            yield from _of_rule(one.root, request, profile, context)


def _of_rule(found: RuleTrace, request: Request, profile: Profile, context: Context) -> Iterator[Issue]:
    rule = found.rule
    if "action" in profile.ignores and rule.actions:
        yield IGNORED.at(rule.path, profile=profile.name, element="action")
    if "role" in profile.ignores and any(one.roles for one in rule.actors):
        yield IGNORED.at(rule.path, profile=profile.name, element="actor.role")
    if found.request is not False:
        yield from _missing(rule, request, profile)
        yield from _unresolved(rule, request, profile, context)
        if found.data is None:
            yield NOT_EVALUATED.at(rule.path, why="a date, a code, a reference or an expression cannot be told")
    for inner in found.inner:
        yield from _of_rule(inner, request, profile, context)


def _missing(rule: Rule, request: Request, profile: Profile) -> Iterator[Issue]:
    if rule.purposes and not request.purposes:
        yield INPUT_MISSING.at(f"{rule.path}.purpose", element="purpose")
    if rule.actions and not request.actions and "action" not in profile.ignores:
        yield INPUT_MISSING.at(f"{rule.path}.action", element="action")
    if rule.actors and not (request.actors or request.identifiers or request.roles):
        yield INPUT_MISSING.at(f"{rule.path}.actor", element="actor")


def _unresolved(rule: Rule, request: Request, profile: Profile, context: Context) -> Iterator[Issue]:
    """Actors whose membership or identity could not be told."""
    if not rule.actors or not (request.actors or request.identifiers or request.roles):
        return
    only_actors = Rule(rule.path, actors=rule.actors)
    if request_condition(only_actors, request, profile, context) is None:
        yield UNRESOLVED.at(f"{rule.path}.actor")
