"""What an operation reports: issues of a terminology answer, and the failure that ends an operation.

These are the issues of the answer itself, worded for other systems; the package's own findings are in `findings`.
https://build.fhir.org/ig/HL7/fhir-tx-ecosystem-ig/
"""

from dataclasses import dataclass
from typing import Any, Literal

from .messages import say

__all__ = ["ISSUE_TYPES", "MESSAGE_ID", "OperationFailed", "TxIssue", "failure", "issue", "outcome_of"]

ISSUE_TYPES = "http://hl7.org/fhir/tools/CodeSystem/tx-issue-type"
"""The code system of `details.coding` in a terminology answer."""

MESSAGE_ID = "http://hl7.org/fhir/StructureDefinition/operationoutcome-message-id"
"""The extension that carries the id of the message."""

Level = Literal["error", "warning", "information"]


@dataclass(frozen=True, slots=True)
class TxIssue:
    """One issue of an answer: how bad, of which kind, where (a FHIRPath on the input), and in words.

    `code` is of https://hl7.org/fhir/valueset-issue-type.html, `kind` of the tx-issue-type code system.
    """

    severity: Level
    code: str
    kind: str
    message_id: str
    text: str
    expression: str = ""

    def as_json(self) -> dict[str, Any]:
        """The issue as an element of an OperationOutcome."""
        made: dict[str, Any] = {}
        if self.message_id and self.message_id[0] != "-":
            made["extension"] = [{"url": MESSAGE_ID, "valueString": self.message_id}]
        made |= {"severity": self.severity, "code": self.code}
        details: dict[str, Any] = {"text": self.text}
        if self.kind:
            details = {"coding": [{"system": ISSUE_TYPES, "code": self.kind}], **details}
        made["details"] = details
        if self.expression:
            made["expression"] = [self.expression]
        return made


def issue(severity: Level, code: str, kind: str, message_id: str, expression: str = "", /, **detail: str) -> TxIssue:
    """An issue with the sentence of its message id."""
    return TxIssue(severity, code, kind, message_id, say(message_id, **detail), expression)


class OperationFailed(Exception):
    """An operation cannot answer; the issue says why, and `status` is the HTTP status it asks for."""

    def __init__(self, why: TxIssue, status: int = 422) -> None:
        super().__init__(why.text)
        self.issue = why
        self.status = status


def failure(
    code: str, kind: str, message_id: str, /, status: int = 422, expression: str = "", **detail: str
) -> OperationFailed:
    """The failure with the sentence of its message id, to be raised."""
    return OperationFailed(issue("error", code, kind, message_id, expression, **detail), status)


def outcome_of(*issues: TxIssue) -> dict[str, Any]:
    """An OperationOutcome resource."""
    return {"resourceType": "OperationOutcome", "issue": [each.as_json() for each in issues]}
