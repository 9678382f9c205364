"""A document of headings, sentences and tables, as a page and as paper."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any, cast

__all__ = ["Section", "Sheet", "as_html", "as_pdf"]

TEMPLATE = Path(__file__).with_name("sheet.typ")

STYLE = """
body { font: 16px/1.5 system-ui, "Segoe UI", Roboto, sans-serif; color: #1a1a1a; max-width: 48rem; margin: 0 auto; padding: 2rem 1.25rem; }
h1 { font-size: 1.7rem; line-height: 1.2; } h2 { font-size: 1.1rem; margin: 1.8rem 0 .4rem; border-bottom: 1.5px solid; padding-bottom: .15rem; }
table { border-collapse: collapse; width: 100%; font-size: .93rem; } td, th { text-align: left; vertical-align: top;
  border-bottom: 1px solid #c9c9c9; padding: .35rem .6rem .35rem 0; overflow-wrap: anywhere; }
.open { border: 1.5px dashed #1a1a1a; padding: .3rem .5rem; } @media print { body { font-size: 10.5pt; padding: 0; } @page { margin: 20mm; } }
"""


@dataclass(frozen=True)
class Section:
    """A heading with sentences, and a table below them. `open` marks what the maker still has to do by hand."""

    heading: str
    sentences: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    open: bool = False


@dataclass(frozen=True)
class Sheet:
    """A document in a language (BCP 47), of a day (`2026-01-31`)."""

    title: str
    language: str
    date: str
    sections: tuple[Section, ...] = field(default=())


def as_html(sheet: Sheet) -> bytes:
    """The document as one HTML page that needs nothing else."""
    body = "".join(map(_section, sheet.sections))
    return (
        f"<!doctype html>\n<html lang={sheet.language}><head><meta charset=utf-8>"
        f"<meta name=viewport content='width=device-width, initial-scale=1'><title>{escape(sheet.title)}</title>"
        f"<style>{STYLE}</style></head><body><h1>{escape(sheet.title)}</h1>\n{body}</body></html>\n"
    ).encode()


def _section(section: Section) -> str:
    mark = " class=open" if section.open else ""
    sentences = "".join(f"<p{mark}>{escape(one)}</p>" for one in section.sentences)
    return f"<h2>{escape(section.heading)}</h2>{sentences}{_table(section.head, section.rows)}\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    top = "<tr>" + "".join(f"<th scope=col>{escape(cell)}</th>" for cell in head) + "</tr>" if head else ""
    return f"<table>{top}{lines}</table>" if lines else ""


def as_pdf(sheet: Sheet) -> bytes:
    """The document as PDF/A-3; the same document gives the same bytes."""
    import typst

    told = {
        "title": sheet.title,
        "language": sheet.language,
        "date": [int(part) for part in sheet.date.split("-")],
        "sections": [vars(section) for section in sheet.sections],
    }
    files = {"main.typ": TEMPLATE.read_bytes(), "sheet.json": json.dumps(told, ensure_ascii=False).encode()}
    return cast("Any", typst.compile)(files, format="pdf", pdf_standards="a-3b", ignore_system_fonts=True, timestamp=0)
