"""The demonstration system, and its faults: what the suites are themselves tried on."""

from .catalogue import FAULTS, VARIANTS, Fault, fault
from .identity import identity
from .system import system

__all__ = ["FAULTS", "VARIANTS", "Fault", "fault", "identity", "system"]
