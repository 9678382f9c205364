"""What people judged: answers to the questions a suite puts, and grades, added to the end of a record."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import documents
from .chance import Clock, instant
from .record import Event
from .run import Run
from .verdict import SEVERITIES

__all__ = ["Answers", "add_answers", "read_answers"]


@dataclass(frozen=True)
class Answers:
    """Answers by scenario and question, and the bytes of what is attached to them."""

    rows: tuple[Mapping[str, Any], ...] = ()
    attached: tuple[Mapping[str, Any], ...] = field(default=())

    def of(self, scenario: str, question: str) -> dict[str, Any] | None:
        """The answer to a question of a scenario: result, what was observed, who, when, and what was attached."""
        for row in self.rows:
            if row["scenario"] == scenario and row.get("question", question) == question:
                return {name: value for name, value in row.items() if name not in {"scenario", "question"}}
        return None


def read_answers(path: Path) -> Answers:
    """Read a file of answers; each attachment is read and its SHA-256 taken.

    Raises:
        BadFile: the file breaks the schema `answers`.
        OSError: it, or an attachment, cannot be read.
    """
    attached: list[Mapping[str, Any]] = []
    rows = [_row(row, path.parent, attached) for row in documents.read(path, "answers")["answers"]]
    return Answers(tuple(rows), tuple(attached))


def _row(row: Mapping[str, Any], folder: Path, attached: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    if "attachment" not in row:
        return row
    data = (folder / row["attachment"]).read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    name = f"{digest[:12]}-{Path(row['attachment']).name}"
    attached.append({"attachment": name, "data": data})
    return {**row, "attachment": name, "sha256": digest}


def add_answers(  # noqa: PLR0913  what a person says, and when
    run: Run,
    answers: Answers | None = None,
    grades: Iterable[tuple[str, str]] = (),
    *,
    who: str | None = None,
    why: str | None = None,
    clock: Clock,
) -> Run:
    """The run with answers and grades added at the end of its record. What stood there stays as it was.

    Raises:
        ValueError: an answer fits no open question, a grade is none of F1 to F4, or nobody answers for it.
    """
    at = instant(clock.now())
    added: list[Event] = [*_answered(run, answers or Answers(), at), *_graded(run, grades, who, why, at)]
    done = Run((*run.events, *added))
    return Run((*done.events, {"event": "end", "at": at, "counts": done.counts}))


def _answered(run: Run, answers: Answers, at: str) -> list[Event]:
    added: list[Event] = []
    for row in answers.rows:
        scenario = run.scenarios.get(row["scenario"])
        open_ones = [one for one in scenario.questions if not one["answer"]] if scenario else []
        fitting = [one for one in open_ones if row.get("question", one["question"]) == one["question"]]
        if not fitting:
            raise ValueError(f"{row['scenario']} has no such question left open")
        said = {name: value for name, value in row.items() if name != "scenario"}
        added += [
            {"event": "answer", "at": at, "scenario": row["scenario"], **said, "question": one["number"]}
            for one in fitting
        ]
    return added


def _graded(run: Run, grades: Iterable[tuple[str, str]], who: str | None, why: str | None, at: str) -> list[Event]:
    added: list[Event] = []
    for name, grade in grades:
        if name not in run.scenarios:
            raise ValueError(f"the run has no scenario {name}")
        if grade not in SEVERITIES:
            raise ValueError(f"{grade} is none of {', '.join(SEVERITIES)}")
        if not (who and why):
            raise ValueError("a grade needs --who and --why")
        before = run.scenarios[name].graded
        added.append(
            {"event": "grade", "at": at, "scenario": name, "from": before, "to": grade, "who": who, "why": why}
        )
    return added
