"""A small FHIR R4 REST server in memory, for tests and demonstrations: an ASGI application without dependencies."""

from .app import TestServer
from .store import Store, Version

__all__ = ["Store", "TestServer", "Version"]
