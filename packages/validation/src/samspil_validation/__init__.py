"""FHIR resources checked against profiles: an outcome with places, and a list of what could not be decided."""

from .context import Settings
from .run import Question
from .validator import Report, Validator, Verdict

__all__ = ["Question", "Report", "Settings", "Validator", "Verdict"]
