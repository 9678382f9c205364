"""Profiles on the type of an element: the value must meet one of them, beyond its type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from samspil_validation import findings as f

if TYPE_CHECKING:
    from samspil_validation.run import Run
    from samspil_validation.schema import Schema

    from .base import Check

__all__ = ["type_profile_check"]


def type_profile_check(code: str, profiles: Sequence[str], url: str, schema: Schema) -> list[Check]:
    """The check that a value meets one of the profiles; what one alone finds is told as it is."""
    if len(profiles) == 1:
        return [_single(profiles[0], url)]
    shown = ", ".join(profiles)

    def check(value: Any, place: Any, run: Run) -> None:
        name = value.get("resourceType") if value.__class__ is dict else None
        fitting = [each for each in profiles if not name or schema.type_of(each) in {name, ""}] or list(profiles)
        best: list[Any] | None = None
        for each in fitting:
            found = run.lacks(value, each, place)
            if found is None or not run.bad(found):
                return
            best = found if best is None or len(found) < len(best) else best
        if len(fitting) == 1 and best is not None:
            run.found.extend(best)
        else:
            run.find(f.PROFILE_NOT_MET, place, url, profiles=shown)

    return [check] if code != "Extension" else []


def _single(profile: str, url: str) -> Check:
    def check(value: Any, place: Any, run: Run) -> None:
        found = run.lacks(value, profile, place)
        if found is not None:
            run.found.extend(found)
        elif run.schema.type_of(profile) == "":
            run.undecide(f.PROFILE_UNKNOWN, place, url, profile=profile)
        else:
            why = run.schema.broken.get(profile, "it cannot be compiled")
            run.undecide(f.PROFILE_BROKEN, place, url, profile=profile, why=why)

    return check
