"""Published consent cases: a JSON object with request, consents, clock, resolved actors and the expected answer.

What a case leaves unsaid is filled in by rules that depend on its source alone, never on the single case; each is written
below and in docs/reference/consent.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from samspil_core.outcome import Issue
from samspil_core.values import Coding

from .codes import ACT_REASON
from .conditions import ASSUMED_ROLES
from .context import Context
from .decision import NAMES, Answer, decide
from .directory import Directory
from .findings import TAKEN_FOR
from .model import Actor, Consent, Reference, Rule
from .obligations import codes_obligations, token_extension
from .parts import objects
from .profile import load_profile
from .reading import read_consents
from .request import Request, read_request

__all__ = ["CaseResult", "profile_of", "run_case"]

EXAMPLE_BASE = "http://example.org/fhir"
"""The server that the notes of the IHE guide write references with."""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One question of a case: what was decided, what was published (None: nothing), and whether they agree."""

    name: str
    variant: int | None
    decision: str
    obligations: list[dict[str, Any]]
    residual: list[dict[str, Any]] | None
    expected: Mapping[str, Any] | None
    agrees: bool | None
    why: str
    answer: Answer

    def as_dict(self) -> dict[str, Any]:
        """As a line of NDJSON."""
        made: dict[str, Any] = {
            "id": self.name,
            **({} if self.variant is None else {"variant": self.variant}),
            "profile": self.answer.profile.name,
            "decision": self.decision,
            "obligations": self.obligations,
            "residual": self.residual,
            "expected": None if self.expected is None else dict(self.expected),
            "agrees": self.agrees,
        }
        return {**made, "why": self.why} if self.why else made


def profile_of(source: str) -> str:
    """The profile of a case, by its source alone."""
    return "leap-flip" if source.startswith("leap-") else "pcf" if source == "ihe-pcf" else "typed"


def run_case(case: Mapping[str, Any], profile: str = "") -> Iterator[CaseResult]:
    """Decide a case, once for each of its variants. `profile` overrides the one of the source.

    Raises ValueError for what is no case.
    """
    if not isinstance(case.get("request"), Mapping) or not isinstance(case.get("expected"), Mapping):
        raise ValueError("a case has request, consents and expected")  # noqa: TRY004  a value of JSON, not of Python
    expected = cast("Mapping[str, Any]", case["expected"])
    variants = objects(expected.get("variants"))
    if not variants:
        yield _run(case, None, cast("Mapping[str, Any]", case["request"]), expected, profile)
    for at, each in enumerate(variants):
        asked = {**cast("Mapping[str, Any]", case["request"]), **each.get("request", {})}
        yield _run(case, at, asked, each, profile)


def _run(
    case: Mapping[str, Any], variant: int | None, asked: Mapping[str, Any], expected: Mapping[str, Any], profile: str
) -> CaseResult:
    chosen = load_profile(profile or profile_of(str(case.get("source", ""))))
    actors = objects(case.get("resolvedActors"))
    consents, taken = _mended(read_consents(cast("Sequence[Any]", case.get("consents") or ())), actors)
    request = _request(asked, str(case.get("now", "")), consents)
    answer = decide(consents, request, chosen, Context(directory=Directory(actors)))
    answer = replace(answer, outcome=replace(answer.outcome, issues=(*answer.outcome.issues, *taken)))
    decision = NAMES[answer.effect]
    obligations = _obligations(answer)
    residual = _residual(answer)
    why = _differs(decision, obligations, residual, expected)
    name = str(case.get("id") or "case")
    if expected.get("decision") is None:
        why = "no decision is published"
        return CaseResult(name, variant, decision, obligations, residual, None, None, why, answer)
    return CaseResult(name, variant, decision, obligations, residual, expected, not why, why, answer)


def _obligations(answer: Answer) -> list[dict[str, Any]]:
    """In the form of LEAP under its profile, else in this package's own."""
    if answer.profile.conditional == "deny":
        return codes_obligations(answer.used, answer.request.classes)[0] if answer.obligations else []
    return [one.as_dict() for one in answer.obligations]


def _residual(answer: Answer) -> list[dict[str, Any]] | None:
    """The residual of the token that a permission is turned into; None where there is none."""
    if answer.effect != "permit":
        return None
    rules = answer.obligations[0].rules if answer.obligations else ()
    return token_extension(answer.used, rules, EXAMPLE_BASE)[0]["ihe_pcf"].get("residual")


def _differs(
    decision: str, obligations: list[dict[str, Any]], residual: list[dict[str, Any]] | None, expected: Mapping[str, Any]
) -> str:
    """Why an answer is not what was published, or an empty text."""
    if decision != expected.get("decision"):
        return f"decided {decision}"
    if "obligations" in expected and expected["obligations"] != obligations:
        return "other obligations"
    if expected.get("residual") is not None and residual != expected["residual"]:
        return "another residual"
    return ""


def _request(asked: Mapping[str, Any], now: str, consents: Sequence[Consent]) -> Request:
    """The request of a case. One that states only a note asks on behalf of whom the consent speaks of."""
    stated = {name: value for name, value in asked.items() if name not in {"note", "breakGlassAuthorised"}}
    request = read_request({"at": now, **stated})
    if not stated:
        return _spoken_of(request, consents)
    if asked.get("breakGlassAuthorised") is True:
        groups = tuple(one for one in _named(consents) if one.startswith("Group/"))
        return replace(request, actors=(*request.actors, *groups))
    if "breakGlassAuthorised" in asked or not request.actors + request.identifiers:
        return replace(request, actors=(*request.actors, "Practitioner/somebody-else"))
    return request


def _spoken_of(request: Request, consents: Sequence[Consent]) -> Request:
    """No request is published: the token asked about is that of the actors named, for the root's first purpose."""
    roots = [one.root for one in consents]
    purposes = tuple(each for root in roots for each in root.purposes[:1])
    actors = tuple(dict.fromkeys(_named(consents))) or ("Practitioner/somebody-else",)
    return replace(request, purposes=purposes or (Coding(ACT_REASON, "TREAT"),), actors=actors)


def _named(consents: Sequence[Consent]) -> Iterator[str]:
    def of(rule: Rule) -> Iterator[str]:
        yield from (one.reference.key for one in rule.actors if one.reference.key)
        for inner in rule.rules:
            yield from of(inner)

    for one in consents:
        yield from of(one.root)


def _mended(
    consents: Sequence[Consent], actors: Sequence[Mapping[str, Any]]
) -> tuple[tuple[Consent, ...], tuple[Issue, ...]]:
    """The consents with actor references that resolve nowhere taken for the only resource of that type in the case."""
    known = [str(each.get("reference")) for each in actors]
    issues: list[Issue] = []

    def mend_actor(actor: Actor, path: str) -> Actor:
        wanted = actor.reference.key
        kind = wanted.partition("/")[0]
        same = list(dict.fromkeys(each for each in known if each.startswith(f"{kind}/")))
        if not wanted or wanted in known or len(same) != 1 or not any(r.code in ASSUMED_ROLES for r in actor.roles):
            return actor
        issues.append(TAKEN_FOR.at(f"{path}.actor", type=kind))
        return replace(actor, reference=Reference(same[0]))

    def mend(rule: Rule) -> Rule:
        actors_ = tuple(mend_actor(one, rule.path) for one in rule.actors)
        return replace(rule, actors=actors_, rules=tuple(mend(one) for one in rule.rules))

    mended = tuple(replace(one, root=mend(one.root)) for one in consents)
    return mended, tuple(issues)
