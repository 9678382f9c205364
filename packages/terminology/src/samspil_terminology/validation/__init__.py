"""$validate-code: whether a code, a Coding or a CodeableConcept is in a value set, or in its code system."""

from .answer import Mode, Validation
from .operation import validate_in_system, validate_in_value_set

__all__ = ["Mode", "Validation", "validate_in_system", "validate_in_value_set"]
