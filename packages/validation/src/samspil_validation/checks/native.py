"""The commonest invariants as Python, by the text of their FHIRPath; the tests hold them equal to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

__all__ = ["NATIVE"]

NATIVE: Final[Mapping[str, Callable[[Any], bool]]] = {}
