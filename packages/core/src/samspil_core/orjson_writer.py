"""Values to JSON text by orjson, with the bytes and the refusals of `json_writer`.

orjson writes floats without a word, and NaN as null, so the text is searched for them at the speed of C. What
only looks like one costs time (the value itself is then looked through), never correctness.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import cast

from orjson import OPT_PASSTHROUGH_DATACLASS, OPT_PASSTHROUGH_DATETIME, Fragment
from orjson import dumps as orjson_dumps

from samspil_core import json_writer

__all__ = ["dumps"]

_OPTIONS = OPT_PASSTHROUGH_DATACLASS | OPT_PASSTHROUGH_DATETIME

# With the digits removed, a float is a point or an exponent, and NaN the start of null, right behind `":`, `[` or
# `,`. Such marks become points, brackets commas, and most of the rest is removed too, to leave less to search. The
# letters left standing keep true, false, http: and urn: from looking like a mark, the space keeps prose from it.
_TABLE = bytes.maketrans(b"en[", b"..,")
_REMOVED = bytes(sorted(set(range(256)) - set(b'":,[.enfhu ')))

_EXACT = frozenset({str, int, bool, type(None), Decimal})


def dumps(value: object, *, sure: bool = False) -> bytes:
    """As `samspil_core.jsontext.dumps`, but never pretty."""
    try:
        written = orjson_dumps(value, _decimal, _OPTIONS)
    except TypeError:
        return json_writer.dumps(value)
    if not sure and _may_hold_float(written) and not _is_exact(value):
        return json_writer.dumps(value)
    return written


def _decimal(value: object) -> Fragment:
    if not isinstance(value, Decimal) or not value.is_finite():
        raise TypeError
    return Fragment(str(value))


def _may_hold_float(written: bytes) -> bool:
    if not written.startswith((b"{", b"[")):
        return True
    residue = written.translate(_TABLE, _REMOVED)
    return b'":.' in residue or b",." in residue


def _is_exact(value: object) -> bool:
    """Whether there is nothing but str, int, bool, None and Decimal in the value, to any depth."""
    containers: list[object] = [[value]]
    for container in containers:
        for member in _members(container):
            kind = type(member)
            if kind is dict or kind is list or kind is tuple:
                containers.append(member)
            elif kind not in _EXACT:
                return False
    return True


def _members(container: object) -> Iterable[object]:
    if isinstance(container, dict):
        return cast("dict[str, object]", container).values()
    return cast("list[object]", container)
