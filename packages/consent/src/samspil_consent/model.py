"""The normal form: every Consent of R4, R4B and R5, and every Permission of R6, becomes these frozen values.

https://hl7.org/fhir/R4/consent.html, https://hl7.org/fhir/R5/consent.html, https://build.fhir.org/permission.html
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from samspil_core.outcome import Issue
from samspil_core.values import Coding

__all__ = ["Actor", "Consent", "DataReference", "Effect", "Reference", "Rule", "Span"]

Effect = Literal["permit", "deny"]
"""What a rule does with an access that it matches."""


@dataclass(frozen=True, slots=True)
class Reference:
    """What a FHIR Reference points to: `Type/id` without server or version, an identifier, or neither (empty texts)."""

    key: str = ""
    system: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who a rule speaks of: by reference or identifier, and in which role; an empty role means any."""

    reference: Reference = Reference()
    roles: tuple[Coding, ...] = ()


@dataclass(frozen=True, slots=True)
class DataReference:
    """A resource that a rule speaks of, and how: instance, related, dependents or authoredby.

    https://hl7.org/fhir/R4/valueset-consent-data-meaning.html
    """

    meaning: str
    reference: Reference


@dataclass(frozen=True, slots=True)
class Span:
    """A period as microseconds since 1970 UTC, both ends included; None is open. `text` is what was written."""

    first: int | None
    last: int | None
    text: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Rule:
    """One provision: the conditions it sets, what it does, and its exceptions.

    `effect` is None where the release says nothing and the semantics must (the root of R4, every provision of R5).
    An empty condition holds always. `unknown` are FHIRPath places of what is not understood; such a rule never permits.
    `labels`, `classes`, `codes`, `data_period`, `data` and `expressions` speak of data, all else of the request.
    """

    path: str
    effect: Effect | None = None
    period: Span | None = None
    purposes: tuple[Coding, ...] = ()
    actors: tuple[Actor, ...] = ()
    actions: tuple[Coding, ...] = ()
    labels: tuple[Coding, ...] = ()
    classes: tuple[Coding, ...] = ()
    codes: tuple[Coding, ...] = ()
    data_period: Span | None = None
    data: tuple[DataReference, ...] = ()
    expressions: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    unknown: tuple[str, ...] = ()
    obligations: tuple[Coding, ...] = ()

    @property
    def has_data(self) -> bool:
        """Whether a condition of this rule itself speaks of data."""
        return bool(
            self.labels or self.classes or self.codes or self.data_period is not None or self.data or self.expressions
        )


@dataclass(frozen=True, slots=True)
class Consent:
    """One policy in normal form.

    `base` is what holds where no exception matches; `base_source` says where it comes from: `decision` (R5), `root
    type` (R4), `policyRule` (R4: OPTIN, OPTOUT) or `none` (the profile's jurisdiction decides). `dated` is when it was
    given, in microseconds since 1970 UTC. `combining` is the algorithm a Permission names. `readable` is False for
    what cannot be read: it denies.
    """

    name: str
    release: str
    active: bool
    base: Effect | None
    base_source: str
    root: Rule
    dated: int | None = None
    categories: tuple[Coding, ...] = ()
    scopes: tuple[Coding, ...] = ()
    patient: Reference = Reference()
    policies: tuple[str, ...] = ()
    combining: str = ""
    readable: bool = True
    issues: tuple[Issue, ...] = ()


def micros(when: datetime) -> int:
    """Microseconds since 1970 UTC, exact."""
    gone = when - _EPOCH
    return (gone.days * 86_400 + gone.seconds) * 1_000_000 + gone.microseconds


_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
