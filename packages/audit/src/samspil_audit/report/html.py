"""The report as one page of HTML that needs nothing else."""

from html import escape

from .cells import FIELDS, cells, headline
from .making import Report
from .rows import Row
from .words import Language, word

__all__ = ["as_html"]

_STYLE = (
    "body{font-family:sans-serif;margin:2rem;max-width:75rem}table{border-collapse:collapse;width:100%}"
    "th,td{border-bottom:1px solid #ccc;padding:.5rem;text-align:left;vertical-align:top}"
    "tr.emergency td{background:#fff3e0}strong{color:#b00020;display:block}"
)


def as_html(report: Report, language: Language = "en") -> str:
    """The report as a page; everything from the records is escaped."""
    title = escape(word("title", language))
    count = word("count", language, count=len(report.rows)) if report.rows else word("none", language)
    heads = "".join(f'<th scope="col">{escape(word(name, language))}</th>' for name in FIELDS)
    body = "".join(_row(row, language) for row in report.rows)
    gone = f"<p>{escape(word('unreadable', language, count=report.unreadable))}</p>" if report.unreadable else ""
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{title}</h1><p>{escape(count)}</p>"
        f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>{gone}</body></html>\n"
    )


def _row(row: Row, language: Language) -> str:
    told = cells(row, language)
    mark = f"<strong>{escape(headline(row, language))}</strong>" if row.emergency else ""
    first, *rest = (f"{escape(told[name])}" for name in FIELDS)
    kind = ' class="emergency"' if row.emergency else ""
    return f"<tr{kind}><td>{mark}{first}</td>{''.join(f'<td>{cell}</td>' for cell in rest)}</tr>"
