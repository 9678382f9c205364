"""A run as it stands in its record, and what follows from it: results, grades, questions, approval."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from .record import Event, filled, read_lines, write_lines
from .verdict import Result, Severity, approval, counts, together

__all__ = ["Run", "ScenarioResult", "waiting"]


@dataclass(frozen=True)
class ScenarioResult:
    """What became of one scenario, and why."""

    id: str
    title: Mapping[str, str]
    requirements: tuple[str, ...]
    severity: Severity
    graded: Severity
    mode: str
    result: Result
    reason: str
    steps: tuple[Event, ...]
    exchanges: tuple[int, ...]
    questions: tuple[Event, ...]
    notes: tuple[Event, ...]


@dataclass(frozen=True)
class Run:
    """The events of a run, of which everything else is a function."""

    events: tuple[Event, ...]

    @classmethod
    def read(cls, data: bytes) -> "Run":
        """The run of a `run.jsonl`. Raises `BadRecord`."""
        return cls(tuple(read_lines(data)))

    def filled(self, bodies: Mapping[str, str]) -> "Run":
        """The run with long bodies, by their digests; its record stays the same."""
        return Run(tuple(filled(event, bodies) for event in self.events))

    def lines(self) -> bytes:
        """The run as `run.jsonl`."""
        return self._lines

    @cached_property
    def _lines(self) -> bytes:
        return write_lines(self.events)

    @property
    def head(self) -> Event:
        """What was run, against what, with which clock and seed."""
        return self.events[0]

    @cached_property
    def id(self) -> str:
        """Twelve hexadecimal digits that stand for this run: the start of the digest of its record."""
        return hashlib.sha256(self.lines()).hexdigest()[:12]

    def of(self, kind: str) -> Iterator[Event]:
        """The events of a kind, in order."""
        return (event for event in self.events if event["event"] == kind)

    @cached_property
    def scenarios(self) -> dict[str, ScenarioResult]:
        """What became of each scenario, by id, in the order they were run."""
        grouped: dict[str, list[Event]] = {one["scenario"]: [] for one in self.of("scenario")}
        for event in self.events[1:]:
            if event.get("scenario") in grouped:
                grouped[event["scenario"]].append(event)
        return {name: _scenario(events) for name, events in grouped.items()}

    @cached_property
    def requirements(self) -> dict[str, Result]:
        """The one result of each requirement that the run's scenarios name."""
        found: dict[str, list[Result]] = {}
        for one in self.scenarios.values():
            for name in one.requirements:
                found.setdefault(name, []).append(one.result)
        return {name: together(results) for name, results in sorted(found.items())}

    @property
    def counts(self) -> dict[Result, int]:
        """How many scenarios ended how."""
        return counts(one.result for one in self.scenarios.values())

    @property
    def approval(self) -> str:
        """`approved`, `not-approved` or `pending`, by the grades F1 to F4."""
        return approval((one.result, one.graded) for one in self.scenarios.values())


def _scenario(events: list[Event]) -> ScenarioResult:
    head = events[0]
    last = [one for one in events if one["event"] == "result"]
    grades = [one["to"] for one in events if one["event"] == "grade"]
    answers = {one["question"]: one for one in events if one["event"] == "answer"}
    questions = [one for one in events if one["event"] == "question"]
    result = _final(last[-1] if last else {"result": "error", "reason": "the run broke off"}, questions, answers)
    return ScenarioResult(
        id=head["scenario"],
        title=head["title"],
        requirements=tuple(head["requirements"]),
        severity=cast("Severity", head["severity"]),
        graded=cast("Severity", grades[-1] if grades else head["severity"]),
        mode=head["mode"],
        result=cast("Result", result["result"]),
        reason=result.get("reason", ""),
        steps=tuple(one for one in events if one["event"] == "step"),
        exchanges=tuple(one["number"] for one in events if one["event"] == "exchange"),
        questions=tuple({**one, "answer": answers.get(one["number"])} for one in questions),
        notes=tuple(one for one in events if one["event"] == "note"),
    )


def _final(judged: dict[str, Any], questions: list[Event], answers: dict[int, Event]) -> dict[str, Any]:
    """The result with the answers of people: it is pending until every question has one, and as bad as the worst."""
    if judged["result"] not in {"pass", "warning", "pending"} or not questions:
        return judged
    open_questions = [one for one in questions if one["number"] not in answers]
    if open_questions:
        return {"result": "pending", "reason": waiting(len(open_questions))}
    own: Result = "pass" if judged["result"] == "pending" else cast("Result", judged["result"])
    result = together([own, *(cast("Result", one["result"]) for one in answers.values())])
    worst = next((one for one in answers.values() if one["result"] == result), None)
    return {"result": result, "reason": worst["observed"] if worst and result != "pass" else judged.get("reason", "")}


def waiting(count: int) -> str:
    """Why a scenario is pending."""
    return f"{count} question{'' if count == 1 else 's'} for a person"
