"""Values to JSON text by the standard library alone; what it accepts and refuses is the rule for every writer."""

import re
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from json.encoder import encode_basestring
from typing import cast
from uuid import UUID

__all__ = ["NotWritable", "dumps"]

_Put = Callable[[bytes], None]
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")


class NotWritable(ValueError):
    """A value cannot be written as JSON. Holds why and where (`entry[0].resource.value`), never the value."""

    def __init__(self, why: str, steps: tuple[str | int, ...] = ()) -> None:
        self.why = why
        self.where = "".join(map(_step, steps)).removeprefix(".")
        self._steps = steps
        super().__init__(f"cannot be written as JSON: {why}" + (f", at {self.where}" if steps else ""))

    def under(self, step: str | int) -> "NotWritable":
        """The same fault, seen from one level further out."""
        return NotWritable(self.why, (step, *self._steps))


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if _PLAIN_KEY.fullmatch(step) else ".?"


def dumps(value: object, *, pretty: bool = False) -> bytes:
    """As `samspil_core.jsontext.dumps`."""
    parts: list[bytes] = []
    try:
        _write(value, parts.append, b"\n" if pretty else b"")
    except RecursionError:
        raise NotWritable("nested too deeply, or contains itself") from None
    return b"".join(parts)


def _write(value: object, put: _Put, margin: bytes) -> None:
    if isinstance(value, str):
        put(_text(value))
    elif isinstance(value, dict):
        _write_object(cast("dict[object, object]", value), put, margin)
    elif isinstance(value, list) or type(value) is tuple:
        _write_array(cast("list[object]", value), put, margin)
    elif isinstance(value, Enum):
        _write(value.value, put, margin)
    else:
        put(_scalar(value))


def _write_object(value: dict[object, object], put: _Put, margin: bytes) -> None:
    inner = margin and margin + b"  "
    colon = b": " if margin else b":"
    lead = b"{" + inner
    for key, member in value.items():
        if not isinstance(key, str):
            raise NotWritable(f"a key of type {type(key).__name__}, and keys are str")
        put(lead + _text(key) + colon)
        _write_under(key, member, put, inner)
        lead = b"," + inner
    put(margin + b"}" if value else b"{}")


def _write_array(value: list[object], put: _Put, margin: bytes) -> None:
    inner = margin and margin + b"  "
    lead = b"[" + inner
    for index, member in enumerate(value):
        put(lead)
        _write_under(index, member, put, inner)
        lead = b"," + inner
    put(margin + b"]" if value else b"[]")


def _write_under(step: str | int, member: object, put: _Put, margin: bytes) -> None:
    try:
        _write(member, put, margin)
    except NotWritable as fault:
        raise fault.under(step) from None


def _scalar(value: object) -> bytes:
    match value:
        case None:
            return b"null"
        case bool():
            return b"true" if value else b"false"
        case int():
            return _integer(value)
        case Decimal():
            return _decimal(value)
        case UUID():
            return _text(str(value))
        case float():
            raise NotWritable("a float; use decimal.Decimal, which stays exact")
        case _:
            raise NotWritable(f"a value of type {type(value).__name__}")


def _text(value: str) -> bytes:
    try:
        return encode_basestring(value).encode()
    except UnicodeEncodeError:
        pass
    raise NotWritable("a lone surrogate, which UTF-8 cannot hold")


def _integer(value: int) -> bytes:
    try:
        return int.__repr__(value).encode()
    except ValueError:
        raise NotWritable("an integer of more than 4300 digits") from None


def _decimal(value: Decimal) -> bytes:
    if not value.is_finite():
        raise NotWritable("NaN or Infinity")
    return str(value).encode()
