"""Records every request of an ASGI application before its answer leaves."""

from .asgi import AuditMiddleware
from .request import Interaction, read_request

__all__ = ["AuditMiddleware", "Interaction", "read_request"]
