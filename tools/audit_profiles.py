"""The profiles of IHE BALP and our own for EHDS, with their invariants as functions, for the tests of the audit package."""

from pathlib import Path
from typing import Any

from tools.profile_check import Profiles, load
from tools.projects import ROOT

CATEGORY = "urn:samspil:audit:CodeSystem:ehds-category"
_PERSONS = {"IRCP", "AUT", "INF", "CST"}


def profiles(corpora: Path) -> Profiles:
    """All of them."""
    return load(
        corpora / "audit" / "balp" / "profiles",
        ROOT / "profiles" / "audit",
        invariants={
            "val-audit-source": lambda agent, event: agent.get("who") == event.get("source", {}).get("observer"),
            "ehds-person": lambda event, _: _person(event),
            "ehds-category": lambda event, _: any(_labelled(event)),
            "ehds-origin": lambda event, _: all(_tells(entity, "origin") for entity in _labelled(event)),
            "ehds-evidence": lambda event, _: all(_tells(entity, "category-evidence") for entity in _labelled(event)),
        },
    )


def _person(event: Any) -> bool:
    agents = event["agent"]
    named = any(
        agent.get("requestor")
        and agent.get("who")
        and _PERSONS & {c["code"] for c in agent.get("type", {}).get("coding", ())}
        for agent in agents
    )
    roles = (coding["code"] for agent in agents for role in agent.get("role", ()) for coding in role["coding"])
    return named or "machine" in roles


def _labelled(event: Any) -> list[Any]:
    return [
        entity
        for entity in event.get("entity", ())
        if any(label.get("system") == CATEGORY for label in entity.get("securityLabel", ()))
    ]


def _tells(entity: Any, kind: str) -> bool:
    return any(detail["type"] == kind for detail in entity.get("detail", ()))
