"""HL7 v2 messages to FHIR R4: every populated position mapped, or reported with a reason."""

from .conversion import Conversion, convert, convert_all
from .mapping.reading import TableError
from .mapping.sets import Mapping, load_mapping
from .report import Report, Unmapped

__all__ = ["Conversion", "Mapping", "Report", "TableError", "Unmapped", "convert", "convert_all", "load_mapping"]
