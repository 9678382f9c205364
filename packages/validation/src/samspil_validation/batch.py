"""Many pieces through one validator or several processes, in order, a bounded number of them in memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from samspil_core.outcome import Issue, Outcome
from samspil_definitions import load_packages

from .findings import CANNOT_READ
from .inputs import Piece
from .large import validate_large
from .reading import Reader
from .validator import Validator

__all__ = ["Checked", "Task", "check_all"]

_AHEAD = 4


@dataclass(frozen=True, slots=True)
class Task:
    """What every piece is checked by: the packages, where they lie, and the profiles asked for."""

    packages: tuple[str, ...]
    cache: tuple[str, ...] | None
    profiles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in one piece, and the line and column of each finding in its file, where they are known."""

    name: str
    line: int
    outcome: Outcome
    places: tuple[tuple[int, int] | None, ...] = ()


def check_all(pieces: Iterable[Piece], task: Task, jobs: int = 1) -> Iterator[Checked]:
    """Check the pieces, in their order."""
    if jobs == 1:
        for piece in pieces:
            yield from _check(piece, task)
        return
    with ProcessPoolExecutor(jobs) as pool:
        waiting: deque[Future[list[Checked]]] = deque()
        for piece in pieces:
            waiting.append(pool.submit(_whole, piece, task))
            if len(waiting) >= jobs * _AHEAD:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


def _whole(piece: Piece, task: Task) -> list[Checked]:
    return list(_check(piece, task))


@cache
def validator_for(task: Task) -> tuple[Validator, Reader]:
    """The validator of a task and its reader, made once a process. Raises `PackageError`."""
    definitions = load_packages(task.packages, cache=task.cache)
    return Validator(definitions), Reader(definitions.structure)


def _check(piece: Piece, task: Task) -> Iterator[Checked]:
    if piece.problem:
        yield _unreadable(piece, piece.problem)
        return
    validator, reader = validator_for(task)
    if piece.large and piece.path is not None:
        path = piece.path
        for report in validate_large(validator, lambda: path.open("rb"), task.profiles):
            yield Checked(piece.name, piece.line, report.outcome)
        return
    try:
        data = piece.data if piece.data is not None else _read(piece.path)
    except OSError as error:
        yield _unreadable(piece, error.strerror or type(error).__name__)
        return
    yield _document(piece, data, validator, reader, task.profiles)


def _read(path: Path | None) -> bytes:
    return path.read_bytes() if path is not None else b""


def _document(piece: Piece, data: bytes, validator: Validator, reader: Reader, profiles: Sequence[str]) -> Checked:
    document = reader.read(data)
    outcome = document.outcome
    if document.resource is not None:
        outcome += validator.validate(document.resource, profiles)
    places = tuple(_at(document.line(issue.where), piece) if issue.where else None for issue in outcome)
    return Checked(piece.name, piece.line, outcome, places)


def _at(place: tuple[int, int] | None, piece: Piece) -> tuple[int, int] | None:
    return None if place is None else (place[0] + max(piece.line - 1, 0), place[1])


def _unreadable(piece: Piece, why: str) -> Checked:
    issue: Issue = CANNOT_READ.at(source=piece.name, why=why)
    return Checked(piece.name, piece.line, Outcome((issue,)))
