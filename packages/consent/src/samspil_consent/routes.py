"""What a request to a FHIR server asks for, read strictly: what is not listed here is refused.

The path that goes on is written anew from what was understood, so that the server behind reads nothing else into it.
https://hl7.org/fhir/R4/http.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

__all__ = ["Kind", "Route", "is_local", "route"]

Kind = Literal[
    "metadata",
    "configuration",
    "batch",
    "search",
    "read",
    "vread",
    "history",
    "everything",
    "export",
    "export-status",
    "export-cancel",
    "export-file",
    "create",
    "update",
    "delete",
    "refused",
]

_TYPE: Final = re.compile(r"[A-Z][A-Za-z]{1,63}")
_ID: Final = re.compile(r"[A-Za-z0-9.\-]{1,64}")
_DOTS: Final = frozenset({".", ".."})


@dataclass(frozen=True, slots=True)
class Route:
    """An interaction: its kind, the path to ask for, and the resource (`Type/id`) that must be visible for it to go on.

    `letter` is that of SMART scopes: c, r, u, d or s.
    """

    kind: Kind
    path: str = ""
    name: str = ""
    letter: str = "r"


_REFUSED: Final = Route("refused")
_TABLE: Final[tuple[tuple[str, str, Kind, str], ...]] = (
    ("GET", "metadata", "metadata", "r"),
    ("GET", ".well-known/smart-configuration", "configuration", "r"),
    ("GET", "TYPE", "search", "s"),
    ("GET", "TYPE/ID", "read", "r"),
    ("GET", "TYPE/ID/_history", "history", "r"),
    ("GET", "TYPE/ID/_history/ID", "vread", "r"),
    ("GET", "TYPE/ID/TYPE", "search", "s"),
    ("GET", "TYPE/ID/$everything", "everything", "s"),
    ("GET", "$export", "export", "s"),
    ("GET", "Patient/$export", "export", "s"),
    ("GET", "Group/ID/$export", "export", "s"),
    ("GET", "$export-status", "export-status", "s"),
    ("DELETE", "$export-status", "export-cancel", "s"),
    ("GET", "$export-file", "export-file", "s"),
    ("POST", "", "batch", "r"),
    ("POST", "TYPE/_search", "search", "s"),
    ("POST", "TYPE/ID/TYPE/_search", "search", "s"),
    ("POST", "TYPE", "create", "c"),
    ("PUT", "TYPE/ID", "update", "u"),
    ("DELETE", "TYPE/ID", "delete", "d"),
)
"""Every interaction that is let in: method, path, kind, and the letter of SMART scopes."""


def is_local(key: str) -> bool:
    """Whether a text is `Type/id`, and so may name a resource of this server."""
    kind, _, name = key.partition("/")
    return _fits(kind, "TYPE") and _fits(name, "ID")


def route(method: str, path: str, root: str) -> Route:
    """The interaction that a method and a decoded path ask for, below the path `root` that the server is mounted at."""
    if path != root and not path.startswith(f"{root}/"):
        return _REFUSED
    steps = [each for each in path[len(root) :].split("/") if each]
    for wanted, pattern, kind, letter in _TABLE:
        expected = pattern.split("/") if pattern else []
        if method == wanted and len(steps) == len(expected) and all(map(_fits, steps, expected)):
            asked = steps[:-1] if steps and steps[-1] == "_search" else steps
            here = "/".join((root, *asked)) if asked else root or "/"
            return Route(kind, here, "/".join(steps[:2]) if "ID" in expected else "", letter)
    return _REFUSED


def _fits(step: str, expected: str) -> bool:
    if expected == "TYPE":
        return bool(_TYPE.fullmatch(step))
    if expected == "ID":
        return bool(_ID.fullmatch(step)) and step not in _DOTS
    return step == expected
