"""JSON text of values with symbols in them: what is the same in all messages is joined beforehand."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from json.encoder import encode_basestring
from typing import Any, cast

from samspil_core.jsontext import dumps

from .recorder import Recorder
from .symbol import Joined, Symbol

Pieces = list[str | Symbol]


def json_text(recorder: Recorder, value: Any) -> str:
    """An expression for the JSON text of a value, the same text as `dumps` writes."""
    pieces: Pieces = []
    _value(value, pieces)
    written: list[str] = []
    for fixed, run in groupby(pieces, key=lambda piece: isinstance(piece, str)):
        if fixed:
            written.append(repr("".join(cast("Iterable[str]", run))))
        else:
            written += [f"f'{{{_inside(recorder, symbol)}}}'" for symbol in cast("Iterable[Symbol]", run)]
    return f"({' '.join(written)})"


def is_safe(value: Any) -> bool:
    """Whether a text can stand in JSON as it is."""
    return value.safe if isinstance(value, Symbol) else not isinstance(value, str) or escaped(value) == value


def escaped(text: str) -> str:
    """A text as it stands between the quotes of JSON."""
    return encode_basestring(text)[1:-1]


def _inside(recorder: Recorder, symbol: Symbol) -> str:
    return symbol.source() if symbol.safe else f"{recorder.constant(escaped)}({symbol.source()})"


def _value(value: Any, pieces: Pieces) -> None:
    if isinstance(value, Symbol):
        quote = ['"'] if isinstance(value.at_hand, str) else []
        pieces += quote
        _part(value, pieces)
        pieces += quote
    elif isinstance(value, dict):
        for at, (key, each) in enumerate(cast("dict[str, Any]", value).items()):
            pieces.append(f'{"," if at else "{"}"{key}":')
            _value(each, pieces)
        pieces.append("}" if value else "{}")
    elif isinstance(value, list):
        for at, each in enumerate(cast("list[Any]", value)):
            pieces.append("," if at else "[")
            _value(each, pieces)
        pieces.append("]" if value else "[]")
    else:
        pieces.append(dumps(value).decode())


def _part(part: Any, pieces: Pieces) -> None:
    """A text or a part of one, without quotes."""
    if isinstance(part, Joined):
        for each in part.joined:
            _part(each, pieces)
    else:
        pieces.append(part if isinstance(part, Symbol) else escaped(part))
