"""Findings as return values, and the one place that renders them as FHIR OperationOutcome and as HTTP status.

https://hl7.org/fhir/R4/operationoutcome.html
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

__all__ = [
    "FINDINGS_SYSTEM",
    "Issue",
    "Kind",
    "Language",
    "Outcome",
    "Severity",
    "Wording",
    "http_status",
    "merge",
    "to_operation_outcome",
]

Severity = Literal["fatal", "error", "warning", "information"]
"""How bad a finding is, worst first: https://hl7.org/fhir/R4/valueset-issue-severity.html."""

Language = Literal["en", "da"]
"""The languages findings are worded in (BCP 47)."""

FINDINGS_SYSTEM = "urn:samspil:findings"
"""The code system of the permanent codes in `OperationOutcome.issue.details.coding`."""

_RANK: dict[Severity, int] = {"fatal": 0, "error": 1, "warning": 2, "information": 3}

_V2_POSITION = re.compile(r"[A-Z][A-Z0-9]{2}[-.\[\]()0-9]*")
_FHIRPATH = re.compile(r"[A-Za-z_%$`][A-Za-z0-9_`]*(?:[.\[(].*)?", re.DOTALL)

_STATUS = {
    "login": 401,
    "unknown": 401,
    "expired": 401,
    "security": 403,
    "forbidden": 403,
    "suppressed": 403,
    "not-found": 404,
    "deleted": 410,
    "conflict": 409,
    "duplicate": 409,
    "multiple-matches": 412,
    "too-long": 413,
    "too-costly": 422,
    "required": 422,
    "value": 422,
    "invariant": 422,
    "code-invalid": 422,
    "extension": 422,
    "business-rule": 422,
    "processing": 422,
    "lock-error": 423,
    "throttled": 429,
    "not-supported": 501,
    "transient": 503,
    "no-store": 503,
    "timeout": 504,
    "exception": 500,
    "incomplete": 500,
}
_BAD_REQUEST = 400


class Wording(NamedTuple):
    """A finding in words: what was found, and what to do about it."""

    text: str
    fix: str


class _Detail(dict[str, str]):
    """Leaves a placeholder standing when its detail is absent, so that wording never fails."""

    def __missing__(self, name: str) -> str:
        return "{" + name + "}"


@dataclass(frozen=True, slots=True)
class Kind:
    """One sort of finding, declared once and never renumbered.

    `code` is permanent and looks like `SAM-HL7-101`; `issue_type` is a code of
    https://hl7.org/fhir/R4/valueset-issue-type.html; `text` and `fix` are English, `text_da` and
    `fix_da` Danish. The texts may hold `{placeholders}`, which the `detail` of an issue fills.
    """

    code: str
    severity: Severity
    issue_type: str
    text: str
    fix: str
    text_da: str
    fix_da: str

    def at(self, where: str = "", /, **detail: str | int) -> "Issue":
        """A finding of this kind at a place; `detail` fills the placeholders."""
        return Issue(self, where, tuple((name, str(value)) for name, value in detail.items()))


@dataclass(frozen=True, slots=True)
class Issue:
    """One finding.

    `where` is an HL7 v2 position (`PID-5.1`), a FHIRPath (`Patient.name[0].family`) or empty.
    `detail` is pairs of placeholder and filling, and holds codes, positions and counts only: an
    issue goes to logs and to other parties, so a person's values never belong in it.
    """

    kind: Kind
    where: str = ""
    detail: tuple[tuple[str, str], ...] = ()

    @property
    def code(self) -> str:
        """The permanent code, such as `SAM-HL7-101`."""
        return self.kind.code

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return self.kind.severity

    @property
    def text(self) -> str:
        """What was found, in English."""
        return self.wording().text

    @property
    def fix(self) -> str:
        """What to do about it, in English."""
        return self.wording().fix

    def in_danish(self) -> Wording:
        """What was found and what to do, in Danish."""
        return self.wording("da")

    def wording(self, language: Language = "en") -> Wording:
        """What was found and what to do, with the placeholders filled; one without detail stays as it is."""
        kind, detail = self.kind, _Detail(self.detail)
        text, fix = (kind.text, kind.fix) if language == "en" else (kind.text_da, kind.fix_da)
        return Wording(text.format_map(detail), fix.format_map(detail))


@dataclass(frozen=True, slots=True)
class Outcome:
    """All findings of one piece of work, in the order they were made. Outcomes add up with `+`."""

    issues: tuple[Issue, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether no finding is an error or fatal."""
        return all(_RANK[issue.severity] > _RANK["error"] for issue in self.issues)

    @property
    def severity(self) -> Severity | None:
        """The worst severity, or None when nothing was found."""
        return min((issue.severity for issue in self.issues), key=_RANK.__getitem__, default=None)

    def __add__(self, other: "Outcome") -> "Outcome":
        """The findings of both, in order."""
        return Outcome(self.issues + other.issues)

    def __iter__(self) -> Iterator[Issue]:
        """The findings one by one."""
        return iter(self.issues)


def merge(outcomes: Iterable[Outcome]) -> Outcome:
    """The findings of many outcomes in one, in order, in linear time."""
    return Outcome(tuple(issue for outcome in outcomes for issue in outcome.issues))


def to_operation_outcome(outcome: Outcome, language: Language = "en") -> dict[str, Any]:
    """The outcome as a FHIR R4 OperationOutcome, a plain dict.

    `issue.details.coding` holds the permanent code, `issue.details.text` what was found,
    `issue.diagnostics` what to do. A FHIRPath place goes to `issue.expression`. Any other place (a v2
    position, which is no FHIRPath) goes to `issue.location`: R4 deprecates XPath there, but the element
    itself is a string and the only one that can hold a place outside a resource without an extension.
    An empty outcome gives one issue "All OK", because `issue` is 1..*.

    https://hl7.org/fhir/R4/operationoutcome-definitions.html#OperationOutcome.issue.expression
    """
    issues = [_rendered(issue, language) for issue in outcome.issues]
    return {"resourceType": "OperationOutcome", "language": language, "issue": issues or [_all_ok(language)]}


def _rendered(issue: Issue, language: Language) -> dict[str, Any]:
    words = issue.wording(language)
    coding = {"system": FINDINGS_SYSTEM, "code": issue.code}
    return {
        "severity": issue.severity,
        "code": issue.kind.issue_type,
        "details": {"coding": [coding], "text": words.text},
        "diagnostics": words.fix,
        **_place(issue.where),
    }


def _place(where: str) -> Mapping[str, list[str]]:
    if not where:
        return {}
    is_fhirpath = _FHIRPATH.fullmatch(where) and not _V2_POSITION.fullmatch(where)
    return {"expression" if is_fhirpath else "location": [where]}


def _all_ok(language: Language) -> dict[str, Any]:
    text = {"en": "All OK", "da": "Alt er i orden"}[language]
    return {"severity": "information", "code": "informational", "details": {"text": text}}


def http_status(outcome: Outcome) -> int:
    """The HTTP status an outcome asks for: 200 when it is ok, else the highest one among its worst findings.

    Content that cannot be read is 400; content that can be read and breaks a rule is 422.
    https://hl7.org/fhir/R4/http.html#create, https://hl7.org/fhir/R4/valueset-issue-type.html
    """
    if outcome.ok:
        return 200
    worst = outcome.severity
    kinds = (issue.kind for issue in outcome.issues if issue.severity == worst)
    return max(_STATUS.get(kind.issue_type, _BAD_REQUEST) for kind in kinds)
