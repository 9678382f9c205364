"""JSON text to a resource: decimals exact, duplicate keys refused, depth bounded.

https://hl7.org/fhir/R4/json.html, https://www.rfc-editor.org/rfc/rfc8259
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, NoReturn, cast

from samspil_core import Issue, NotJson, Outcome, loads
from samspil_validation.findings_rules import (
    DUPLICATE_KEY,
    JSON_COMMENTS,
    NOT_A_RESOURCE,
    NOT_JSON,
    TOO_DEEP,
)
from samspil_validation.shape import as_node, inner

from .document import Document
from .json_scan import duplicates, enclosing, line_and_column, places

__all__ = ["read_json"]

_COMMENTS = "fhir_comments"


class _Refused(ValueError):
    """NaN or Infinity."""


def _refuse(_constant: str) -> NoReturn:
    raise _Refused


def read_json(text: str, most_depth: int) -> Document:
    """The resource in a JSON text, or none with a finding that says where the text stops being JSON."""
    repeated: list[int] = []
    try:
        value = _decoder(repeated).decode(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        fault = _not_json(text, error.msg, error.pos)
    except RecursionError:
        fault = TOO_DEEP.at("", limit=most_depth)
    except (ValueError, ArithmeticError):
        fault = _unreadable(text) or NOT_JSON.at("", line=1, column=1, why="a number that cannot be held")
    else:
        return _document(text, value, repeated, most_depth)
    return _refused(fault)


def _document(text: str, value: Any, repeated: list[int], most_depth: int) -> Document:
    """The document of a text that is JSON."""
    if _depth(value) > most_depth:
        return _refused(TOO_DEEP.at("", limit=most_depth))
    if "\\u" in text and (fault := _unreadable(text)):
        return _refused(fault)
    if not isinstance(value, dict):
        return _refused(NOT_A_RESOURCE.at(""))
    resource = cast("dict[str, Any]", value)
    issues = _repeated_keys(text) if repeated else []
    if _COMMENTS in text and _without_comments(value):
        issues.append(JSON_COMMENTS.at(""))
    if not isinstance(resource.get("resourceType"), str):
        issues.append(NOT_A_RESOURCE.at(""))
    return Document(resource, Outcome(tuple(issues)), "json", lambda: _lines(text))


def _without_comments(value: Any) -> bool:
    """Take the comments of earlier releases out of a value, and what then holds nothing; whether there were any."""
    found = False
    waiting: list[Any] = [value]
    while waiting:
        at = waiting.pop()
        holder = as_node(at)
        found = holder.pop(_COMMENTS, None) is not None or found
        only = [key for key, each in holder.items() if key[:1] == "_" and list(as_node(each)) == [_COMMENTS]]
        found = found or bool(only)
        for key in only:
            del holder[key]
        waiting.extend(inner(at))
    return found


def _refused(issue: Issue) -> Document:
    return Document(None, Outcome((issue,)))


def _decoder(repeated: list[int]) -> json.JSONDecoder:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) != len(pairs):
            repeated.append(1)
        return made

    return json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse, object_pairs_hook=unique)


def _not_json(text: str, why: str, offset: int) -> Issue:
    line, column = line_and_column(text, offset)
    return NOT_JSON.at(enclosing(text, offset), line=line, column=column, why=why)


def _unreadable(text: str) -> Issue | None:
    """What the reader of core refuses in a text, such as NaN, lone surrogates and numbers no machine can hold."""
    try:
        loads(text)
    except NotJson as error:
        return NOT_JSON.at("", line=error.line, column=error.column, why=error.why)
    return None


def _depth(value: Any) -> int:
    """How many containers stand in one another, without recursion."""
    depth, level = 0, [value]
    while level:
        depth += 1
        level = [each for outer in level for each in inner(outer)]
    return depth


def _repeated_keys(text: str) -> list[Issue]:
    found: list[Issue] = []
    for where, offset in duplicates(text):
        line, column = line_and_column(text, offset)
        found.append(DUPLICATE_KEY.at(where, line=line, column=column))
    return found


def _lines(text: str) -> dict[str, tuple[int, int]]:
    """Line and column of every place, in one pass over the text."""
    found: dict[str, tuple[int, int]] = {}
    line, begin, last = 1, -1, 0
    for where, offset in sorted(places(text).items(), key=lambda each: each[1]):
        line += text.count("\n", last, offset)
        newline = text.rfind("\n", last, offset)
        begin = newline if newline >= 0 else begin
        found[where] = (line, offset - begin)
        last = offset
    return found
