"""FHIRPath for FHIR R4, R4B and R5: compiled once, evaluated many times.

https://hl7.org/fhirpath/N1/, https://hl7.org/fhir/R4/fhirpath.html
"""

from .environment import Environment
from .errors import FhirPathError
from .expression import Expression, Primitive, compile_expression
from .output import Typed

__all__ = ["Environment", "Expression", "FhirPathError", "Primitive", "Typed", "compile_expression"]
