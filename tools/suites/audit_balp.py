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
    return None if faults else f"accepted, though it breaks: {told['rule']}"
