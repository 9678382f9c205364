"""Why: every consent and rule with what its conditions answered, in words, and as data that replays to the same decision."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, cast

from samspil_core.outcome import Language

from .combining import ALGORITHMS, NOTHING
from .decision import Answer
from .engine import effect_of_opinion
from .model import Rule
from .profile import Profile, load_profile
from .reference import (
    RuleTrace,
    Trace,
    combine_opinions,
    doubted,
    exceptions_together,
    fallback,
    own_opinion,
    per_purpose,
    profile_for,
    together,
    trace,
    worst,
)

__all__ = ["explanation", "in_words", "replay"]

_SAID = {
    "en": {
        "permit": "The access is permitted.",
        "limited": "The access is permitted in part: what the consents withhold must be left out.",
        "deny": "The access is refused.",
        "no-consent": "No consent permits or refuses the access.",
        "rule": "Consents combine by {rule} (profile {profile}).",
        "silent": "Where no consent speaks, the profile says: {default}.",
        "not-applied": "{name} was not used: not active, of another patient, or of another category.",
        "out": "{name} does not speak of this request.",
        "consent": "{name}: {opinion}; base rule {base} ({source}).",
        "rule-spoke": "{path} {effect}: {why}",
        "missing": "Not known: {text}",
        "obligation": "Must be done: {what}.",
        "matched": "its conditions hold",
        "doubt": "it is not known whether its conditions hold, so it permits nothing",
        "open": "it depends on the data",
    },
    "da": {
        "permit": "Adgangen er tilladt.",
        "limited": "Adgangen er delvist tilladt: det, som samtykkerne tilbageholder, skal udelades.",
        "deny": "Adgangen er afvist.",
        "no-consent": "Intet samtykke tillader eller afviser adgangen.",
        "rule": "Samtykker kombineres efter {rule} (profilen {profile}).",
        "silent": "Hvor intet samtykke taler, siger profilen: {default}.",
        "not-applied": "{name} er ikke brugt: ikke aktivt, for en anden patient eller af en anden kategori.",
        "out": "{name} taler ikke om denne forespørgsel.",
        "consent": "{name}: {opinion}; grundregel {base} ({source}).",
        "rule-spoke": "{path} {effect}: {why}",
        "missing": "Ikke kendt: {text}",
        "obligation": "Skal udføres: {what}.",
        "matched": "dens betingelser er opfyldt",
        "doubt": "det vides ikke, om dens betingelser er opfyldt, så den tillader intet",
        "open": "det afhænger af oplysningerne",
    },
}
_EFFECTS = {
    "en": {"permit": "permits", "deny": "refuses", None: "says nothing", "no-consent": "says nothing"},
    "da": {"permit": "tillader", "deny": "afviser", None: "siger intet", "no-consent": "siger intet"},
}


def in_words(answer: Answer, language: Language = "en") -> str:
    """The reasons of a decision as lines of text, in English or Danish. Names rules and codes, never a person's data."""
    return "\n".join(_lines(answer, language)) + "\n"


def _lines(answer: Answer, language: Language) -> Iterator[str]:
    say = _SAID[language]
    limited = answer.effect == "permit" and any(one.rules for one in answer.obligations)
    yield say["limited" if limited else answer.effect]
    yield say["rule"].format(rule=answer.profile.between, profile=answer.profile.name)
    if answer.opinion == NOTHING or not answer.used:
        yield say["silent"].format(default=answer.profile.default)
    for one in answer.traces:
        yield from _of_consent(one, language)
    for each in answer.obligations:
        yield say["obligation"].format(what=each.coding.display or each.coding.code)
    for issue in answer.outcome:
        if issue.severity in {"warning", "error"}:
            words = issue.wording(language)
            yield say["missing"].format(text=f"{issue.code} {issue.where} {words.text} {words.fix}")


def _of_consent(one: Trace, language: Language) -> Iterator[str]:
    say, effects = _SAID[language], _EFFECTS[language]
    name = one.consent.name
    if not one.applies or one.root is None:
        yield say["not-applied"].format(name=name)
        return
    if one.opinion == NOTHING:
        yield say["out"].format(name=name)
        return
    opinion = effects[effect_of_opinion(one.opinion)]
    base = effects[one.root.effect]
    yield say["consent"].format(name=name, opinion=opinion, base=base, source=one.consent.base_source)
    for found in _rules(one.root):
        if found.opinion != NOTHING:
            why = "doubt" if found.request is None else "open" if found.data == "open" else "matched"
            path, effect = found.rule.path, effects[found.effect]
            yield "  " + say["rule-spoke"].format(path=path, effect=effect, why=say[why])


def _rules(found: RuleTrace) -> Iterator[RuleTrace]:
    yield found
    for inner in found.inner:
        yield from _rules(inner)


def explanation(answer: Answer) -> dict[str, Any]:
    """The reasons of a decision as JSON: enough for `replay` to come to the same decision without the consents."""
    profile = answer.profile
    asked = [
        {
            "fallback": fallback(one.purposes, ALGORITHMS[profile.between], profile, answer.context),
            "consents": [_as_dict(each) for each in trace(answer.consents, one, profile, answer.context)],
        }
        for one in per_purpose(answer.request, profile)
    ]
    return {**answer.as_dict(), "effect": effect_of_opinion(answer.opinion), "asked": asked}


def _as_dict(one: Trace) -> dict[str, Any]:
    consent = one.consent
    head = {
        "name": consent.name,
        "base": consent.base,
        "baseSource": consent.base_source,
        "dated": consent.dated,
        "combining": consent.combining,
    }
    return {**head, "root": None if one.root is None else _rule_as_dict(one.root, named=False)}


def _rule_as_dict(found: RuleTrace, *, named: bool) -> dict[str, Any]:
    named = named or bool(found.rule.actors)
    return {
        "path": found.rule.path,
        "effect": found.effect,
        "request": found.request,
        "data": found.data,
        "aboutData": found.rule.has_data,
        "namesActor": named,
        "exceptions": [_rule_as_dict(one, named=named) for one in found.inner],
    }


def replay(found: Mapping[str, Any]) -> Literal["permit", "deny", "no-consent"]:
    """The decision that an explanation leads to, computed from what its conditions answered alone."""
    profile = load_profile(cast("str", found["profile"]))
    made: int | None = None
    for asked in cast("Sequence[Mapping[str, Any]]", found["asked"]):
        opinions = [(each["dated"], _replayed_consent(each, profile)) for each in asked["consents"]]
        said = combine_opinions(opinions, ALGORITHMS[profile.between])
        if said & NOTHING:
            said = (said & ~NOTHING) | cast("int", asked["fallback"])
        made = said if made is None else worst(made, said)
    return effect_of_opinion(NOTHING if made is None else made)


def _replayed_consent(found: Mapping[str, Any], profile: Profile) -> int:
    if found["root"] is None:
        return NOTHING
    chosen = profile_for(bool(found["combining"]), profile)
    within = ALGORITHMS[cast("str", found["combining"]) or profile.within]

    def judged(rule: Mapping[str, Any], *, root: bool = False) -> RuleTrace:
        inner = tuple(judged(one) for one in rule["exceptions"])
        shape = Rule(cast("str", rule["path"]), expressions=("",) if rule["aboutData"] else ())
        asked, about, effect = rule["request"], rule["data"], rule["effect"]
        if asked is False:
            return RuleTrace(shape, effect, request=False, data=False, opinion=NOTHING, inner=())
        exceptions = exceptions_together(inner, effect, chosen, within)
        own = own_opinion(effect, about, named=bool(rule["namesActor"]))
        opinion = together(exceptions, own, True if root else about)
        return RuleTrace(shape, effect, asked, about, doubted(opinion) if asked is None else opinion, inner)

    return judged(cast("Mapping[str, Any]", found["root"]), root=True).opinion
