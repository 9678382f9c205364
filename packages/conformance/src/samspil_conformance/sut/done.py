"""What a command gave."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

__all__ = ["Command", "Done"]


@dataclass(frozen=True, slots=True)
class Done:
    """Output, complaints and exit status of a command."""

    out: bytes
    error: bytes = b""
    status: int = 0


Command = Callable[[bytes, Sequence[str]], Done]
"""Runs the system on bytes, with arguments."""
