"""Code systems that are grammars: whether a text is a code of theirs follows from its form."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

__all__ = ["GRAMMARS"]

_LANGUAGE = re.compile(
    r"(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4}|[a-z]{5,8})"  # language, extended language
    r"(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?"  # script, region
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?"
    r"|x(?:-[a-z0-9]{1,8})+|i-[a-z]{2,8}",
    re.IGNORECASE,
)
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,127}/[A-Za-z0-9!#$&^_.+*-]{1,127}(?:\s*;\s*\S(?:.*\S)?)?")
_FHIR_FORMATS = frozenset({"xml", "json", "ttl"})


def is_language(code: str) -> bool:
    """A language tag: https://www.rfc-editor.org/rfc/rfc5646#section-2.1."""
    return _LANGUAGE.fullmatch(code) is not None


def is_media_type(code: str) -> bool:
    """A media type with parameters, or one of the short names that FHIR gives its formats.

    https://www.rfc-editor.org/rfc/rfc6838#section-4.2, https://hl7.org/fhir/R4/http.html#mime-type
    """
    return code in _FHIR_FORMATS or _MEDIA_TYPE.fullmatch(code) is not None


GRAMMARS: Final[Mapping[str, Callable[[str], bool]]] = {
    "urn:ietf:bcp:47": is_language,
    "urn:ietf:bcp:13": is_media_type,
    "http://www.rfc-editor.org/bcp/bcp13.txt": is_media_type,
}
