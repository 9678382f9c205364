"""Consent decisions as a caller writes them."""

from typing import assert_type

from samspil_consent import Answer, decide, read_consent, read_request

consent = read_consent({"resourceType": "Consent", "status": "active"})
request = read_request(
    {"actor": "Practitioner/9", "purpose": "TREAT", "patient": "Patient/1", "at": "2026-01-31T12:00:00Z"}
)
assert_type(decide([consent], request, "typed"), Answer)
