"""HL7 v2 over MLLP: a listener with a durable inbox, delivery to a folder or a FHIR server, and a client.

HL7 Version 2 Transport Specification: Minimal Lower Layer Protocol, release 1; acknowledgement by HL7 v2.9 chapter 2,
section 2.9 (https://www.hl7.org/implement/standards/product_brief.cfm?product_id=185).
"""

from samspil_hl7v2.limits import Limits

from .acknowledgement import acknowledge
from .client import send
from .database import InboxFault
from .delivery import Deliverer, Folder, Receiver, Result, Server
from .inbox import Inbox, Received
from .listener import listening
from .receiving import receiving

__all__ = [
    "Deliverer",
    "Folder",
    "Inbox",
    "InboxFault",
    "Limits",
    "Received",
    "Receiver",
    "Result",
    "Server",
    "acknowledge",
    "listening",
    "receiving",
    "send",
]
