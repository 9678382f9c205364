"""The bodies of requests and answers: unpacked, and read as FHIR JSON or FHIR XML."""

import re
import zlib
from collections.abc import Mapping
from typing import Any, cast

from samspil_core import NotJson, loads

from .xml_text import read_xml

__all__ = ["Unpacker", "read_body", "unpacked"]

_PACKED = frozenset({"gzip", "x-gzip", "deflate"})
_NAME = re.compile(r"[a-z-]{1,20}")
_ANY_HEAD = 47  # zlib's word for: gzip or zlib, by the first bytes


def read_body(body: bytes, media_type: str) -> Mapping[str, Any] | None:
    """An object in a body, or None; a stream of resources is read elsewhere."""
    if "ndjson" in media_type:
        return None
    if "json" in media_type:
        return _json(body)
    return read_xml(body) if "xml" in media_type else None


def unpacked(body: bytes, encoding: str) -> bytes:
    """A body without its Content-Encoding. Raises ValueError, which says what is the matter with it."""
    return Unpacker(encoding).take(body, ends=True)


class Unpacker:
    """Takes a Content-Encoding off a body that comes in parts."""

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding.strip().lower()
        self._inside: Any = zlib.decompressobj(_ANY_HEAD) if self._encoding in _PACKED else None

    def take(self, part: bytes, *, ends: bool) -> bytes:
        """What a part holds. Raises ValueError for an encoding that is not known here, and for bytes that are not in it."""
        if self._inside is None:
            if self._encoding not in {"", "identity"}:
                named = f" {self._encoding}" if _NAME.fullmatch(self._encoding) else ""
                raise ValueError(f"its encoding{named} is not known here")
            return part
        try:
            found = self._inside.decompress(part)
            while self._inside.eof and self._inside.unused_data:  # gzip files in a row are one
                rest, self._inside = self._inside.unused_data, zlib.decompressobj(_ANY_HEAD)
                found += self._inside.decompress(rest)
        except zlib.error:
            raise ValueError(f"it is not {self._encoding}") from None
        if ends and not self._inside.eof and (found or part):
            raise ValueError(f"it is not {self._encoding} up to its end")
        return found


def _json(body: bytes) -> Mapping[str, Any] | None:
    try:
        found = loads(body)
    except NotJson:
        return None
    return cast("Mapping[str, Any]", found) if isinstance(found, dict) else None
