"""What compiling a message table gives: of plain types and code objects alone, so that it can be kept between processes."""

from __future__ import annotations

from types import CodeType
from typing import NamedTuple


class Compiled(NamedTuple):
    """Code, and what it refers to by index."""

    code: tuple[CodeType, ...]
    """Each defines some functions."""
    packed: bytes
    """Their source, compressed."""
    rows: list[str]
    functions: tuple[tuple[str, str, str | None], ...]
    """Of each message row: its name, the function that runs its map, and the one of its condition."""
    vocabularies: list[str]
    allowed: list[frozenset[str]]
    rules: list[str]
