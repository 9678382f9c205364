"""What a request asks for: its FHIR interaction, the resource it means, and the patients it names.

https://hl7.org/fhir/R4/http.html#summary
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

__all__ = ["Interaction", "read_request"]

_TYPE = re.compile(r"[A-Z][A-Za-z]+")
_BY_METHOD = {"GET": "read", "HEAD": "read", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
_ON_TYPE = {"GET": "search-type", "HEAD": "search-type", "POST": "create"} | {
    "PUT": "update",
    "PATCH": "patch",
    "DELETE": "delete",
}
_CONDITIONAL = frozenset({"update", "patch", "delete"})
_PATIENT_PARAMETERS = frozenset({"patient", "subject", "beneficiary"})


@dataclass(frozen=True, slots=True)
class Interaction:
    """A code of https://hl7.org/fhir/R4/valueset-type-restful-interaction.html, and what the request names.

    `subset` says that it asks for less than whole resources (`_elements`, `_summary`).
    """

    code: str
    type: str = ""
    target: str = field(default="", repr=False)
    patients: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    subset: bool = False


def read_request(method: str, path: str, query: str = "", form: str = "") -> Interaction:
    """The interaction of a request; `path` is relative to the base of the server, `form` the body of a POST _search."""
    steps = [step for step in path.split("/") if step]
    pairs = parse_qsl(query) + parse_qsl(form)
    code, kind, target = _interaction(method, steps, bool(pairs))
    searches = code.startswith("search") or (code in _CONDITIONAL and not target)
    subset = any(name == "_elements" or (name == "_summary" and value != "false") for name, value in pairs)
    return Interaction(code, kind, target, tuple(_patients(kind, steps, pairs, searches=searches)), subset)


def _interaction(method: str, steps: list[str], has_query: bool) -> tuple[str, str, str]:  # noqa: FBT001, PLR0911  a row of the table of the standard each
    kind = steps[0] if steps and _TYPE.fullmatch(steps[0]) else ""
    if any(step.startswith("$") for step in steps):
        return "operation", kind, "/".join(steps[:2]) if kind and not steps[1].startswith("$") else ""
    if "_history" in steps:
        return _history(steps, kind)
    if not steps:
        return ("transaction" if method == "POST" else "search-system"), "", ""
    if steps == ["metadata"]:
        return "capabilities", "", ""
    if steps[-1] == "_search":
        return ("search-type" if kind else "search-system"), kind, ""
    if not kind:
        return ("search-system" if has_query and method in {"GET", "HEAD"} else "operation"), "", ""
    if len(steps) == 1:
        return _ON_TYPE.get(method, "operation"), kind, ""
    if len(steps) == 2:  # noqa: PLR2004  type and id
        return _BY_METHOD.get(method, "operation"), kind, "/".join(steps)
    return "search-type", steps[2] if _TYPE.fullmatch(steps[2]) else "", ""


def _history(steps: list[str], kind: str) -> tuple[str, str, str]:
    at = steps.index("_history")
    if at == 2 and len(steps) > at + 1:  # noqa: PLR2004  Type/id/_history/version
        return "vread", kind, "/".join(steps[:4])
    return ("history-system", "history-type", "history-instance")[min(at, 2)], kind, ""


def _patients(
    kind: str, steps: list[str], pairs: Iterable[tuple[str, str]], *, searches: bool
) -> Iterator[Mapping[str, Any]]:
    if len(steps) > 1 and steps[0] == "Patient" and not steps[1].startswith(("$", "_")):
        yield {"reference": f"Patient/{steps[1]}"}
    for name, value in pairs:
        plain, _, modifier = name.partition(":")
        if plain in _PATIENT_PARAMETERS and "." not in modifier:
            yield from _named(value, modifier)
        elif kind == "Patient" and searches and plain in {"_id", "identifier"}:
            yield from _named(value, "identifier" if plain == "identifier" else "")
        elif plain in {"patient.identifier", "subject.identifier"}:
            yield from _named(value, "identifier")


def _named(value: str, modifier: str) -> Iterator[Mapping[str, Any]]:
    """The patients a parameter names; a value may be a list, a reference, an id or an identifier."""
    for one in value.split(","):
        system, bar, number = one.partition("|")
        if modifier == "identifier":
            yield {"identifier": {"system": system, "value": number} if bar else {"value": one}}
        elif one and ("/" not in one or "Patient/" in one):
            yield {"reference": f"Patient/{one.rpartition('/')[2]}"}
