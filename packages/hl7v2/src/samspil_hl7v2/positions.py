"""How the compiled functions read positions: text of a field's, component's or sub-component's first value."""

from __future__ import annotations

import re

from .context import Context
from .escapes import unescape
from .message import Segment

_SPACE = re.compile(r"\s+")


def plain(parts: list[str], codec: str) -> list[str]:
    """Parts as text: the first sub-component of each, escapes decoded."""
    return [unescape(part.split("&", 1)[0], codec) if "\\" in part or "&" in part else part for part in parts]


def part(text: str, component: int, sub: int, x: Context) -> str:
    """Text of a component's sub-component in one repetition."""
    if "^" in text:
        parts = text.split("^", component)
        if component > len(parts):
            return ""
        text = parts[component - 1]
    elif component > 1:
        return ""
    if "&" in text or sub > 1:
        return sub_of(text, sub, x)
    return unescape(text, x.codec) if "\\" in text else text


def first(text: str, component: int, sub: int, x: Context) -> str:
    """Text of a component's sub-component in the first repetition of a field."""
    return part(text.split("~", 1)[0], component, sub, x)


def sub_of(text: str, number: int, x: Context) -> str:
    """Text of a sub-component."""
    parts = text.split("&")
    if number > len(parts):
        return ""
    return unescape(parts[number - 1], x.codec)


def component(text: str, number: int) -> str:
    """A component of one repetition as it stands."""
    parts = text.split("^")
    return parts[number - 1] if number <= len(parts) else ""


def of(segment: Segment | None, field: int, component: int, sub: int, x: Context) -> str:
    """As `first`, of another segment."""
    return first(raw(segment, field), component, sub, x)


def has(segment: Segment | None, field: int) -> bool:
    """Whether a field of another segment is populated."""
    return bool(raw(segment, field))


def raw(segment: Segment | None, field: int) -> str:
    """A field of another segment as it stands."""
    return segment.fields[field] if segment is not None and field < len(segment.fields) else ""


def key(segment: Segment | None, low: int) -> int:
    """Position number in another segment."""
    return segment.base | low if segment is not None else -1


def count(text: str) -> int:
    """Number of repetitions."""
    return text.count("~") + 1 if text else 0


def fill(pieces: tuple[str, ...]) -> str | None:
    """A template's pieces, texts and values in turn, as one text; None where every value is empty."""
    if not any(pieces[1::2]):
        return None
    text = "".join(pieces)
    return _SPACE.sub(" ", text).strip() if not all(pieces[1::2]) else text
