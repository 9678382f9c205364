"""JSON text of values with symbols in them: what is the same in all messages is joined beforehand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby
from json.encoder import encode_basestring
from typing import Any, NamedTuple, cast

from samspil_core.jsontext import dumps

from .recorder import Recorder
from .symbol import Joined, Symbol

FEWEST = 3
"""Expressions in a text from which on it is worth taking it from a variable."""


class Inserted(NamedTuple):
    """An expression for a part of a text."""

    source: str


Pieces = list[str | Inserted]


def json_text(recorder: Recorder, value: Any) -> str:
    """An expression for the JSON text of a value, the same text as `dumps` writes."""
    return _expression(_pieces(recorder, value))


def bundle_text(recorder: Recorder, bundle: Any) -> str:
    """As `json_text`, with the texts that variables hold for those parts of the bundle that they are the text of."""
    return _expression(_shortest(recorder, bundle))


def _expression(pieces: Pieces) -> str:
    written: list[str] = []
    for fixed, run in groupby(pieces, key=lambda piece: isinstance(piece, str)):
        if fixed:
            written.append(repr("".join(cast("Iterable[str]", run))))
        else:
            written += [f"f'{{{piece.source}}}'" for piece in cast("Iterable[Inserted]", run)]
    return f"({' '.join(written)})"


def keep_text(recorder: Recorder, value: Any, name: str) -> None:
    """Tell that a variable holds the JSON text of a value: where it stands in another one, it is taken from there."""
    pieces = _pieces(recorder, value)
    if sum(isinstance(piece, Inserted) for piece in pieces) < FEWEST:
        return
    recorder.texts_made[tuple(pieces)] = name
    first, *rest = pieces
    if isinstance(value, dict) and isinstance(first, str):
        recorder.texts_made[first[1:], *rest] = f"{name}[1:]"


def is_safe(value: Any) -> bool:
    """Whether a text can stand in JSON as it is."""
    return value.safe if isinstance(value, Symbol) else not isinstance(value, str) or escaped(value) == value


def escaped(text: str) -> str:
    """A text as it stands between the quotes of JSON."""
    return encode_basestring(text)[1:-1]


def _shortest(recorder: Recorder, value: Any) -> Pieces:
    """The pieces of a value; those of a resource and of lists in it are looked up first."""
    pieces: Pieces = []
    if isinstance(value, list):
        for at, each in enumerate(cast("list[Any]", value)):
            pieces += ["," if at else "[", *_shortest(recorder, each)]
        return [*pieces, "]" if value else "[]"]
    if not isinstance(value, dict):
        return _pieces(recorder, value)
    members = list(cast("dict[str, Any]", value).items())
    resource = bool(members) and members[0][0] == "resourceType"
    for at, (key, each) in enumerate(members):
        if resource and at in _TAILS and (found := recorder.texts_made.get(tuple(_tail(recorder, members[at:])))):
            return [*pieces, ",", Inserted(found)]
        pieces += [f'{"," if at else "{"}"{key}":', *(_known(recorder, each) or _shortest(recorder, each))]
    return [*pieces, "}" if value else "{}"]


def _known(recorder: Recorder, value: Any) -> Pieces | None:
    """The variable that holds the text of a list of one identifier, or of several."""
    if not isinstance(value, list) or not value or not isinstance(value[0], dict) or "value" not in value[0]:
        return None
    found = recorder.texts_made.get(tuple(_pieces(recorder, value)))
    return [Inserted(found)] if found else None


_TAILS = (1, 2)
"""Where the content of a resource begins: behind its type and its id."""


def _tail(recorder: Recorder, members: list[tuple[str, Any]]) -> Pieces:
    first, *rest = _pieces(recorder, dict(members))
    assert isinstance(first, str)  # noqa: S101  a brace
    return [first[1:], *rest]


def _pieces(recorder: Recorder, value: Any) -> Pieces:
    pieces: Pieces = []
    _value(recorder, value, pieces)
    return pieces


def _value(recorder: Recorder, value: Any, pieces: Pieces) -> None:
    if isinstance(value, Symbol) and isinstance(value.at_hand, str) and not (value.safe or isinstance(value, Joined)):
        pieces.append(_call(recorder, encode_basestring, value))  # with its quotes
    elif isinstance(value, Symbol):
        quote = ['"'] if isinstance(value.at_hand, str) else []
        pieces += quote
        _part(recorder, value, pieces)
        pieces += quote
    elif isinstance(value, dict):
        for at, (key, each) in enumerate(cast("dict[str, Any]", value).items()):
            pieces.append(f'{"," if at else "{"}"{key}":')
            _value(recorder, each, pieces)
        pieces.append("}" if value else "{}")
    elif isinstance(value, list):
        for at, each in enumerate(cast("list[Any]", value)):
            pieces.append("," if at else "[")
            _value(recorder, each, pieces)
        pieces.append("]" if value else "[]")
    else:
        pieces.append(dumps(value).decode())


def _part(recorder: Recorder, part: Any, pieces: Pieces) -> None:
    """A text or a part of one, without quotes."""
    if isinstance(part, Joined):
        for each in part.joined:
            _part(recorder, each, pieces)
    elif isinstance(part, Symbol):
        source = part.source() if isinstance(part.at_hand, str) else f"{part.source()}!s"
        pieces.append(Inserted(source) if part.safe else _call(recorder, escaped, part))
    else:
        pieces.append(escaped(part))


def _call(recorder: Recorder, function: Callable[[str], str], symbol: Symbol) -> Inserted:
    source = f"{recorder.constant(function)}({symbol.source()})"
    if not recorder.recurs(symbol):
        return Inserted(source)
    return Inserted(recorder.compute(source, function(symbol.at_hand), recurring=True).name)
