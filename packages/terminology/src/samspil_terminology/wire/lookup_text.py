"""The answer of $lookup for a concept of SNOMED CT, written straight from its row: the bytes that `lookup_parameters` leads to.

https://hl7.org/fhir/R5/codesystem-operation-lookup.html
"""

import re
import sqlite3
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from samspil_core.jsontext import dumps, loads
from samspil_terminology.concepts import DISPLAY_USE, Designation, Property
from samspil_terminology.snomed.known import DEFINITION, FSN
from samspil_terminology.snomed.system import SnomedSystem

from .answers import designation_part, lookup_head, property_part
from .parameters import parameters

__all__ = ["lookup_writer"]

_HERE = "\ufdd0"
"""Stands in a frame where a text is to come: a code point that is no character."""

_escaped = re.compile(r'["\\\x00-\x08\x0b-\x1f]').search
"""A character that JSON text escapes; tab and line feed part the texts of a row."""


def lookup_writer(system: SnomedSystem) -> Callable[[str], bytes | None]:
    """A function from a code to the answer of $lookup without further parameters.

    It gives None for what is not written this way: an expression, a code that is not known, a text with quotes.
    """
    snapshot, facts = system.snapshot, system.facts
    before, before_code, after = _frame(parameters(lookup_head(facts, _HERE, _HERE)), 3)
    after, end = after[:-2], after[-2:]
    shown, shown_end = _frame(designation_part(Designation(_HERE, facts.language, DISPLAY_USE)))
    frames = [_texts_frame(each) for each in system.profiles]
    inactive = {each: _text(property_part(Property("inactive", "Boolean", each))) for each in (False, True)}
    defined = {each: _text(property_part(Property("sufficientlyDefined", "Boolean", each))) for each in (False, True)}
    time, time_end = _frame(property_part(Property("effectiveTime", "String", _HERE)))
    module, module_end = _frame(property_part(Property("moduleId", "Code", _HERE)))
    _, target_end = _frame(property_part(Property("", "Code", _HERE)))

    @lru_cache(maxsize=256)
    def attribute(kind: int) -> str:
        return _frame(property_part(Property(snapshot.code(kind), "Code", _HERE)))[0]

    def attribute_text(_group: int, kind: int, target: int | None, *value: Any) -> str:
        if target is not None:
            return f"{attribute(kind)}{snapshot.code(target)}{target_end}"
        return _text(property_part(system.concrete(kind, value[0])))

    def written(code: str) -> bytes | None:
        try:
            n = snapshot.number(code)
            row = snapshot.detail(n) if n is not None else None
        except sqlite3.Error:  # a damaged file: the general way says so
            return None
        if row is None or not row[2] or _escaped(row[2]) or _escaped(row[7]):
            return None
        _, code, display, flags, module_id, effective, attributes, terms = row
        first = [f"{shown}{display}{shown_end}"]
        later: list[str] = []
        for line in terms.split("\n") if terms else ():
            text, _, profile = line.split("\t")
            kind, start, stop = frames[int(profile)]
            if text and kind != DEFINITION:
                (first if kind == FSN else later).append(f"{start}{text}{stop}")
        more = [attribute_text(*each) for each in loads(attributes)] if attributes else ()
        parts = (
            f"{before}{display}{before_code}{code}{after}",
            *first,
            *later,
            inactive[bool(flags & 1)],
            f"{time}{effective}{time_end}",
            f"{module}{module_id}{module_end}",
            defined[bool(flags & 4)],
            *more,
        )
        return (",".join(parts) + end).encode()

    return written


def _texts_frame(profile: tuple[str, Any, bool, bool]) -> tuple[str, str, str]:
    language, use, active, preferred = profile
    before, after = _frame(designation_part(Designation(_HERE, language, use, "", (), active, preferred)))
    return use.code, before, after


def _frame(value: Mapping[str, Any] | list[Any], parts: int = 2) -> list[str]:
    """The JSON text around the places where a text is to come."""
    return _text(value).split(_HERE, parts - 1)


def _text(value: Mapping[str, Any] | list[Any]) -> str:
    return dumps(value).decode()
