"""Going on after an interruption: how far bundles and report came, both cut to their last line in common."""

from __future__ import annotations

import errno
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from .reader import RawMessage


class Done(NamedTuple):
    """How many inputs have their lines, and which was the last: its source and its number there."""

    number: int = 0
    last: tuple[str, int] = ("", 0)


class OtherInputs(ValueError):
    """The inputs are not those of the report; says where they part."""


def hold(file: BinaryIO) -> None:
    """Keep other runs from writing a file, until this process closes it or ends, however it ends.

    The lock is the process's own: workers that outlive it do not hold it, and closing any other handle on the file lets it go.
    Raises BlockingIOError where another process holds the file. Does nothing for a pipe, and where there are no such locks.
    """
    try:
        import fcntl
    except ModuleNotFoundError:  # Windows
        return
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in {errno.EACCES, errno.EAGAIN}:
            raise BlockingIOError(*error.args) from None


def resume(out: Path, report: Path) -> Done:
    """Find the last input whose lines are complete in both files, and cut off what stands after them.

    An input has a line in the report, and one in `out` unless its status is `failed`. A file that is not there is empty.
    Raises OSError.
    """
    done, end_out, end_report = Done(), 0, 0
    out.touch()
    report.touch()
    with out.open("rb") as bundles, report.open("rb") as lines:
        for line in lines:
            told = _told(line)
            if told is None or (told["status"] != "failed" and not bundles.readline().endswith(b"\n")):
                break
            done = Done(done.number + 1, (told["source"], told["index"]))
            end_out, end_report = bundles.tell(), end_report + len(line)
    _cut(out, end_out)
    _cut(report, end_report)
    return done


def _told(line: bytes) -> dict[str, Any] | None:
    if not line.endswith(b"\n"):
        return None
    try:
        return json.loads(line)
    except ValueError:
        return None


def _cut(file: Path, end: int) -> None:
    with file.open("rb+") as handle:
        handle.truncate(end)


def after(inputs: Iterable[RawMessage], done: Done) -> Iterator[RawMessage]:
    """Give the inputs that have no lines yet. Raises OtherInputs where those before are not the ones of the report."""
    came = iter(inputs)
    for at in range(done.number):
        each = next(came, None)
        if each is None or (at == done.number - 1 and (each.source, each.number) != done.last):
            message = f"the report ends with input {done.number}, {done.last[0]} #{done.last[1] + 1}; the inputs do not"
            raise OtherInputs(message)
    yield from came
