"""Findings for a program: a FHIR OperationOutcome."""

import json

from samspil_core.outcome import Language, Outcome, to_operation_outcome


def operation_outcome(outcome: Outcome, language: Language) -> str:
    """Give the OperationOutcome as indented JSON (http://hl7.org/fhir/R4/operationoutcome.html)."""
    return json.dumps(to_operation_outcome(outcome, language), indent=2, ensure_ascii=False)
