"""FHIR resources checked against profiles: an outcome with places, and a list of what could not be decided."""

from .context import Settings
from .report import operation_outcome, profile_of
from .run import Question
from .settling import settle
from .validator import Report, Validator, Verdict

__all__ = ["Question", "Report", "Settings", "Validator", "Verdict", "operation_outcome", "profile_of", "settle"]
