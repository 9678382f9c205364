"""What consents change, tried out over a small world: `diff` between two sets of them, `lint` of one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from samspil_core.outcome import Issue

from .combining import DENY, PERMIT, SPECIFIC
from .context import Context
from .engine import Engine
from .findings import CONTRADICTION, DEAD_RULE, EXPIRED, TYPED_ROOT, UNREACHABLE
from .model import Consent, Rule, micros
from .profile import Profile
from .reference import GRANTS, RuleTrace, Trace, trace
from .world import Access, requests, rules_of

__all__ = ["Difference", "diff", "lint"]


@dataclass(frozen=True, slots=True)
class Difference:
    """An access that two sets of consents decide differently, as a witness."""

    before: str
    after: str
    access: Access

    def as_dict(self) -> dict[str, Any]:
        """As JSON: both decisions and the request with the data it is about."""
        request, data = self.access
        made: dict[str, Any] = {
            "at": request.at.isoformat(),
            "actor": [*request.actors, *request.identifiers],
            "role": list(request.roles),
            "purpose": [one.code for one in request.purposes],
            "action": [one.code for one in request.actions],
            "data": sorted((*data.labels, *data.classes, *data.codes, *data.references)),
        }
        return {"before": self.before, "after": self.after, "request": made}


def diff(
    before: Sequence[Consent], after: Sequence[Consent], profile: Profile, at: datetime, context: Context | None = None
) -> tuple[list[Difference], bool]:
    """Every access of the small world of both that is decided differently, and whether the world was tried whole.

    Both sets are asked about the same accesses, so that a witness is a real request, not an argument.
    """
    world, whole = requests([*before, *after], at)
    old, new = Engine(before, profile, context), Engine(after, profile, context)
    made: list[Difference] = []
    for access in world:
        request, data = access
        first, second = old.effect(old.prepare(request, data)), new.effect(new.prepare(request, data))
        if first != second:
            made.append(Difference(first, second, access))
    return made, whole


def lint(
    consents: Sequence[Consent], profile: Profile, at: datetime, context: Context | None = None
) -> list[tuple[str, Issue]]:
    """What is wrong with consents: not understood, not in force, dead rules, contradictions. Pairs of name and finding."""
    found: list[tuple[str, Issue]] = []
    for consent in consents:
        issues = [*consent.issues, *_plain(consent, at), *_tried(consent, profile, at, context or Context())]
        found += [(consent.name, issue) for issue in dict.fromkeys(issues)]
    return found


def _plain(consent: Consent, at: datetime) -> Iterator[Issue]:
    if consent.base_source == "root type":
        yield TYPED_ROOT.at("Consent.provision.type")
    if not consent.active:
        yield EXPIRED.at("Consent.status", why="its status is not active")
    period = consent.root.period
    if period is not None and period.last is not None and period.last < micros(at):
        yield EXPIRED.at(f"{consent.root.path}.period", why="its period is over")


def _tried(consent: Consent, profile: Profile, at: datetime, context: Context) -> Iterator[Issue]:
    """Take each rule out in turn and look whether any access of the world is decided otherwise."""
    if not consent.readable:
        return
    world, whole = requests([consent], at)
    if not whole:
        return
    engine = Engine([consent], profile, context)
    decided = [_said(engine, access) for access in world]
    traces = [trace([consent], request, profile, context, data)[0] for request, data in world]
    reached = {path for each in traces for path in _reached(each.root, root=True)}
    for path in (rule.path for rule in rules_of([consent]) if rule.path != consent.root.path):
        less = Engine([replace(consent, root=_without(consent.root, path))], profile, context)
        if path not in reached:
            yield UNREACHABLE.at(path)
        elif all(_said(less, access) == said for access, said in zip(world, decided, strict=True)):
            yield DEAD_RULE.at(path, why="without it every access is decided the same")
    yield from _contradictions(traces)


def _reached(found: RuleTrace | None, *, root: bool = False) -> Iterator[str]:
    """The rules that may speak of an access: every condition of theirs, and of those they stand in, may hold.

    Exceptions to a root speak of all data.
    """
    if found is not None and found.request is not False and (root or found.data is not False):
        yield found.rule.path
        for inner in found.inner:
            yield from _reached(inner)


def _said(engine: Engine, access: Access) -> int:
    """An opinion; that a permission names its recipient counts only where the profile lets it."""
    opinion = engine.opinion(engine.prepare(*access))
    specific = engine.profile.between == "specific-permit-overrides"
    return PERMIT if opinion == SPECIFIC and not specific else opinion


def _without(rule: Rule, path: str) -> Rule:
    return replace(rule, rules=tuple(_without(one, path) for one in rule.rules if one.path != path))


def _contradictions(traces: Sequence[Trace]) -> Iterator[Issue]:
    """Exceptions of one rule that speak of the same access with opposite effect."""
    seen: set[tuple[str, str]] = set()
    for one in traces:
        for found in _all(one.root):
            said = [each for each in found.inner if each.opinion in {DENY, PERMIT, SPECIFIC}]
            denied = next((each for each in said if each.opinion == DENY), None)
            granted = next((each for each in said if each.opinion & GRANTS), None)
            if denied is not None and granted is not None:
                pair = (denied.rule.path, granted.rule.path)
                if pair not in seen:
                    seen.add(pair)
                    winner = denied if found.opinion == DENY else granted
                    yield CONTRADICTION.at(pair[0], other=pair[1], winner=winner.rule.path)


def _all(found: RuleTrace | None) -> Iterator[RuleTrace]:
    if found is not None:
        yield found
        for inner in found.inner:
            yield from _all(inner)
