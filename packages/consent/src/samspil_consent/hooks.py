"""The CDS hook `patient-consent-consult`, as LEAP-CDS and ASU SHARES serve it. It is no published HL7 hook.

https://cds-hooks.hl7.org/2.0/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from .decision import NAMES, Answer, decide_with
from .enforcement import Enforcer
from .engine import Engine
from .obligations import codes_obligations
from .parts import is_object
from .request import BadRequest, read_request

__all__ = ["DISCOVERY", "consult"]

DISCOVERY: Mapping[str, Any] = {
    "services": [
        {
            "hook": "patient-consent-consult",
            "title": "Patient Consent Consult",
            "description": "Decides on an exchange of a patient's data by the patient's consents.",
            "id": "patient-consent-consult",
        }
    ]
}
"""The answer to `GET /cds-services`."""

_INDICATORS = {"permit": "info", "deny": "critical", "no-consent": "warning"}
_DETAIL = {
    "permit": "There is a patient consent permitting this action.",
    "deny": "There is a patient consent denying this action.",
    "no-consent": "No applicable consent was found.",
}


def consult(engine: Engine, hook: Any, at: datetime, label: str = "Samspil", url: str = "") -> dict[str, Any]:
    """The hook's answer: one card with decision and obligations, and the content asked about, filtered.

    Raises `BadRequest` for what is no such hook; `at` is the clock.
    """
    if not is_object(hook) or hook.get("hook") != "patient-consent-consult" or not is_object(hook.get("context")):
        raise BadRequest("it is no call of the hook patient-consent-consult with a context")
    context: Mapping[str, Any] = hook["context"]
    asked = {name: value for name, value in context.items() if name not in {"patientId", "content"} and value != []}
    request = read_request(asked, at)
    answer = decide_with(engine, request)
    extension: dict[str, Any] = {"decision": NAMES[answer.effect], "obligations": _obligations(answer)}
    content = context.get("content")
    if is_object(content) and answer.effect == "permit":
        enforcer = Enforcer(lambda _patient: engine, replace(request, classes=()))
        extension["content"] = enforcer.bundle(content)
    card = {
        "summary": NAMES[answer.effect],
        "detail": _DETAIL[answer.effect],
        "indicator": _INDICATORS[answer.effect],
        "source": {"label": label, "url": url},
        "extension": extension,
    }
    return {"cards": [card]}


def _obligations(answer: Answer) -> list[dict[str, Any]]:
    if not answer.obligations:
        return []
    coded = codes_obligations(answer.used, answer.request.classes)[0]
    others = [one.as_dict() for one in answer.obligations if not one.rules]
    return coded + [one for one in others if one["id"] not in [each["id"] for each in coded]]
