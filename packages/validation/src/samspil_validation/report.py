"""An outcome as FHIR OperationOutcome, with the profile that each finding comes from and the place in the file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from samspil_core.outcome import Issue, Language, Outcome, to_operation_outcome

__all__ = ["operation_outcome", "profile_of"]

BASE = "http://hl7.org/fhir/StructureDefinition/operationoutcome-"
Lines = Callable[[str], "tuple[int, int] | None"]


def profile_of(issue: Issue) -> str:
    """The URL of the profile or type definition whose rule a finding tells of; empty where there is none."""
    return next((text for name, text in issue.detail if name == "profile"), "")


def operation_outcome(
    outcome: Outcome, *, file: str = "", lines: Lines | None = None, language: Language = "en"
) -> dict[str, Any]:
    """The outcome as an OperationOutcome, a plain dict.

    Beside what `samspil_core.to_operation_outcome` gives, each issue has the profile as the extension
    operationoutcome-authority and, where `lines` knows the place, operationoutcome-issue-line and -issue-col; `file`
    stands as operationoutcome-file. https://hl7.org/fhir/R4/operationoutcome-profiles.html
    """
    made: dict[str, Any] = to_operation_outcome(outcome, language)
    if file:
        made = {"resourceType": "OperationOutcome", "extension": [_extension("file", "String", file)], **made}
    for issue, rendered in zip(outcome, made["issue"], strict=False):
        extensions = _extensions(issue, lines)
        if extensions:
            rendered["extension"] = extensions
    return made


def _extensions(issue: Issue, lines: Lines | None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if profile := profile_of(issue):
        found.append(_extension("authority", "Uri", profile))
    at = lines(issue.where) if lines is not None and issue.where else None
    if at is not None:
        found.append(_extension("issue-line", "Integer", at[0]))
        found.append(_extension("issue-col", "String", str(at[1])))
    return found


def _extension(name: str, kind: str, value: str | int) -> dict[str, Any]:
    return {"url": BASE + name, f"value{kind}": value}
