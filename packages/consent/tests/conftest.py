"""What the tests of consent share: a small clinic, its consents, and requests."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

ACT_REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"


@pytest.fixture
def treat():
    """A request for treatment, as JSON."""
    return {
        "actor": "Practitioner/7",
        "purpose": "TREAT",
        "action": "access",
        "patient": "Patient/1",
        "at": "2026-01-31T12:00:00Z",
    }
