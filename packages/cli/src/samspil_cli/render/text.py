"""Findings for a person: one line each."""

from samspil_core.outcome import Issue, Language, Outcome


def text(outcome: Outcome, language: Language) -> str:
    """Give a line a finding: severity, code, where, what, and what to do about it."""
    return "\n".join(_line(issue, language) for issue in outcome)


def _line(issue: Issue, language: Language) -> str:
    words = issue.wording(language)
    head = " ".join(part for part in (issue.severity, issue.code, issue.where) if part)
    return f"{head}  {words.text} -> {words.fix}"
