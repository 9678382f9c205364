"""JSON and XML text to the dict the checks read, and the line of each place.

`read(data, structures) -> Document`: `Document.resource` is the dict or None, `Document.outcome` what reading found
(SAM-VAL-8xx), `Document.line(where)` the 1-based line and column of a FHIRPath place as findings give it, or None.
"""

from .document import Document
from .elements import Elements
from .reader import MAX_BYTES, MAX_DEPTH, Reader, read

__all__ = ["MAX_BYTES", "MAX_DEPTH", "Document", "Elements", "Reader", "read"]
