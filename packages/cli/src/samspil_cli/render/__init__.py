"""Outcomes for a terminal, a program, a test report, a pull request: one file a format."""

from collections.abc import Callable

from samspil_cli.render.github import github
from samspil_cli.render.junit import junit
from samspil_cli.render.operation_outcome import operation_outcome
from samspil_cli.render.text import text
from samspil_core.outcome import Language, Outcome

__all__ = ["FORMATS", "render"]

FORMATS: dict[str, Callable[[Outcome, Language], str]] = {
    "text": text,
    "json": operation_outcome,
    "junit": junit,
    "github": github,
}
"""What makes a text of an outcome, by the name that `--format` takes."""


def render(outcome: Outcome, shape: str = "text", language: Language = "en") -> str:
    """Give the outcome in one of FORMATS, without a newline at the end; an empty text says there is nothing to say.

    Raises:
        KeyError: there is no such format.
    """
    return FORMATS[shape](outcome, language)
