"""The engine as a FHIR terminology server: Starlette, in the extra `server`."""

from .app import Settings, application

__all__ = ["Settings", "application"]
