"""The one text of a value: RFC 8785, so that the same record is the same bytes everywhere.

https://www.rfc-editor.org/rfc/rfc8785
"""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from string import ascii_lowercase
from typing import Any, cast

import rfc8785

from samspil_core import NotWritable, loads

__all__ = ["as_dict", "canonical", "read_back"]

_encode = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False, allow_nan=False
).encode
_decode = json.JSONDecoder(parse_float=Decimal).decode
_SHAPE = bytes.maketrans(b"123456789-n],us}", b'00000000000":"""')  # true ends in ue, false in se
_NOISE = bytes(set(ascii_lowercase.encode()) - set(b"dntus")) + b"["  # d and t keep `oid:1` and `localhost:1` apart
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')
_NUMBER = re.compile(rb"[0-9]|null")
_ASTRAL = (b"\xf0", b"\xf1", b"\xf2", b"\xf3", b"\xf4")


def canonical(value: Mapping[str, Any]) -> bytes:
    """A JSON object as RFC 8785 writes it.

    A decimal keeps its digits as they are written (1.50 stays 1.50), where RFC 8785 would round it to a binary
    number: FHIR decimals must stay exact. Raises `NotWritable` for what JSON cannot hold.
    """
    try:
        written = _write(value)
    except UnicodeEncodeError:
        raise NotWritable("a lone surrogate, which UTF-8 cannot hold") from None
    except (TypeError, ValueError, RecursionError):
        written = b""
    if written and not _may_hold_number(written) and not _may_sort_otherwise(written):
        return written
    try:
        return _with_decimals(value)
    except (rfc8785.CanonicalizationError, RecursionError) as fault:
        raise NotWritable(type(fault).__name__) from None


def _write_slowly(value: Mapping[str, Any]) -> bytes:
    return _encode(value).encode()


def _read_slowly(text: bytes) -> dict[str, Any]:
    return _decode(text.decode())


try:
    from .fast_json import read as _read
    from .fast_json import write as _write
except ImportError:  # orjson is not there
    _read = _read_slowly
    _write = _write_slowly


def _may_hold_number(written: bytes) -> bool:
    """Whether there is a number in the text, or a null, as which NaN is written. AuditEvents hardly ever hold one.

    Without numbers, other writers write as RFC 8785 does.
    """
    return _looks_numeric(written) and _NUMBER.search(_STRING.sub(b"", written)) is not None


def _looks_numeric(written: bytes) -> bool:
    """Whether there is what a number begins with after a colon or comma that follows the end of a value: in doubt yes.

    Brackets that open are left out of the look, and most letters, so that it is short. Digits inside a text mostly
    have something else before them: an OID, a port, an IPv6 address.
    """
    return b'":0' in written.translate(_SHAPE, _NOISE)


def _may_sort_otherwise(written: bytes) -> bool:
    """Whether names may be sorted otherwise than by RFC 8785, by UTF-16: only where a character needs two units."""
    return not written.isascii() and any(map(written.__contains__, _ASTRAL))


def _with_decimals(value: object) -> bytes:
    match value:
        case Mapping():
            found = cast("Mapping[str, object]", value)
            if not all(isinstance(name, str) for name in found):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise NotWritable("a name that is no text")
            names = sorted(found, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
            members = (rfc8785.dumps(name) + b":" + _with_decimals(found[name]) for name in names)
            return b"{" + b",".join(members) + b"}"
        case list() | tuple():
            return b"[" + b",".join(map(_with_decimals, cast("list[object]", value))) + b"]"
        case Decimal():
            if not value.is_finite():
                raise NotWritable("NaN or Infinity")
            return str(value).encode()
        case _:
            return rfc8785.dumps(cast("Any", value))


def read_back(text: bytes) -> dict[str, Any]:
    """The object of a text that `canonical` wrote: no need to look for what it never writes. Decimals stay exact."""
    return _read_slowly(text) if _may_hold_number(text) else _read(text)


def as_dict(resource: object) -> dict[str, Any]:
    """A resource as plain data: a mapping as it is, a `fhir.resources` model by its own JSON.

    Raises TypeError for anything else.
    """
    if isinstance(resource, Mapping):
        return dict(cast("Mapping[str, Any]", resource))
    written = getattr(resource, "model_dump_json", None)
    if written is None:
        raise TypeError(f"a resource is a mapping or a fhir.resources model, not {type(resource).__name__}")
    return cast("dict[str, Any]", loads(written(exclude_none=True)))
