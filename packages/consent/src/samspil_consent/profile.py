"""How consents combine, as data with a name: the files in `profiles/`, each one a page that can be read.

No rule is hidden in code: what a file says is all that differs between jurisdictions and projects.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal, cast

from samspil_core.jsontext import loads
from samspil_core.textfile import read_text

from .combining import ALGORITHMS

__all__ = ["BadProfile", "Profile", "load_profile", "profile_names"]

Visibility = Literal["hidden", "announced"]


class BadProfile(ValueError):
    """A profile cannot be used: it is not there, or a value in it is not one of those allowed."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A named semantics. The reference page explains each field and its values.

    `between` combines consents, `within` the exceptions of one rule. `exceptions` says what an exception does: `typed`
    (what its type says; where there is none, the opposite of the rule above) or `flip` (always the opposite). `base` is
    the base rule of a consent that names none (silent: only its exceptions speak). `default` is the answer where no
    consent speaks, for `default_purposes` (empty: for all). `codes` are compared in their hierarchy or exactly.
    `purposes`: of several stated, must each be permitted or is any enough. `missing`: what a condition is on something
    that the request does not state. `conditional`: whether exceptions on data alone lift a refusal. `ignores`:
    conditions not looked at.
    """

    name: str
    about: str
    source: str
    between: str
    within: str
    exceptions: Literal["typed", "flip"]
    base: Literal["permit", "deny", "silent"]
    default: Literal["permit", "deny", "no-consent"]
    default_purposes: tuple[str, ...]
    codes: Literal["hierarchy", "exact"]
    purposes: Literal["each", "any"]
    missing: Literal["fail-closed", "no-match"]
    conditional: Literal["permit", "deny"]
    ignores: tuple[str, ...]
    visibility: Visibility
    break_glass: Mapping[str, Any]


_ALLOWED: dict[str, tuple[str, ...]] = {
    "between": tuple(ALGORITHMS),
    "within": tuple(ALGORITHMS),
    "exceptions": ("typed", "flip"),
    "base": ("permit", "deny", "silent"),
    "default": ("permit", "deny", "no-consent"),
    "codes": ("hierarchy", "exact"),
    "purposes": ("each", "any"),
    "missing": ("fail-closed", "no-match"),
    "conditional": ("permit", "deny"),
    "visibility": ("hidden", "announced"),
}
_IGNORABLE = {"action", "role", "category"}


def profile_names() -> tuple[str, ...]:
    """The shipped profiles."""
    found = (each.name for each in (files("samspil_consent") / "profiles").iterdir())
    return tuple(sorted(name.removesuffix(".json") for name in found if name.endswith(".json")))


@lru_cache(maxsize=64)
def load_profile(name: str) -> Profile:
    """The shipped profile of a name, or the one in a file whose path is given. Raises `BadProfile`."""
    try:
        if name in profile_names():
            text = (files("samspil_consent") / "profiles" / f"{name}.json").read_text(encoding="utf-8")
        elif name.endswith(".json"):
            text = read_text(name)
        else:
            known = ", ".join(profile_names())
            raise BadProfile(f"there is no profile {name!r}; there are {known}, and files that end in .json")
        return read_profile(loads(text), name)
    except (OSError, ValueError) as error:
        if isinstance(error, BadProfile):
            raise
        raise BadProfile(f"the profile {name} cannot be read: {error}") from None


def read_profile(value: object, source: str) -> Profile:
    """A profile from the JSON object of its file. Raises `BadProfile`, naming the field."""
    if not isinstance(value, dict):
        raise BadProfile(f"{source}: a profile is a JSON object")
    given = cast("dict[str, Any]", value)
    wanted = {field.name for field in fields(Profile)}
    if missing := sorted(wanted - given.keys()):
        raise BadProfile(f"{source}: these fields are missing: {', '.join(missing)}")
    if unknown := sorted(given.keys() - wanted):
        raise BadProfile(f"{source}: these fields are not known: {', '.join(unknown)}")
    for field, allowed in _ALLOWED.items():
        if given[field] not in allowed:
            raise BadProfile(f"{source}: {field} is one of {', '.join(allowed)}")
    for field in ("ignores", "default_purposes"):
        if not _is_texts(given[field]):
            raise BadProfile(f"{source}: {field} is a list of texts")
    if not isinstance(given["break_glass"], dict):
        raise BadProfile(f"{source}: break_glass is a JSON object")
    if not set(given["ignores"]) <= _IGNORABLE:
        raise BadProfile(f"{source}: ignores may hold {', '.join(sorted(_IGNORABLE))}")
    lists: dict[str, Any] = {"ignores": tuple(given["ignores"]), "default_purposes": tuple(given["default_purposes"])}
    values: dict[str, Any] = {**given, **lists}
    return Profile(**values)


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in cast("list[object]", value))
