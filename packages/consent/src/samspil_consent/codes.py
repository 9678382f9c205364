"""Codes as keys, and which code stands above which.

Purposes and sensitivities form hierarchies, confidentiality an order; the shipped table holds codes alone, no text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import lru_cache
from importlib.resources import files
from typing import Any

from samspil_core.values import Coding

from .model import Effect

__all__ = [
    "ACT_CODE",
    "ACT_REASON",
    "CONFIDENTIALITY",
    "LOINC",
    "RESOURCE_TYPES",
    "Subsumes",
    "above",
    "canonical",
    "is_a",
    "key",
    "label_range",
]

ACT_REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
RESOURCE_TYPES = "http://hl7.org/fhir/resource-types"
LOINC = "http://loinc.org"

Subsumes = Callable[[str, str, str], bool]
"""Whether, in a code system, the first code stands above the second: `(system, ancestor, code)`. May be a terminology's."""


@lru_cache(maxsize=1)
def _tables() -> dict[str, Any]:
    return json.loads((files("samspil_consent") / "hierarchy.json").read_text(encoding="utf-8"))


@lru_cache(maxsize=256)
def canonical(system: str) -> str:
    """A code system's URL as the rest of the package spells it: aliases resolved, no trailing slash."""
    bare = system.rstrip("/")
    return _tables()["aliases"].get(bare, bare)


def key(coding: Coding) -> str:
    """One text for a code: `system|code`, the system in its canonical spelling."""
    return f"{canonical(coding.system)}|{coding.code}"


@lru_cache(maxsize=4096)
def above(system: str, code: str) -> frozenset[str]:
    """The codes above a code in the shipped table, itself included."""
    parents: dict[str, list[str]] = _tables()["parents"].get(system, {})
    found, waiting = {code}, [code]
    while waiting:
        new = set(parents.get(waiting.pop(), ())) - found
        found |= new
        waiting += new
    return frozenset(found)


def is_a(system: str, ancestor: str, code: str) -> bool:
    """Whether the shipped table has `ancestor` above `code`, or they are one."""
    return ancestor in above(canonical(system), code)


def label_range(coding: Coding, effect: Effect) -> frozenset[str]:
    """The confidentiality codes a label of a rule speaks of: a permission up to it, a refusal from it upwards.

    Confidentiality is an order (U, L, M, N, R, V): who may see normal data may see less confidential data, and who may
    not see restricted data may not see very restricted data. Any other code stands for itself.
    https://terminology.hl7.org/CodeSystem-v3-Confidentiality.html
    """
    system = canonical(coding.system)
    order: list[str] = _tables()["order"].get(system, [])
    if coding.code not in order:
        return frozenset({f"{system}|{coding.code}"})
    at = order.index(coding.code)
    chosen = order[: at + 1] if effect == "permit" else order[at:]
    return frozenset(f"{system}|{code}" for code in chosen)


def highest_only(keys: Iterable[str]) -> frozenset[str]:
    """The labels of data with only the most confidential of its confidentiality codes."""
    order: list[str] = _tables()["order"][CONFIDENTIALITY]
    ranks = {f"{CONFIDENTIALITY}|{code}": rank for rank, code in enumerate(order)}
    found = frozenset(keys)
    ranked = sorted((ranks[each], each) for each in found if each in ranks)
    return found - {each for _, each in ranked[:-1]}
