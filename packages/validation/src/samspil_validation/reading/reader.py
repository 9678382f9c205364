"""Any bytes to a document: the form is found out, sizes are bounded, nothing is raised."""

from __future__ import annotations

import re

from samspil_core import Outcome
from samspil_validation.findings_rules import EMPTY_TEXT, ENCODING_UNUSUAL, NOT_TEXT, TOO_LARGE

from .document import Document
from .elements import Elements, Structures
from .json_text import read_json
from .xml_text import read_xml

__all__ = ["MAX_BYTES", "MAX_DEPTH", "Reader", "read"]

MAX_BYTES = 512 * 1024 * 1024
MAX_DEPTH = 200
_SPACE = " \t\r\n\ufeff"
_DECLARED = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_WIDE = {
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
    b"<\0?\0": "utf-16-le",
    b"\0<\0?": "utf-16-be",
    b"{\0\n\0": "utf-16-le",
    b"\0{\0\n": "utf-16-be",
}
"""How texts of two bytes a sign begin: with a mark, or with the first signs of a declaration or an object."""
_OTHERS = frozenset({"iso-8859-1", "us-ascii", "windows-1252", "iso-8859-15"})


def read(data: bytes | str, structures: Structures) -> Document:
    """The document in a text; `structures` gives the StructureDefinition of a type name. See `Reader` for many texts."""
    return Reader(structures).read(data)


class Reader:
    """Reads texts of one FHIR release; keeps the element tables it has made. Never raises for what a text holds."""

    def __init__(self, structures: Structures, *, most_bytes: int = MAX_BYTES, most_depth: int = MAX_DEPTH) -> None:
        self._elements = Elements(structures)
        self._most_bytes = most_bytes
        self._most_depth = most_depth

    def read(self, data: bytes | str) -> Document:
        """The document in a text: XML when the first sign is `<`, JSON otherwise."""
        if len(data) > self._most_bytes:
            return Document(None, Outcome((TOO_LARGE.at("", limit=self._most_bytes),)))
        text, outcome = _decode(data)
        if text is None:
            return Document(None, outcome)
        first = text.lstrip(_SPACE)[:1]
        if not first:
            return Document(None, Outcome((EMPTY_TEXT.at(""),)))
        read = read_xml(text, self._elements, self._most_depth) if first == "<" else read_json(text, self._most_depth)
        read.outcome = outcome + read.outcome
        return read


def _decode(data: bytes | str) -> tuple[str | None, Outcome]:
    """The text of bytes: UTF-8, UTF-16 by its mark, or what an XML declaration says."""
    if isinstance(data, str):
        return data, Outcome()
    declared = _DECLARED.match(data.lstrip(b"\xef\xbb\xbf \t\r\n")[:200])
    name = declared[1].decode("ascii").lower() if declared else "utf-8"
    codec = _WIDE.get(data[:2]) or _WIDE.get(data[:4]) or (name if name in _OTHERS else "utf-8")
    try:
        text = data.decode(codec)
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        return None, Outcome((NOT_TEXT.at("", line=line, column=column),))
    unusual = codec != "utf-8" or name not in {"utf-8", "utf8"}
    return text, Outcome(
        (ENCODING_UNUSUAL.at("", encoding=codec if codec in _WIDE.values() else name),) if unusual else ()
    )
