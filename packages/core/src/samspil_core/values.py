"""What goes into the ports and comes out of them: small frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from samspil_core.outcome import Outcome

__all__ = ["Access", "CodeValidity", "Coding", "Decision", "Equivalence", "Match", "Receipt", "Translation"]

Equivalence = Literal[
    "relatedto",
    "equivalent",
    "equal",
    "wider",
    "subsumes",
    "narrower",
    "specializes",
    "inexact",
    "unmatched",
    "disjoint",
]
"""How a target relates to its source: https://hl7.org/fhir/R4/valueset-concept-map-equivalence.html."""

_NO_MATCH = frozenset({"unmatched", "disjoint"})
_NOTHING_FOUND = Outcome()
_SAME = frozenset({"equal", "equivalent"})


@dataclass(frozen=True, slots=True)
class Coding:
    """A code of a code system; an empty text means absent. https://hl7.org/fhir/R4/datatypes.html#Coding."""

    system: str = ""
    code: str = ""
    display: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """One target that a code translates to, and how target and source relate."""

    coding: Coding
    equivalence: Equivalence = "equivalent"


@dataclass(frozen=True, slots=True)
class Translation:
    """What a code translates to, best first, and the findings on the way.

    https://hl7.org/fhir/R4/conceptmap-operation-translate.html
    """

    matches: tuple[Match, ...] = ()
    outcome: Outcome = _NOTHING_FOUND

    @property
    def found(self) -> bool:
        """Whether there is a match that is one: neither unmatched nor disjoint (`result` of $translate)."""
        return any(match.equivalence not in _NO_MATCH for match in self.matches)

    @property
    def same(self) -> Coding | None:
        """The first target that means the same as the source (equal or equivalent), or None."""
        return next((match.coding for match in self.matches if match.equivalence in _SAME), None)


@dataclass(frozen=True, slots=True)
class CodeValidity:
    """Whether a code is valid, the display its code system gives it, and why not.

    https://hl7.org/fhir/R4/valueset-operation-validate-code.html
    """

    valid: bool
    display: str = ""
    outcome: Outcome = _NOTHING_FOUND


@dataclass(frozen=True, slots=True)
class Access:
    """Somebody wants to do something with a resource, for a purpose, at a time.

    `actor` and `patient` are references (`Practitioner/1`), `action` and `purpose` codings such as those of
    https://hl7.org/fhir/R4/valueset-consent-action.html and
    https://hl7.org/fhir/R4/v3/PurposeOfUse/vs.html. `at` is aware of its zone: a decision never reads a clock.
    """

    actor: str = field(repr=False)
    patient: str = field(repr=False)
    action: Coding
    purpose: Coding
    at: datetime
    resource: Mapping[str, Any] = field(repr=False, default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether access is permitted, on what conditions, and why.

    Nothing but `effect == "permit"` permits. `obligations` are what the enforcer must do with a permitted
    answer, such as redact; an enforcer that does not know one must deny. `because` names the policies used,
    `outcome` the findings, such as an input that was missing.
    """

    effect: Literal["permit", "deny", "no-consent"]
    obligations: tuple[Coding, ...] = ()
    because: tuple[str, ...] = ()
    outcome: Outcome = _NOTHING_FOUND

    @property
    def permitted(self) -> bool:
        """Whether the effect is permit."""
        return self.effect == "permit"


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that a record is kept: the log it stands in, and its position there, from 0."""

    log: str
    index: int
