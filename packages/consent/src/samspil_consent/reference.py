"""The reference interpreter: slow, obvious, and the one that explains. The compiled engine must agree with it.

An opinion is a set of what may be said, as the bits of `combining`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from samspil_core.values import Coding

from .codes import canonical, key
from .combining import ALGORITHMS, DENY, NOTHING, PERMIT, SPECIFIC, TIES, Algorithm
from .conditions import OPEN, Answer, data_condition, request_condition
from .context import Context
from .features import ALL, Data, features
from .model import Consent, Effect, Rule
from .profile import Profile
from .request import Request

__all__ = [
    "RuleTrace",
    "Trace",
    "applies",
    "combine_opinions",
    "decide_opinion",
    "deciding",
    "opinion_of",
    "together",
    "trace",
]

Opinion = int
GRANTS = PERMIT | SPECIFIC


@dataclass(frozen=True, slots=True)
class RuleTrace:
    """How one rule was judged: what its conditions answered, what it does, and what it said in the end."""

    rule: Rule
    effect: Effect | None
    request: bool | None
    data: Answer
    opinion: Opinion
    inner: tuple[RuleTrace, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """How one consent was judged."""

    consent: Consent
    applies: bool
    root: RuleTrace | None
    opinion: Opinion


def data_of(request: Request, profile: Profile, context: Context) -> Data | None:
    """The features of the request's resource, or None where there is none yet."""
    if request.resource is None:
        return None
    return features(
        request.resource, ALL, hierarchy=profile.codes == "hierarchy", around=context.around, zone=context.zone
    )


def trace(
    consents: Sequence[Consent], request: Request, profile: Profile, context: Context, data: Data | None = None
) -> tuple[Trace, ...]:
    """How each consent was judged, for one purpose at most."""
    known = data if data is not None else data_of(request, profile, context)
    return tuple(_judged(consent, request, profile, context, known) for consent in consents)


def _judged(consent: Consent, request: Request, profile: Profile, context: Context, data: Data | None) -> Trace:
    if not applies(consent, request, profile):
        return Trace(consent, applies=False, root=None, opinion=NOTHING)
    within = ALGORITHMS[consent.combining or profile.within]
    case = (request, profile_for(bool(consent.combining), profile), context, data)
    root = judge(consent.root, base_of(consent, profile), case, within, named=False)
    return Trace(consent, applies=True, root=root, opinion=root.opinion)


def profile_for(is_permission: bool, profile: Profile) -> Profile:  # noqa: FBT001  the one thing asked
    """The profile as it is for one policy: the rules of a Permission always do what their type says."""
    return replace(profile, exceptions="typed", conditional="permit") if is_permission else profile


def base_of(consent: Consent, profile: Profile) -> Effect | None:
    """The base rule: the consent's own, else the profile's."""
    if consent.base is not None or consent.combining:
        return consent.base
    return None if profile.base == "silent" else profile.base


def applies(consent: Consent, request: Request, profile: Profile) -> bool:
    """Whether a consent is active, of this patient, and of a category asked for."""
    if not consent.readable:
        return True
    if not consent.active:
        return False
    if request.patient and consent.patient.key and consent.patient.key != request.patient:
        return False
    own = {key(one) for one in (*consent.categories, *consent.scopes)}
    if not request.categories or not own or "category" in profile.ignores:
        return True
    return bool(own & {key(one) for one in request.categories})


Case = tuple[Request, Profile, Context, Data | None]


def effect_of(rule: Rule, above: Effect | None, profile: Profile) -> Effect:
    """What an exception does: what its type says, or the opposite of the rule above it."""
    if profile.exceptions == "typed" and rule.effect is not None:
        return rule.effect
    return "permit" if above == "deny" else "deny"


def judge(  # noqa: PLR0913  a rule, and where it stands
    rule: Rule, effect: Effect | None, case: Case, within: Algorithm, *, named: bool, root: bool = True
) -> RuleTrace:
    """What a rule says: its exceptions where they speak, else itself; what is not known never permits."""
    request, profile, context, data = case
    asked = request_condition(rule, request, profile, context)
    if asked is False:
        return RuleTrace(rule, effect, request=False, data=False, opinion=NOTHING, inner=())
    named = named or bool(rule.actors)
    about = data_condition(rule, effect, data, request, profile, context)
    inner = tuple(
        judge(one, effect_of(one, effect, profile), case, within, named=named, root=False) for one in rule.rules
    )
    exceptions = exceptions_together(inner, effect, profile, within)
    opinion = together(exceptions, own_opinion(effect, about, named=named), True if root else about)
    if asked is None:
        opinion = doubted(opinion)
    return RuleTrace(rule, effect, request=asked, data=about, opinion=opinion, inner=inner)


def together(exceptions: Opinion, own: Opinion, about: Answer) -> Opinion:
    """A rule with its exceptions: they speak first, and no further than the rule itself (`about`) speaks of the data.

    Those of a root speak of all data, as a root is the base and not an exception.
    """
    if about is False:
        return NOTHING
    if about is None:
        exceptions = doubted(exceptions)
    elif about == OPEN:
        exceptions |= NOTHING
    return (exceptions & ~NOTHING) | (own if exceptions & NOTHING else 0)


def exceptions_together(
    inner: Iterable[RuleTrace], above: Effect | None, profile: Profile, within: Algorithm
) -> Opinion:
    """What the exceptions say together. Under `conditional: deny` one on data only narrows one that is not."""
    found = list(inner)
    if profile.conditional == "deny" and above == "deny":
        plain = [one for one in found if not one.rule.has_data]
        narrowing = [one for one in found if one.rule.has_data and one.request is not False]
        lifted = fold((one.opinion for one in plain), within)
        if not lifted & GRANTS or not narrowing:
            return lifted
        return fold((one.opinion for one in narrowing), within)
    return fold((one.opinion for one in found), within)


def fold(opinions: Iterable[Opinion], algorithm: Algorithm) -> Opinion:
    """Opinions in order, by an algorithm's table."""
    made = NOTHING
    for one in opinions:
        made = algorithm.table[made][one]
    return made


def own_opinion(effect: Effect | None, about: Answer, *, named: bool) -> Opinion:
    """What a rule without exceptions says."""
    if effect is None or about is False:
        return NOTHING
    speaks = DENY if effect == "deny" else SPECIFIC if named else PERMIT
    if about == OPEN:
        return speaks | NOTHING
    if about is None and effect == "permit":
        return NOTHING
    return speaks


def doubted(opinion: Opinion) -> Opinion:
    """An opinion of a rule of which it is not known whether it holds: its permissions count for nothing."""
    return (opinion & ~GRANTS) | (NOTHING if opinion & GRANTS else 0)


def opinion_of(traces: Sequence[Trace], request: Request, profile: Profile, context: Context) -> Opinion:
    """What the consents say together, and the profile where they say nothing."""
    algorithm = ALGORITHMS[profile.between]
    made = combine_opinions([(one.consent.dated, one.opinion) for one in traces], algorithm)
    if made & NOTHING:
        made = (made & ~NOTHING) | fallback(request.purposes, algorithm, profile, context)
    return made


def combine_opinions(opinions: Sequence[tuple[int | None, Opinion]], algorithm: Algorithm) -> Opinion:
    """Opinions with their dates, by an algorithm; of those of one moment a refusal wins where the newest counts."""
    if not algorithm.newest_first:
        return fold((one for _, one in opinions), algorithm)
    by_date: dict[int, Opinion] = {}
    for dated, one in opinions:
        when = -(10**18) if dated is None else dated
        by_date[when] = TIES[by_date.get(when, NOTHING)][one]
    return fold((by_date[each] for each in sorted(by_date, reverse=True)), algorithm)


def deciding(traces: Sequence[Trace], algorithm: Algorithm) -> tuple[Trace, ...]:
    """The consents whose word counts: those that speak, and where the newest counts, none older than it."""
    speaking = [one for one in traces if one.opinion != NOTHING]
    if not algorithm.newest_first:
        return tuple(speaking)
    made: list[Trace] = []
    for when in sorted({_when(one) for one in speaking}, reverse=True):
        group = [one for one in speaking if _when(one) == when]
        made += group
        if not all(one.opinion & NOTHING for one in group):
            break
    return tuple(made)


def _when(one: Trace) -> int:
    return -(10**18) if one.consent.dated is None else one.consent.dated


def fallback(purposes: Sequence[Coding], algorithm: Algorithm, profile: Profile, context: Context) -> Opinion:
    """What holds where no consent speaks: what the algorithm says, else the profile's default for these purposes."""
    said = algorithm.silence if algorithm.silence != "nothing" else profile.default
    if said == "deny":
        return DENY
    if said != "permit":
        return NOTHING
    if algorithm.silence == "permit" or not profile.default_purposes:
        return PERMIT
    covered = purposes and all(
        any(
            canonical(one.system) == DEFAULT_SYSTEM and context.subsumes(DEFAULT_SYSTEM, wanted, one.code)
            for wanted in profile.default_purposes
        )
        for one in purposes
    )
    return PERMIT if covered else NOTHING


DEFAULT_SYSTEM = "http://terminology.hl7.org/CodeSystem/v3-ActReason"


def worst(one: Opinion, other: Opinion) -> Opinion:
    """The stricter of two opinions, for purposes that must each be permitted: deny, then nothing, then permit."""
    made = 0
    for left in (PERMIT, DENY, NOTHING, SPECIFIC):
        for right in (PERMIT, DENY, NOTHING, SPECIFIC):
            if left & one and right & other:
                made |= max((left, right), key=(SPECIFIC, PERMIT, NOTHING, DENY).index)
    return made


def per_purpose(request: Request, profile: Profile) -> list[Request]:
    """The request once for each purpose, where each must be permitted; else the request as it is."""
    if profile.purposes == "any" or len(request.purposes) < 2:  # noqa: PLR2004  one or none
        return [request]
    return [replace(request, purposes=(one,)) for one in request.purposes]


def decide_opinion(
    consents: Sequence[Consent], request: Request, profile: Profile, context: Context, data: Data | None = None
) -> Opinion:
    """What the consents say to a request."""
    made: Opinion | None = None
    for one in per_purpose(request, profile):
        said = opinion_of(trace(consents, one, profile, context, data), one, profile, context)
        made = said if made is None else worst(made, said)
    return NOTHING if made is None else made
