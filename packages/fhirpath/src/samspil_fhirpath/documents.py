"""The resources of an input: one JSON document, or NDJSON read line by line."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any, BinaryIO

from samspil_core import ndjson
from samspil_core.jsontext import NotJson, loads
from samspil_core.outcome import Issue

from .findings import NOT_JSON
from .shapes import is_array

__all__ = ["read"]


def read(stream: BinaryIO) -> Iterator[Any]:
    """Each resource, or the issue that tells why there is none. NDJSON is never held whole in memory."""
    head = b""
    for line in stream:
        head = line
        if line.strip():
            break
    else:
        yield NOT_JSON.at("", line=1, column=1, why="the input is empty")
        return
    following = stream.readline()
    if not following or not _is_json(head):
        yield from _document(head + following + stream.read())
        return
    for each in ndjson.read(chain((head, following), stream)):
        yield each.issue if each.resource is None else each.resource


def _is_json(line: bytes) -> bool:
    try:
        loads(line)
    except NotJson:
        return False
    return True


def _document(data: bytes) -> Iterator[Any]:
    try:
        found = loads(data)
    except NotJson as fault:
        lines = data.splitlines()
        if len(lines) > 1 and any(line.lstrip().startswith(b"{") and _is_json(line) for line in lines):
            for each in ndjson.read(lines):  # NDJSON whose first line is bad
                yield each.issue if each.resource is None else each.resource
            return
        issue: Issue = NOT_JSON.at("", line=fault.line, column=fault.column, why=fault.why)
        yield issue
        return
    if is_array(found):
        yield from found
    else:
        yield found
