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


REFUSED: Final = Route("refused")


def is_local(key: str) -> bool:
    """Whether a text is `Type/id`, and so may name a resource of this server."""
    kind, _, name = key.partition("/")
    return bool(_TYPE.fullmatch(kind) and _ID.fullmatch(name)) and name not in _DOTS


def route(method: str, path: str, root: str) -> Route:
    """The interaction that a method and a decoded path ask for, below the path `root` that the server is mounted at."""
    if path != root and not path.startswith(f"{root}/"):
        return REFUSED
    steps = [each for each in path[len(root) :].split("/") if each]
    if _DOTS & set(steps):
        return REFUSED
    here = "/".join((root, *steps)) if steps else root or "/"
    if method == "GET":
        return _get(steps, here)
    if method == "POST":
        return _post(steps, here)
    kinds: dict[str, tuple[Kind, str]] = {"PUT": ("update", "u"), "DELETE": ("delete", "d")}
    if method not in kinds:
        return REFUSED
    kind, letter = kinds[method]
    match steps:
        case [what, name] if is_local(f"{what}/{name}"):
            return Route(kind, here, f"{what}/{name}", letter)
        case ["$export-status"] if method == "DELETE":
            return Route("export-status", here, letter="s")
        case _:
            return REFUSED


def _post(steps: list[str], here: str) -> Route:
    match steps:
        case []:
            return Route("batch", here)
        case [*asked, "_search"]:
            searched = _get(asked, here.removesuffix("/_search"))
            return searched if searched.kind == "search" else REFUSED
        case [what] if _TYPE.fullmatch(what):
            return Route("create", here, letter="c")
        case _:
            return REFUSED


def _get(steps: list[str], here: str) -> Route:
    found = _of_one(steps, here) if len(steps) > 1 and is_local("/".join(steps[:2])) else None
    if found is not None:
        return found
    match steps:
        case ["metadata"]:
            return Route("metadata", here)
        case [".well-known", "smart-configuration"]:
            return Route("configuration", here)
        case ["$export"] | ["Patient", "$export"]:
            return Route("export", here, letter="s")
        case ["$export-status"]:
            return Route("export-status", here, letter="s")
        case ["$export-file"]:
            return Route("export-file", here, letter="s")
        case [what] if _TYPE.fullmatch(what):
            return Route("search", here, letter="s")
        case _:
            return REFUSED


def _of_one(steps: list[str], here: str) -> Route | None:
    """Interactions with one resource."""
    name = "/".join(steps[:2])
    match steps[2:]:
        case []:
            return Route("read", here, name)
        case ["_history"]:
            return Route("history", here, name)
        case ["_history", version] if _ID.fullmatch(version):
            return Route("vread", here, name)
        case ["$everything"]:
            return Route("everything", here, name, "s")
        case ["$export"] if name.startswith("Group/"):
            return Route("export", here, name, "s")
        case [inner] if _TYPE.fullmatch(inner):
            return Route("search", here, name, "s")
        case _:
            return None
