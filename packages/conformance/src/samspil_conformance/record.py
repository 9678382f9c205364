"""The record of a run: one event after the other, each line sealed to the one before. It is the only stored truth.

A line of `run.jsonl` is one JSON object, its members sorted, with `previous`: the SHA-256 of the line before it, in
hexadecimal, and 64 zeros in the first. Every other file of the evidence is derived from these lines.
"""

import hashlib
import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, cast

from jsonschema import Draft202012Validator

from . import documents
from .chance import Clock, instant
from .masking import Masker

__all__ = [
    "FIRST",
    "LONG",
    "BadRecord",
    "Event",
    "Recorder",
    "bodies_in",
    "filled",
    "outlined",
    "read_lines",
    "write_lines",
]

Event = dict[str, Any]
FIRST = "0" * 64
LONG = 512
"""Bytes of a body that the record holds itself; a longer one lies in the file of its exchange."""


class BadRecord(ValueError):
    """The lines are no record, or not the ones that were written; the text says where and why."""


class Recorder:
    """Takes the events of a run, masks them, and hands each to who watches."""

    def __init__(self, clock: Clock, masker: Masker, watch: Callable[[Event], None] | None = None) -> None:
        self.events: list[Event] = []
        self.masker = masker
        self.clock = clock
        self._watch = watch
        self._lock = threading.Lock()
        self._exchanges = 0
        self._place: dict[str, Any] = {}

    def at(self, **place: Any) -> None:
        """Say where the run is: every further event carries it."""
        self._place = place

    def add(self, event: str, **members: Any) -> Event:
        """Add an event; what it says about the system is masked."""
        return self._add({"event": event, "at": instant(self.clock.now()), **self._place, **self.masker.value(members)})

    def state(self, event: str, members: Mapping[str, Any]) -> Event:
        """Add what the suite itself says, which holds nothing to mask."""
        return self._add({"event": event, "at": instant(self.clock.now()), **members})

    def exchange(self, direction: str, request: Mapping[str, Any], response: Mapping[str, Any]) -> Event:
        """Add what was said to the system or by it; its parts are masked already."""
        self._exchanges += 1
        made = {"number": self._exchanges, "direction": direction, "request": request, "response": response}
        return self._add({"event": "exchange", "at": instant(self.clock.now()), **self._place, **made})

    def _add(self, made: Event) -> Event:
        with self._lock:
            self.events.append(made)
        if self._watch:
            self._watch(made)
        return made


def write_lines(events: Iterable[Event], previous: str = FIRST) -> bytes:
    """The events as sealed lines, going on from the digest of the line before."""
    lines: list[bytes] = []
    for event in events:
        line = _line({**outlined(event), "previous": previous})
        previous = hashlib.sha256(line).hexdigest()
        lines.append(line)
    return b"\n".join(lines) + b"\n" if lines else b""


def outlined(event: Event) -> Event:
    """An event as it stands in the record: of a long body the digest and the length alone."""
    return _each_body(event, _outlined) if event["event"] == "exchange" else event


def filled(event: Event, bodies: Mapping[str, str]) -> Event:
    """An event with the bodies that are known by their digests."""

    def fill(part: Mapping[str, Any]) -> dict[str, Any]:
        body = bodies.get(part.get("body_sha256", ""))
        if body is None:
            return dict(part)
        return {**{name: value for name, value in part.items() if not name.startswith("body_")}, "body": body}

    return _each_body(event, fill) if event["event"] == "exchange" else event


def bodies_in(part: Any) -> Iterator[Mapping[str, Any]]:
    """The parts of an exchange that hold a body, or the digest of one."""
    if isinstance(part, dict):
        known = cast("dict[str, Any]", part)
        if "body" in known or "body_sha256" in known:
            yield known
        for value in known.values():
            yield from bodies_in(value)


def _each_body(part: Any, change: Callable[[Mapping[str, Any]], dict[str, Any]]) -> Any:
    if not isinstance(part, dict):
        return part
    known = {name: _each_body(value, change) for name, value in cast("dict[str, Any]", part).items()}
    return change(known) if "body" in known or "body_sha256" in known else known


def _outlined(part: Mapping[str, Any]) -> dict[str, Any]:
    body = part.get("body")
    data = body.encode() if isinstance(body, str) else b""
    if len(data) <= LONG:
        return dict(part)
    rest = {name: value for name, value in part.items() if name != "body"}
    return {**rest, "body_sha256": hashlib.sha256(data).hexdigest(), "body_length": len(data)}


def read_lines(data: bytes) -> list[Event]:
    """The events of sealed lines.

    Raises:
        BadRecord: a line is no event, or does not follow on the one before it.
    """
    events: list[Event] = []
    previous = FIRST
    if data and not data.endswith(b"\n"):
        raise BadRecord("the last line is not complete")
    for number, line in enumerate(data.splitlines(), start=1):
        event = _event(line, number)
        if event.pop("previous", None) != previous:
            raise BadRecord(f"line {number} does not follow on the line before it")
        previous = hashlib.sha256(line).hexdigest()
        events.append(event)
    return events


@cache
def _checker() -> Any:
    return Draft202012Validator(documents.schema("record"))


def _event(line: bytes, number: int) -> Event:
    try:
        found: Any = json.loads(line)
    except ValueError:
        raise BadRecord(f"line {number} is no JSON") from None
    if not isinstance(found, dict) or "event" not in found:
        raise BadRecord(f"line {number} is no event")
    event = cast("Event", found)
    if fault := next(_checker().iter_errors(event), None):
        place = "/".join(map(str, fault.absolute_path))
        raise BadRecord(f"line {number} is no event of a record: {place + ': ' if place else ''}{fault.message}")
    if _line(event) != line:
        raise BadRecord(f"line {number} is not written as this record writes")
    return event


def _line(event: Event) -> bytes:
    return json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
