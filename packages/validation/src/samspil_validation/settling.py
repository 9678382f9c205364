"""Deferred codes answered afterwards: by a terminology server, in one go, when it is at hand."""

from __future__ import annotations

from samspil_core.outcome import Issue, Outcome
from samspil_core.ports import CodeValidator

from .context import IN, UNKNOWN, Answer
from .findings import CODE_UNDECIDED
from .run import Question
from .terminology.packaged import answer_of
from .validator import Report

__all__ = ["settle"]


def settle(report: Report, codes: CodeValidator) -> Report:
    """The report with its questions put to `codes`.

    An element with a code that is in its value set loses its finding; one whose codes are all out gets the finding
    of its binding; what `codes` does not know either stays a question.
    """
    left: list[Question] = []
    answers: dict[tuple[str, str], Issue | None] = {}
    for question in report.questions:
        key = (question.where, question.value_set)
        memberships = [
            answer_of(codes.validate_code(coding, question.value_set), Answer(UNKNOWN)).membership
            for coding in question.codings
        ]
        if IN in memberships:
            answers[key] = None
        elif UNKNOWN in memberships:
            left.append(question)
        else:
            answers[key] = question.otherwise.at(question.where, value_set=question.value_set)
    return Report(Outcome(tuple(_settled(report.outcome, answers))), tuple(left))


def _settled(outcome: Outcome, answers: dict[tuple[str, str], Issue | None]) -> list[Issue]:
    found: list[Issue] = []
    for issue in outcome:
        detail = dict(issue.detail)
        key = (issue.where, detail.get("value_set", ""))
        if issue.code != CODE_UNDECIDED.code or key not in answers:
            found.append(issue)
        elif (answer := answers[key]) is not None:
            profile = (("profile", detail["profile"]),) if "profile" in detail else ()
            found.append(Issue(answer.kind, answer.where, (*answer.detail, *profile)))
    return found
