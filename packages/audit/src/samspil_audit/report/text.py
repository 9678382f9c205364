"""The report as plain text."""

from .cells import FIELDS, cells, headline
from .making import Report
from .words import Language, word

__all__ = ["as_text"]


def as_text(report: Report, language: Language = "en") -> str:
    """The report as lines to read."""
    lines = [word("title", language), "=" * len(word("title", language)), ""]
    lines.append(word("count", language, count=len(report.rows)) if report.rows else word("none", language))
    width = max(len(word(name, language)) for name in FIELDS)
    for row in report.rows:
        lines += ["", headline(row, language)] if row.emergency else [""]
        told = cells(row, language)
        lines += [f"{word(name, language).ljust(width)}  {told[name]}" for name in FIELDS]
    if report.unreadable:
        lines += ["", word("unreadable", language, count=report.unreadable)]
    return "\n".join(lines) + "\n"
