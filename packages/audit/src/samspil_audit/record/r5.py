"""The R4 record as R5, and back, with nothing lost either way.

What one release has and the other has not goes along in the extensions that FHIR keeps for it
(http://hl7.org/fhir/versions.html#extensions): `http://hl7.org/fhir/4.0/StructureDefinition/extension-AuditEvent.X`.
https://hl7.org/fhir/R5/auditevent.html
"""

from collections.abc import Mapping
from typing import Any, cast

from samspil_audit.canonical import as_dict

__all__ = ["from_r5", "to_r5"]

Json = dict[str, Any]

_FROM_R4 = "http://hl7.org/fhir/4.0/StructureDefinition/extension-AuditEvent."
_FROM_R5 = "http://hl7.org/fhir/5.0/StructureDefinition/extension-AuditEvent."
_OUTCOME = "http://terminology.hl7.org/CodeSystem/audit-event-outcome"
_OUTCOMES = {"0": "Success", "4": "Minor failure", "8": "Serious failure", "12": "Major failure"}

_R4_AGENT = {"altId": "String", "name": "String", "media": "Coding"}
_CODED = frozenset({"role", "detail", "securityLabel"})
_NOT_SAID: Json = {
    "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]
}
"""R5 wants to know who an agent is; R4 does not."""

_R4_ENTITY = {"type": "Coding", "lifecycle": "Coding", "name": "String", "description": "String"}
_R5_TOP = {"severity": "Code", "encounter": "Reference", "occurredDateTime": "DateTime", "basedOn": "Reference"}
_R5_MANY = frozenset({"basedOn"})
_TOP_ORDER = (
    "id",
    "meta",
    "implicitRules",
    "language",
    "text",
    "contained",
    "extension",
    "modifierExtension",
    "category",
    "code",
    "action",
    "severity",
    "occurredPeriod",
    "occurredDateTime",
    "recorded",
    "outcome",
    "authorization",
    "basedOn",
    "patient",
    "encounter",
    "agent",
    "source",
    "entity",
)


def to_r5(resource: Mapping[str, Any] | object) -> Json:
    """An R4 AuditEvent, a mapping or a fhir.resources model, as an R5 one: a new dict."""
    event = as_dict(resource)
    made: Json = {name: value for name, value in event.items() if name not in _MOVED}
    made["category"] = [{"coding": [event["type"]]}, *_drop_all(made, _FROM_R5 + "category")]
    subtypes = event.get("subtype", [])
    made["code"] = {"coding": subtypes} if subtypes else {"coding": [event["type"]]}
    if not subtypes:
        _carry(made, _FROM_R4 + "subtype", {"valueBoolean": False})
    if "period" in event:
        made["occurredPeriod"] = event["period"]
    if "outcome" in event or "outcomeDesc" in event:
        made["outcome"] = _outcome(event)
    if "purposeOfEvent" in event:
        made["authorization"] = event["purposeOfEvent"]
    made["agent"] = [_agent(each) for each in event.get("agent", ())]
    made["source"] = _source(event.get("source", {}))
    entities = [_entity(each) for each in event.get("entity", ())]
    if entities:
        made["entity"] = entities
    _restore(made, _FROM_R5, _R5_TOP)
    patient = _only_patient(event)
    if patient and "patient" not in made:
        made["patient"] = patient
    return _ordered(made)


def from_r5(resource: Mapping[str, Any] | object) -> Json:
    """An R5 AuditEvent, a mapping or a fhir.resources model, as an R4 one: a new dict."""
    event = as_dict(resource)
    made: Json = {name: value for name, value in event.items() if name not in _MOVED_5}
    made["type"] = _first_coding((event.get("category") or [event["code"]])[0])
    for more in event.get("category", [])[1:]:
        _carry(made, _FROM_R5 + "category", {"valueCodeableConcept": more})
    made["subtype"] = event["code"].get("coding", [])
    if _drop(made, _FROM_R4 + "subtype") is not None or not made["subtype"]:
        del made["subtype"]
    if "occurredPeriod" in event:
        made["period"] = event["occurredPeriod"]
    made.update(_outcome_back(event.get("outcome", {})))
    if "authorization" in event:
        made["purposeOfEvent"] = event["authorization"]
    made["agent"] = [_agent_back(each) for each in event.get("agent", ())]
    made["source"] = _source_back(event.get("source", {}))
    entities = [_entity_back(each) for each in event.get("entity", ())]
    if entities:
        made["entity"] = entities
    for name, kind in _R5_TOP.items():
        if name in event:
            _carry(made, _FROM_R5 + name, {f"value{kind}": event[name]})
    if event.get("patient") and event["patient"] != _only_patient(made):
        made["entity"] = [*made.get("entity", []), _patient_entity(event["patient"])]
    return made


_MOVED = frozenset(
    {"type", "subtype", "period", "outcome", "outcomeDesc", "purposeOfEvent", "agent", "source", "entity"}
)
_MOVED_5 = frozenset(
    {"category", "code", "occurredPeriod", "outcome", "authorization", "agent", "source", "entity", "patient", *_R5_TOP}
)


def _outcome(event: Mapping[str, Any]) -> Json:
    code = event.get("outcome")
    made: Json = {}
    if code is not None:
        made["code"] = {"system": _OUTCOME, "code": code, "display": _OUTCOMES.get(code, code)}
    if "outcomeDesc" in event:
        made["detail"] = [{"text": event["outcomeDesc"]}]
    return made


def _outcome_back(outcome: Mapping[str, Any]) -> Json:
    made: Json = {}
    if "code" in outcome:
        made["outcome"] = outcome["code"]["code"]
    if text := next((each["text"] for each in outcome.get("detail", ()) if "text" in each), None):
        made["outcomeDesc"] = text
    return made


def _agent(agent: Mapping[str, Any]) -> Json:
    made = {name: value for name, value in agent.items() if name not in {*_R4_AGENT, "network", "purposeOfUse"}}
    made.setdefault("who", _NOT_SAID)
    if "purposeOfUse" in agent:
        made["authorization"] = agent["purposeOfUse"]
    for name, kind in _R4_AGENT.items():
        if name in agent:
            _carry(made, f"{_FROM_R4}agent.{name}", {f"value{kind}": agent[name]})
    if "network" in agent:
        address, kind = agent["network"].get("address"), agent["network"].get("type")
        if address is not None:
            made["networkUri" if kind == "5" else "networkString"] = address
        if kind is not None:
            _carry(made, f"{_FROM_R4}agent.network.type", {"valueCode": kind})
    return made


def _agent_back(agent: Mapping[str, Any]) -> Json:
    made = {
        name: value for name, value in agent.items() if name not in {"authorization", "networkUri", "networkString"}
    }
    if "authorization" in agent:
        made["purposeOfUse"] = agent["authorization"]
    _restore(made, f"{_FROM_R4}agent.", _R4_AGENT)
    if made.get("who") == _NOT_SAID:
        del made["who"]
    address = agent.get("networkUri", agent.get("networkString"))
    kind = _drop(made, f"{_FROM_R4}agent.network.type")
    network = {"address": address, "type": kind or ("5" if "networkUri" in agent else None)}
    if network := {name: value for name, value in network.items() if value is not None}:
        made["network"] = network
    made.setdefault("requestor", False)
    return made


def _source(source: Mapping[str, Any]) -> Json:
    made = dict(source)
    if "site" in made:
        made["site"] = {"display": made["site"]}
    if "type" in made:
        made["type"] = [{"coding": [each]} for each in made["type"]]
    return made


def _source_back(source: Mapping[str, Any]) -> Json:
    made = dict(source)
    if "site" in made:
        made["site"] = made["site"].get("display") or made["site"].get("reference", "")
    if "type" in made:
        made["type"] = [coding for each in made["type"] for coding in each.get("coding", ())]
    return made


def _entity(entity: Mapping[str, Any]) -> Json:
    made = {name: value for name, value in entity.items() if name not in {*_R4_ENTITY, *_CODED}}
    if "securityLabel" in entity:
        made["securityLabel"] = [{"coding": [each]} for each in entity["securityLabel"]]
    if "role" in entity:
        made["role"] = {"coding": [entity["role"]]}
    if "detail" in entity:
        made["detail"] = [{**each, "type": {"text": each["type"]}} for each in entity["detail"]]
    for name, kind in _R4_ENTITY.items():
        if name in entity:
            _carry(made, f"{_FROM_R4}entity.{name}", {f"value{kind}": entity[name]})
    return made


def _entity_back(entity: Mapping[str, Any]) -> Json:
    made = {name: value for name, value in entity.items() if name not in _CODED}
    if "securityLabel" in entity:
        made["securityLabel"] = [coding for each in entity["securityLabel"] for coding in each.get("coding", ())]
    if "role" in entity:
        made["role"] = _first_coding(entity["role"])
    if "detail" in entity:
        made["detail"] = [{**each, "type": _text(each["type"])} for each in entity["detail"]]
    _restore(made, f"{_FROM_R4}entity.", _R4_ENTITY)
    return made


def _text(concept: Mapping[str, Any]) -> str:
    return concept.get("text") or _first_coding(concept).get("code", "")


def _first_coding(concept: Mapping[str, Any]) -> Json:
    codings: list[Json] = concept.get("coding", [])
    return dict(codings[0]) if codings else {}


def _only_patient(event: Mapping[str, Any]) -> Json | None:
    found = [each["what"] for each in event.get("entity", ()) if _role(each) == "1" and "what" in each]
    return found[0] if len(found) == 1 else None


def _role(entity: Mapping[str, Any]) -> str:
    return entity.get("role", {}).get("code", "")


def _patient_entity(patient: Mapping[str, Any]) -> Json:
    role = {"system": "http://terminology.hl7.org/CodeSystem/object-role", "code": "1"}
    return {"what": patient, "role": role}


def _carry(made: Json, url: str, value: Json) -> None:
    values = cast("list[Any]", next(iter(value.values()))) if isinstance(next(iter(value.values())), list) else None
    name = next(iter(value))
    extensions = [{"url": url, name: each} for each in values] if values is not None else [{"url": url, **value}]
    made["extension"] = [*made.get("extension", []), *extensions]


def _drop(made: Json, url: str) -> Any:
    """Take an extension away, and give its value."""
    return next(iter(_drop_all(made, url)), None)


def _drop_all(made: Json, url: str) -> list[Any]:
    extensions: list[Json] = made.get("extension", [])
    found = [each for each in extensions if each.get("url") == url]
    if found:
        del made["extension"]
        if left := [each for each in extensions if each.get("url") != url]:
            made["extension"] = left
    return [value for each in found for name, value in each.items() if name.startswith("value")]


def _restore(made: Json, prefix: str, kinds: Mapping[str, str]) -> None:
    for name in kinds:
        values = _drop_all(made, prefix + name)
        if values:
            made[name] = values if name in _R5_MANY else values[0]


def _ordered(made: Json) -> Json:
    first = {"resourceType": made.pop("resourceType")}
    known = {name: made[name] for name in _TOP_ORDER if name in made}
    return {**first, **known, **{name: value for name, value in made.items() if name not in known}}
