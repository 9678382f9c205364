"""The numbers that choose a page. https://hl7.org/fhir/R4/http.html#paging."""

from .findings import NOT_SUPPORTED
from .refused import Refused

__all__ = ["number_of"]


def number_of(text: str | None, default: int) -> int:
    """The value of `_count` or `_offset`, or what holds without it. Raises `Refused` for what is no number."""
    if text is None:
        return default
    if not text.isdigit():
        raise Refused(NOT_SUPPORTED.at(what="this page"), 400)
    return int(text)
