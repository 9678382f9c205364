"""Findings for a pull request: workflow commands, which GitHub shows beside the change.

https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
"""

from samspil_core.outcome import Issue, Language, Outcome, Severity

_LEVELS: dict[Severity, str] = {"fatal": "error", "error": "error", "warning": "warning", "information": "notice"}


def github(outcome: Outcome, language: Language) -> str:
    """Give an annotation a finding."""
    return "\n".join(_annotation(issue, language) for issue in outcome)


def _annotation(issue: Issue, language: Language) -> str:
    words = issue.wording(language)
    where = f"{issue.where}: " if issue.where else ""
    message = _data(f"{where}{words.text} -> {words.fix}")
    return f"::{_LEVELS[issue.severity]} title={_property(issue.code)}::{message}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
