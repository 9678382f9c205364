"""Emergency access: a refusal set aside for a declared purpose and reason, by an authorised role, for a short time.

Regulation (EU) 2025/327 Art. 11(5); the profile's `break_glass` says what a jurisdiction asks for. A permission so given
is bound to record and notice.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

from samspil_core.outcome import Issue, Outcome
from samspil_core.primitives import NotAPrimitive, parse_date_time

from .codes import ACT_REASON, canonical, is_a
from .decision import Answer
from .findings import BREAK_GLASS, BREAK_GLASS_REFUSED
from .obligations import LOG, NOTIFY, Obligation
from .profile import Profile
from .request import Request

__all__ = ["BOUND_TO", "refused", "with_emergency"]

BOUND_TO = (LOG, NOTIFY)
"""The obligations of every emergency access: record it, and tell the patient."""


def with_emergency(answer: Answer) -> Answer:
    """The answer with the request's declared emergency taken into account; without one, the answer as it is.

    `request.emergency` is `{"reason": text, "because": code, "declared": time}`. A condition not met leaves the refusal
    and says which. What a reader of the text would learn of the patient is never in a finding.
    """
    if answer.request.emergency is None or (answer.effect == "permit" and not answer.obligations):
        return answer
    why = refused(answer.request, answer.profile)
    if why:
        return _with(answer, BREAK_GLASS_REFUSED.at(why=why))
    opened = replace(answer, effect="permit", obligations=tuple(Obligation(one) for one in BOUND_TO))
    return _with(opened, BREAK_GLASS.at())


def _with(answer: Answer, issue: Issue) -> Answer:
    return replace(answer, outcome=Outcome((*answer.outcome.issues, issue)))


def refused(request: Request, profile: Profile) -> str:  # noqa: PLR0911  one return a condition
    """The condition of the profile that a request does not meet, or an empty text: the emergency opens access."""
    rules = profile.break_glass
    declared = request.emergency
    if declared is None:
        return "no emergency is declared"
    if not rules.get("overrides"):
        return f"the profile {profile.name} has no override; a consent may permit the purpose BTG"
    purposes = cast("list[str]", rules["purposes"])
    stated = [one.code for one in request.purposes if canonical(one.system) == ACT_REASON]
    if not any(is_a(ACT_REASON, wanted, code) for wanted in purposes for code in stated):
        return "the purpose is not an emergency's (" + ", ".join(purposes) + ")"
    reason = declared.get("reason")
    if rules["reason"] and not (isinstance(reason, str) and reason.strip()):
        return "no reason is declared"
    because = cast("list[str]", rules["because"])
    if declared.get("because") not in because:
        return "because is not one of " + ", ".join(because)
    roles = set(cast("list[str]", rules["roles"]))
    held = {one.rpartition("|")[2] for one in request.roles}
    if not request.roles or (roles and not roles & held):
        return "the requester's role is not authorised"
    if not request.patient:
        return "the patient is not named"
    return _too_late(declared.get("declared"), request.at, int(rules["minutes"]))


def _too_late(declared: Any, now: datetime, minutes: int) -> str:
    """An emergency lasts from its declaration for the profile's minutes."""
    try:
        found = parse_date_time(declared) if isinstance(declared, str) else None
        since = found.earliest() if found is not None else None
    except (NotAPrimitive, ValueError):
        since = None
    if since is None:
        return "the time of the declaration is missing"
    if not since <= now <= since + timedelta(minutes=minutes):
        return f"the declaration is not of the last {minutes} minutes"
    return ""
