"""What compiling a message table gives: of plain types and code objects alone, so that it can be kept between processes."""

from __future__ import annotations

from types import CodeType
from typing import NamedTuple

from .reasons import Place, Reason


class Part(NamedTuple):
    """Functions that were compiled at once."""

    code: tuple[CodeType, ...]
    """Each defines some of them."""
    packed: bytes
    """Their source, compressed."""


class Compiled(NamedTuple):
    """Parts, and what they refer to by index. All of it grows as parts are added; nothing in it changes."""

    parts: list[Part]
    messages: dict[str, tuple[str, str | None]]
    """Of each message row, the function that runs its map, and the one of its condition."""
    names: list[str]
    """Of all functions."""
    datatypes: list[tuple[tuple[str, str, str, int, bool, bool], str]]
    """Each datatype map as it is called, and the name of its function, which may not be there yet."""
    rows: list[str]
    vocabularies: list[str]
    allowed: list[frozenset[str]]
    rules: list[str]
    reasons: dict[Place, Reason]
    """Why positions are not mapped, of those that were asked about."""
