"""The compiled engine and the reference interpreter say the same, and what is not understood never permits."""

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import CONTEXTS, a_consent, a_request

from samspil_consent import Engine, decide_with, load_profile, profile_names
from samspil_consent.combining import ALGORITHMS, DENY
from samspil_consent.explanation import explanation, replay
from samspil_consent.model import Rule
from samspil_consent.reference import GRANTS, decide_opinion
from samspil_core.jsontext import dumps, loads

PROFILES = [load_profile(name) for name in profile_names()]
PROFILES += [replace(PROFILES[-1], name=name, between=name) for name in ALGORITHMS]
seeds = st.integers(0, 2**32)


def world(seed):
    """Some consents, a profile and a context."""
    source = random.Random(seed)
    consents = [a_consent(source, str(at)) for at in range(source.choice((0, 1, 2, 3)))]
    return source, consents, source.choice(PROFILES), source.choice(CONTEXTS)


@given(seeds)
@settings(max_examples=400, deadline=None)
def test_reference_and_compiled_agree(seed):
    source, consents, profile, context = world(seed)
    engine = Engine(consents, profile, context)
    for _ in range(10):
        request = a_request(source)
        assert engine.opinion(engine.prepare(request)) == decide_opinion(consents, request, profile, context)


@given(seeds)
@settings(max_examples=200, deadline=None)
def test_an_unknown_element_never_turns_deny_into_permit(seed):
    source, consents, profile, context = world(seed)
    if not consents:
        return
    request = a_request(source)
    before = decide_opinion(consents, request, profile, context)
    at = source.randrange(len(consents))
    odd = [*consents]
    odd[at] = replace(odd[at], root=with_unknown(odd[at].root, source))
    after = decide_opinion(odd, request, profile, context)
    assert not (before & GRANTS == 0 and before & DENY and after & GRANTS), (before, after)


def with_unknown(rule: Rule, source) -> Rule:
    """The rule with an unknown element in it, or in one below it."""
    if rule.rules and source.random() < 0.6:
        at = source.randrange(len(rule.rules))
        inner = [with_unknown(one, source) if here == at else one for here, one in enumerate(rule.rules)]
        return replace(rule, rules=tuple(inner))
    return replace(rule, unknown=(*rule.unknown, "modifierExtension"))


@given(seeds)
@settings(max_examples=200, deadline=None)
def test_removing_a_consent_under_deny_overrides_never_adds_a_deny(seed):
    source, consents, profile, context = world(seed)
    profile = replace(profile, between="deny-overrides", default="no-consent")
    request = a_request(source)
    before = decide_opinion(consents, request, profile, context)
    for at in range(len(consents)):
        after = decide_opinion(consents[:at] + consents[at + 1 :], request, profile, context)
        assert not after & DENY or before & DENY


@given(seeds)
@settings(max_examples=200, deadline=None)
def test_the_order_of_consents_changes_nothing(seed):
    source, consents, profile, context = world(seed)
    request = a_request(source)
    before = decide_opinion(consents, request, profile, context)
    source.shuffle(consents)
    assert decide_opinion(consents, request, profile, context) == before


@given(seeds)
@settings(max_examples=150, deadline=None)
def test_an_explanation_replays_to_the_same_decision(seed):
    source, consents, profile, context = world(seed)
    if profile.name not in profile_names():
        return
    answer = decide_with(Engine(consents, profile, context), a_request(source))
    told = loads(dumps(explanation(answer)))
    assert replay(told) == told["effect"]
