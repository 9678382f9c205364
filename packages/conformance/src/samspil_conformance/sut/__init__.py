"""The system under test: what it is, how it is reached, and the record of what was said to it and by it."""

from samspil_conformance.masking import Masker

from .done import Done
from .identity import Identity, SutFile, json_schema, read_sut_file
from .inbox import Inbox, Received
from .parts import Parts, Sut
from .session import Session

__all__ = [
    "Done",
    "Identity",
    "Inbox",
    "Masker",
    "Parts",
    "Received",
    "Session",
    "Sut",
    "SutFile",
    "json_schema",
    "read_sut_file",
]
