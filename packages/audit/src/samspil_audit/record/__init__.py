"""Builders: what happened becomes AuditEvents after IHE BALP, with what EHDS asks of each access.

The record is the R4 AuditEvent as plain data; `to_r5` and `to_dicom` render it otherwise.
IHE BALP: https://profiles.ihe.net/ITI/BALP/, EHDS: Regulation (EU) 2025/327, Annex II 3.2.
"""

from .authorization import authorization_event
from .dicom import to_dicom
from .disclosure import disclosure_event
from .oauth import token_event
from .own import log_event
from .parties import Saml, Server, Token, Who
from .r5 import from_r5, to_r5
from .rest import Access, rest_events
from .sent import sent_events

__all__ = [
    "Access",
    "Saml",
    "Server",
    "Token",
    "Who",
    "authorization_event",
    "disclosure_event",
    "from_r5",
    "log_event",
    "rest_events",
    "sent_events",
    "to_dicom",
    "to_r5",
    "token_event",
]
