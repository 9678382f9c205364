"""IHE BALP: the published examples are valid, and each mutant breaks its profile."""

import json
from collections.abc import Iterator
from pathlib import Path

from tools.audit_profiles import profiles
from tools.profile_check import Profiles
from tools.suites import Case, attempt

NAME = "audit-balp"
GROUP = "audit"


def run(folder: Path) -> Iterator[Case]:
    """A case is an example or a mutant."""
    root = folder / "audit" / "balp"
    known = profiles(folder)
    for told in json.loads((root / "manifest.json").read_text(encoding="utf-8")):
        yield attempt(told["file"], lambda told=told: check(root, told, known))


def check(root: Path, told: dict[str, str], known: Profiles) -> str | None:
    """Why the verdict is not the expected one, else None."""
    event = json.loads((root / told["file"]).read_text(encoding="utf-8"))
    faults = known.check(event, told["profile"])
    if told["expect"] == "valid":
        return "; ".join(faults) or None
    if not faults:
        return f"accepted, though it breaks: {told['rule']}"
    return (
        None if any(names(fault, told["rule"]) for fault in faults) else f"{told['rule']}, but refused for: {faults[0]}"
    )


def names(fault: str, rule: str) -> bool:
    """Whether a fault is the breach of that rule: `slice agent:client min 1`, `modifierExtension max 0`, ..."""
    if rule.startswith("invariant "):
        return fault.endswith(f": {rule.removeprefix('invariant ')}")
    element, _, what = rule.removeprefix("slice ").removeprefix("AuditEvent.").partition(" ")
    return fault.startswith(f"AuditEvent.{element}: {'must be' if what.startswith('must') else what}")
