"""NDJSON, one resource a line, streamed: https://hl7.org/fhir/R4/nd-json.html."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, cast

from samspil_core.jsontext import NotJson, dumps, loads
from samspil_core.kinds import LINE_NOT_JSON, LINE_NOT_RESOURCE
from samspil_core.outcome import Issue

__all__ = ["Line", "Sink", "read", "write"]


class Sink(Protocol):
    """Anything bytes can be written to: a binary file, `sys.stdout.buffer`, a socket's file."""

    def write(self, data: bytes, /) -> object:
        """Take the bytes."""
        ...


@dataclass(frozen=True, slots=True)
class Line:
    """What one line held: a resource, or else the issue that tells why there is none. `number` counts from 1."""

    number: int
    resource: dict[str, Any] | None = None
    issue: Issue | None = None


def read(stream: Iterable[bytes | str]) -> Iterator[Line]:
    """The resources of a stream of lines, one at a time; blank lines are skipped but counted.

    A bad line gives a `Line` with an issue (`SAM-CORE-001`, `SAM-CORE-002`), and reading goes on. Pass a binary
    stream: a text stream raises by itself on bytes that are not in its encoding.
    """
    for number, text in enumerate(stream, 1):
        if text.strip():
            yield _line(number, text)


def _line(number: int, text: bytes | str) -> Line:
    try:
        value = loads(text)
    except NotJson as fault:
        return Line(number, issue=LINE_NOT_JSON.at(line=number, column=fault.column, why=fault.why))
    if not isinstance(value, dict):
        return Line(number, issue=LINE_NOT_RESOURCE.at(line=number))
    return Line(number, cast("dict[str, Any]", value))


def write(stream: Sink, resources: Iterable[Mapping[str, Any]]) -> int:
    """Write each resource as a line of its own, and return how many there were.

    Raises `NotWritable` at a resource that JSON cannot hold; the lines before it are written.
    """
    count = 0
    for resource in resources:
        stream.write(dumps(resource) + b"\n")
        count += 1
    return count
