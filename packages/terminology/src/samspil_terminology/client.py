"""Other terminology servers as a client sees them: one server, or a chain of this process and servers."""

from .chain import Chain
from .remote import Http, RemoteFailed, RemoteTerminology

__all__ = ["Chain", "Http", "RemoteFailed", "RemoteTerminology"]
