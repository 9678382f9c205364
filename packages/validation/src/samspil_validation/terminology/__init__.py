"""Codes decided from packages alone: in, out or unknown; what is unknown may be asked of a terminology server."""

from .answers import Members
from .packaged import PackagedCodes

__all__ = ["Members", "PackagedCodes"]
