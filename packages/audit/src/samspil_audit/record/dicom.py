"""A record as a DICOM audit message, as ATNA repositories take it over syslog.

https://dicom.nema.org/medical/dicom/current/output/chtml/part15/sect_A.5.html
"""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from samspil_audit.canonical import as_dict

__all__ = ["to_dicom"]

_SYSTEMS = {
    "http://dicom.nema.org/resources/ontology/DCM": "DCM",
    "http://terminology.hl7.org/CodeSystem/audit-event-type": "FHIR-audit-event-type",
    "http://hl7.org/fhir/restful-interaction": "FHIR-restful-interaction",
    "urn:ihe:event-type-code": "IHE Transactions",
}
_OBJECT_TYPES = {"1": "1", "2": "2", "3": "3", "4": "4"}
_PERSON, _SYSTEM_OBJECT = "1", "2"


def to_dicom(resource: Mapping[str, Any] | object) -> bytes:
    """An R4 AuditEvent, a mapping or a fhir.resources model, as the XML of PS3.15 A.5, in UTF-8, on one line."""
    event = as_dict(resource)
    root = Element("AuditMessage")
    _event(root, event)
    for agent in event["agent"]:
        _participant(root, agent)
    _source(root, event["source"])
    for entity in event.get("entity", ()):
        _object(root, entity)
    return tostring(root, encoding="utf-8", xml_declaration=True, short_empty_elements=True).replace(b"\n", b"", 1)


def _event(root: Element, event: Mapping[str, Any]) -> None:
    made = SubElement(root, "EventIdentification")
    if "action" in event:
        made.set("EventActionCode", event["action"])
    made.set("EventDateTime", event["recorded"])
    made.set("EventOutcomeIndicator", event.get("outcome", "0"))
    _code(made, "EventID", event["type"])
    for coding in event.get("subtype", ()):
        _code(made, "EventTypeCode", coding)
    if "outcomeDesc" in event:
        SubElement(made, "EventOutcomeDescription").text = event["outcomeDesc"]
    for coding in _codings(event.get("purposeOfEvent", ())):
        _code(made, "PurposeOfUse", coding)


def _participant(root: Element, agent: Mapping[str, Any]) -> None:
    made = SubElement(root, "ActiveParticipant")
    made.set("UserID", _name(agent.get("who", {})) or agent.get("altId") or "unknown")
    if "altId" in agent:
        made.set("AlternativeUserID", agent["altId"])
    if name := agent.get("name") or agent.get("who", {}).get("display"):
        made.set("UserName", name)
    made.set("UserIsRequestor", "true" if agent.get("requestor") else "false")
    if network := agent.get("network"):
        made.set("NetworkAccessPointID", network.get("address", "unknown"))
        made.set("NetworkAccessPointTypeCode", network.get("type", "1"))
    for coding in _codings([agent["type"]] if "type" in agent else []):
        _code(made, "RoleIDCode", coding)
    for coding in _codings(agent.get("role", ())):
        _code(made, "RoleIDCode", coding)
    if "media" in agent:
        _code(SubElement(made, "MediaIdentifier"), "MediaType", agent["media"])


def _source(root: Element, source: Mapping[str, Any]) -> None:
    made = SubElement(root, "AuditSourceIdentification")
    if "site" in source:
        made.set("AuditEnterpriseSiteID", source["site"])
    made.set("AuditSourceID", _name(source.get("observer", {})) or "unknown")
    for coding in source.get("type", ()):
        _code(made, "AuditSourceTypeCode", coding)


def _object(root: Element, entity: Mapping[str, Any]) -> None:
    made = SubElement(root, "ParticipantObjectIdentification")
    made.set("ParticipantObjectID", _name(entity.get("what", {})) or entity.get("name") or "none")
    kind, role = entity.get("type", {}), entity.get("role", {})
    made.set("ParticipantObjectTypeCode", _OBJECT_TYPES.get(kind.get("code", ""), _SYSTEM_OBJECT))
    if role.get("code"):
        made.set("ParticipantObjectTypeCodeRole", role["code"])
    if cycle := entity.get("lifecycle", {}).get("code"):
        made.set("ParticipantObjectDataLifeCycle", cycle)
    if labels := ", ".join(coding.get("code", "") for coding in entity.get("securityLabel", ())):
        made.set("ParticipantObjectSensitivity", labels)
    _id_type(made, entity)
    if "query" in entity:
        SubElement(made, "ParticipantObjectQuery").text = entity["query"]
    elif "name" in entity:
        SubElement(made, "ParticipantObjectName").text = entity["name"]
    for detail in entity.get("detail", ()):
        value = detail.get("valueBase64Binary") or b64encode(detail.get("valueString", "").encode()).decode()
        SubElement(made, "ParticipantObjectDetail", {"type": detail["type"], "value": value})
    if "description" in entity:
        SubElement(made, "ParticipantObjectDescription").text = entity["description"]


def _id_type(made: Element, entity: Mapping[str, Any]) -> None:
    kind = entity.get("type", {})
    if kind.get("code") == _PERSON:
        coding = {"code": "2", "system": "RFC-3881", "display": "Patient Number"}
    elif "query" in entity:
        coding = {"code": "10", "system": "RFC-3881", "display": "Search Criteria"}
    else:
        coding = {
            "code": kind.get("code") or "12",
            "system": kind.get("system", "RFC-3881"),
            "display": kind.get("code", "URI"),
        }
    _code(made, "ParticipantObjectIDTypeCode", coding)


def _code(parent: Element, name: str, coding: Mapping[str, Any]) -> None:
    code, system = coding.get("code", ""), coding.get("system", "")
    told = {"csd-code": code, "codeSystemName": _SYSTEMS.get(system, system) or "unknown"}
    SubElement(parent, name, {**told, "originalText": coding.get("display") or code})


def _codings(concepts: Any) -> Iterator[Mapping[str, Any]]:
    return (coding for concept in concepts for coding in concept.get("coding", ()))


def _name(reference: Mapping[str, Any]) -> str:
    number = reference.get("identifier", {})
    return reference.get("reference") or number.get("value") or reference.get("display") or ""
