"""The codes that records are made of, and where they come from."""

from typing import Any, Final

__all__ = [
    "BALP",
    "CATEGORY",
    "DCM",
    "EHDS_PROFILE",
    "INTERACTION",
    "OBJECT_ROLE",
    "PARTICIPATION",
    "REASON",
    "RESOURCE_TYPES",
    "ROLE_CLASS",
    "coding",
    "concept",
]

BALP: Final = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit."
BALP_CODES: Final = "https://profiles.ihe.net/ITI/BALP/CodeSystem/"
IUA_PROFILE: Final = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.IUA.71"
DCM: Final = "http://dicom.nema.org/resources/ontology/DCM"
INTERACTION: Final = "http://hl7.org/fhir/restful-interaction"
EVENT_TYPE: Final = "http://terminology.hl7.org/CodeSystem/audit-event-type"
ENTITY_TYPE: Final = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
OBJECT_ROLE: Final = "http://terminology.hl7.org/CodeSystem/object-role"
SOURCE_TYPE: Final = "http://terminology.hl7.org/CodeSystem/security-source-type"
PARTICIPATION: Final = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
ROLE_CLASS: Final = "http://terminology.hl7.org/CodeSystem/v3-RoleClass"
REASON: Final = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
SECURITY_ROLE: Final = "http://terminology.hl7.org/CodeSystem/extra-security-role-type"
PROVENANCE_ROLE: Final = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
LIFECYCLE: Final = "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle"
RESOURCE_TYPES: Final = "http://hl7.org/fhir/resource-types"
ABSENT: Final = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
SNOMED: Final = "http://snomed.info/sct"

EHDS_PROFILE: Final = "urn:samspil:audit:StructureDefinition:ehds-access"
"""The profile of an access record that holds all that EHDS Annex II 3.2 asks for."""

CATEGORY: Final = "urn:samspil:audit:CodeSystem:ehds-category"
"""The categories of EHDS Art. 14(1), and `unclassified`."""

AGENT_KIND: Final = "urn:samspil:audit:CodeSystem:agent-kind"
ENTITY_KIND: Final = "urn:samspil:audit:CodeSystem:entity-kind"
OWN_EVENTS: Final = "urn:samspil:audit:CodeSystem:log-event"

ORIGIN: Final = "origin"
EVIDENCE: Final = "category-evidence"
ORIGIN_EVIDENCE: Final = "origin-evidence"
PATIENT_EVIDENCE: Final = "patient-evidence"


def coding(system: str, code: str, display: str = "") -> dict[str, str]:
    """A Coding."""
    return {"system": system, "code": code, **({"display": display} if display else {})}


def concept(system: str, code: str, display: str = "") -> dict[str, Any]:
    """A CodeableConcept of one coding."""
    return {"coding": [coding(system, code, display)]}
