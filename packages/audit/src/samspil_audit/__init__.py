"""Audit records that can be proved: FHIR AuditEvents after IHE BALP in a Merkle log, durable before the answer."""

from .keys import BadKeys, Keys
from .log import AuditLog, Found, NotRecorded
from .note import BadNote, Checkpoint, Verifier
from .preparing import NotAnEvent, split
from .proof import Proof
from .sealing import CannotOpen

__all__ = [
    "AuditLog",
    "BadKeys",
    "BadNote",
    "CannotOpen",
    "Checkpoint",
    "Found",
    "Keys",
    "NotAnEvent",
    "NotRecorded",
    "Proof",
    "Verifier",
    "split",
]
