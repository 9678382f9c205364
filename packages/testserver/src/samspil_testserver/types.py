"""The types of resources that are served: all of R4 but Parameters, which nobody stores. https://hl7.org/fhir/R4/resourcelist.html."""

from importlib.resources import files
from typing import Final

__all__ = ["TYPES"]

TYPES: Final = frozenset((files("samspil_testserver") / "types.txt").read_text(encoding="utf-8").split())
