"""The functions of the language, one file a chapter of the specification, and those that FHIR adds."""

from . import conversion, existence, fhir, filtering, html, maths, strings, terminology
from .registry import FUNCTIONS, Function

__all__ = [
    "FUNCTIONS",
    "Function",
    "conversion",
    "existence",
    "fhir",
    "filtering",
    "html",
    "maths",
    "strings",
    "terminology",
]
