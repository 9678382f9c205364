"""What the suites are told of the demonstration: where its faces are, whom it knows, what it holds, what it claims."""

from typing import Any, Final

from .personas import settings

__all__ = ["CLAIMS", "SETTINGS"]

CLAIMS: Final = frozenset(
    [
        "audit",
        "access-report",
        "provable-log",
        "consent",
        "terminology",
        "emergency",
        "proxy",
        "retention-rules",
        "test-hooks",
        "export",
        "loss-report",
    ]
)
_NORD, _SYD = "urn:samspil:demo:nord", "urn:samspil:demo:syd"
SETTINGS: Final[dict[str, Any]] = {
    "endpoints": {
        "fhir": "/fhir",
        "ehr": "/ehr",
        "audit": "/audit",
        "access-report": "/audit/access-report",
        "log": "/audit/log.zip",
        "clock": "/test/clock",
        "purge": "/test/purge",
        "log-switch": "/test/log",
    },
    "personas": settings(),
    "data": {
        "patient": "Patient/p1",
        "other-patient": "Patient/p2",
        "patient-summary": "AllergyIntolerance/allergy-p1",
        "electronic-prescription": "MedicationRequest/prescription-p1",
        "electronic-dispensation": "MedicationDispense/dispense-p1",
        "medical-imaging": "ImagingStudy/imaging-p1",
        "test-result": "Observation/laboratory-p1",
        "discharge-report": "DocumentReference/discharge-p1",
        "other-patient-summary": "AllergyIntolerance/allergy-p2",
    },
    "origins": {
        "patient-summary": _NORD,
        "electronic-prescription": _NORD,
        "electronic-dispensation": _SYD,
        "medical-imaging": _NORD,
        "test-result": _NORD,
        "discharge-report": _NORD,
    },
}
