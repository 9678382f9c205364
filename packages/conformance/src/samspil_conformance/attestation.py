"""What people judged: answers to the questions a suite puts, kept in a file, and added to a record."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import documents

__all__ = ["Answers", "read_answers"]


@dataclass(frozen=True)
class Answers:
    """Answers by scenario and question."""

    rows: tuple[Mapping[str, Any], ...] = field(default_factory=tuple)

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
    return Answers(tuple(_row(row, path.parent) for row in documents.read(path, "answers")["answers"]))


def _row(row: Mapping[str, Any], folder: Path) -> Mapping[str, Any]:
    if "attachment" not in row:
        return row
    digest = hashlib.sha256((folder / row["attachment"]).read_bytes()).hexdigest()
    return {**row, "attachment": Path(row["attachment"]).name, "sha256": digest}
