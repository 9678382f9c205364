"""The report as one HTML page that needs nothing else, reads on a screen and prints in black and white."""

from collections.abc import Callable, Iterable, Mapping
from html import escape
from typing import Any

from samspil_conformance.run import Run

from .outline import outline
from .words import Language

__all__ = ["report_page"]

STYLE = """
:root { color-scheme: light; --ink: #1a1a1a; --soft: #5c5c5c; --line: #c9c9c9; --faint: #f4f4f2; }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; color: var(--ink); background: #fff;
  margin: 0 auto; max-width: 62rem; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0; } .sub { color: var(--soft); font-size: 1.15rem; margin: .2rem 0 1.5rem; }
h2 { font-size: 1.3rem; border-bottom: 2px solid var(--ink); padding-bottom: .2rem; margin: 2.5rem 0 .8rem; }
h3 { font-size: 1rem; margin: 0; } p { max-width: 46rem; }
.verdict { border: 3px solid var(--ink); padding: .8rem 1rem; margin: 1.5rem 0; } .verdict strong { font-size: 1.4rem; }
.verdict.not-approved { border-style: double; border-width: 6px; } .verdict.pending { border-style: dashed; }
.verdict p { margin: .3rem 0 0; color: var(--soft); }
table { border-collapse: collapse; width: 100%; font-size: .93rem; } caption { text-align: left; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem .4rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; } thead th { border-bottom: 1.5px solid var(--ink); } td.n { text-align: right; font-variant-numeric: tabular-nums; }
.identity th { width: 11rem; font-weight: 400; color: var(--soft); }
.st { white-space: nowrap; font-weight: 600; } .st.fail, .st.error { background: var(--ink); color: #fff; padding: .05rem .4rem; }
.st.pending, .st.warning, .st.skipped { outline: 1.5px solid var(--ink); outline-offset: 1px; padding: .05rem .3rem; }
.st.other-suite, .st.not-tested, .st.not-applicable, .st.not-run { font-weight: 400; color: var(--soft); }
a { color: inherit; } .id { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .85em; overflow-wrap: anywhere; }
.reason, .src { color: var(--soft); font-size: .9em; }
article { border-bottom: 1px solid var(--line); padding: .7rem 0; break-inside: avoid; }
article header { display: flex; gap: .8rem; align-items: baseline; flex-wrap: wrap; }
ol.steps { margin: .4rem 0 0; padding-left: 1.5rem; font-size: .92rem; } ol.steps li.not-run { color: var(--soft); }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--faint); border-left: 3px solid var(--ink);
  padding: .4rem .6rem; margin: .3rem 0; font-size: .85rem; }
summary { cursor: pointer; color: var(--soft); font-size: .9rem; } footer { margin-top: 3rem; color: var(--soft); font-size: .85rem; }
@media print { body { font-size: 10pt; padding: 0; max-width: none; } a { color: inherit; text-decoration: none; }
  h2 { break-after: avoid; } thead { display: table-header-group; } tr { break-inside: avoid; }
  .st.fail, .st.error { background: none; color: inherit; outline: 2px solid #000; } @page { margin: 18mm 16mm; } }
@media (max-width: 40rem) { .wide thead { display: none; } .wide tr { display: block; padding: .5rem 0; border-bottom: 1px solid var(--line); }
  .wide td { display: block; border: 0; padding: .1rem 0; }
  .counts tr { display: grid; grid-template-columns: 1fr 8rem 6rem; border-bottom: 1px solid var(--line); }
  .counts th, .counts td { border: 0; } .counts td:last-child { grid-column: 1 / -1; padding-top: 0; }
  .counts th:last-child { display: none; } }
"""


def report_page(run: Run, language: Language) -> bytes:
    """The page of a run in a language."""
    told = outline(run, language)
    words = told["words"]
    parts = [
        f"<h1>{escape(told['title'])}</h1><p class=sub>{escape(told['suite'])}</p>",
        _identity(told["identity"]),
        _verdict(told["verdict"], words),
        f"<h2>{escape(words['summary'])}</h2>{_summary(told['summary'], words)}",
        f"<h2>{escape(words['failures'])}</h2>{''.join(map(_failure(words), told['failures'])) or _none(words)}",
        f"<h2>{escape(words['requirements'])}</h2>{_requirements(told['requirements'], words)}",
        f"<h2>{escape(words['others'])}</h2>{_requirements(told['others'], words)}" if told["others"] else "",
        f"<h2>{escape(words['questions'])}</h2>{_questions(told['questions'], words)}" if told["questions"] else "",
        f"<h2>{escape(words['scenarios'])}</h2>{''.join(map(_scenario(words), told['scenarios']))}",
        f"<h2>{escape(words['selftest'])}</h2><p>{escape(told['selftest'])}</p>",
        f"<h2>{escape(words['limits'])}</h2><p>{escape(told['limits'])}</p>",
        f"<h2>{escape(words['integrity'])}</h2><p class=id>{escape(told['integrity'])}</p>",
        f"<footer>samspil-conformance · {escape(told['run'])}</footer>",
    ]
    title = f"{told['title']}: {told['suite']}"
    return (
        f"<!doctype html>\n<html lang={language}><head><meta charset=utf-8>"
        f"<meta name=viewport content='width=device-width, initial-scale=1'><title>{escape(title)}</title>"
        f"<style>{STYLE}</style></head><body>\n" + "\n".join(filter(None, parts)) + "\n</body></html>\n"
    ).encode()


def _verdict(verdict: Mapping[str, str], words: Mapping[str, str]) -> str:
    return (
        f"<div class='verdict {verdict['key']}'>{escape(words['verdict'])}: "
        f"<strong>{escape(verdict['text'])}</strong><p>{escape(words['rule'])}</p></div>"
    )


def _none(words: Mapping[str, str]) -> str:
    return f"<p>{escape(words['none'])}</p>"


def _identity(rows: Iterable[list[str]]) -> str:
    lines = "".join(f"<tr><th scope=row>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in rows)
    return f"<table class=identity>{lines}</table>"


def _head(*names: str) -> str:
    return f"<thead><tr>{''.join(f'<th scope=col>{escape(name)}</th>' for name in names)}</tr></thead>"


def _status(key: str, word: str) -> str:
    return f"<span class='st {key}'>{escape(word)}</span>"


def _summary(rows: Iterable[Mapping[str, Any]], words: Mapping[str, str]) -> str:
    lines = "".join(
        f"<tr><td>{_status(row['key'], row['word'])}</td><td class=n>{row['requirements'] or ''}</td>"
        f"<td class=n>{row['scenarios'] or ''}</td><td>{escape(row['meaning'])}</td></tr>"
        for row in rows
    )
    return f"<table class=counts>{_head(words['status'], words['requirements'], words['scenarios'], words['meaning'])}{lines}</table>"


def _requirements(rows: Iterable[Mapping[str, Any]], words: Mapping[str, str]) -> str:
    lines = "".join(
        f"<tr id='{escape(row['id'])}'><td><span class=id>{escape(row['id'])}</span><br><span class=src>{_source(row)}</span></td>"
        f"<td>{escape(row['text'])}</td><td>{_status(row['key'], row['status'])} {escape(row['severity'])}</td>"
        f"<td class=reason>{escape(row['reason'])}{_links(row['tests'])}</td></tr>"
        for row in rows
    )
    return f"<table class=wide>{_head(words['clause'], words['requirement'], words['status'], words['reason'])}{lines}</table>"


def _source(row: Mapping[str, Any]) -> str:
    text = escape(row["source"])
    return f"<a href='{escape(row['url'])}'>{text}</a>" if row["url"] else text


def _links(tests: Iterable[Mapping[str, str]]) -> str:
    links = " ".join(f"<a class=id href='#{escape(one['id'])}'>{escape(one['name'])}</a>" for one in tests)
    return f"<div>{links}</div>" if links else ""


def _questions(rows: Iterable[Mapping[str, str]], words: Mapping[str, str]) -> str:
    lines = "".join(
        f"<tr><td><span class=id>{escape(row['scenario'])}</span><br>{escape(row['question'])}</td><td>{escape(row['expected'])}</td>"
        f"<td>{_status(row['result'], row['word'])}</td><td>{escape(row['observed'])} <span class=src>"
        f"{escape(' · '.join(filter(None, (row['who'], row['when'], row['attachment']))))}</span></td></tr>"
        for row in rows
    )
    return f"<table class=wide>{_head(words['question'], words['expected'], words['status'], words['observed'])}{lines}</table>"


def _failure(words: Mapping[str, str]) -> Callable[[Mapping[str, Any]], str]:
    def show(one: Mapping[str, Any]) -> str:
        step = next((each for each in one["steps"] if each["result"] == one["result"]), {"text": "", "observed": ""})
        observed = step["observed"]
        shown = f"<div class=src>{escape(words['observed'])}</div><pre>{escape(observed)}</pre>" if observed else ""
        label = f"<div class=src>{escape(words['expected'])}</div>" if one["result"] == "fail" else ""
        expected = f"{label}<div>{escape(one['reason'])}</div>"
        needs = " ".join(f"<a href='#{escape(name)}'>{escape(name)}</a>" for name in one["requirements"])
        return (
            f"<article><header>{_status(one['result'], one['word'])} <strong>{escape(one['severity'])}</strong>"
            f"<h3><a href='#{escape(one['id'])}'>{escape(one['title'])}</a></h3></header>"
            f"<div class=src>{escape(step['text'])}</div>{expected}{shown}"
            f"<div class='src id'>{needs}</div>{_exchanges(one, words)}</article>"
        )

    return show


def _exchanges(one: Mapping[str, Any], words: Mapping[str, str]) -> str:
    links = " ".join(f"<a href='exchanges/{number}.http'>{number}</a>" for number in one["exchanges"])
    return f"<div class=src>{escape(words['exchanges'])}: {links}</div>" if links else ""


def _scenario(words: Mapping[str, str]) -> Callable[[Mapping[str, Any]], str]:
    def show(one: Mapping[str, Any]) -> str:
        steps = "".join(_step(step) for step in one["steps"])
        opened = " open" if one["result"] in {"fail", "error", "warning", "pending"} else ""
        return (
            f"<article id='{escape(one['id'])}'><header>{_status(one['result'], one['word'])} <span class=id>{escape(one['id'])}</span>"
            f"<h3>{escape(one['title'])}</h3><span class=src>{escape(one['severity'])} · {escape(one['mode'])} · "
            f"{escape(', '.join(one['requirements']))}</span></header>"
            f"<div class=reason>{escape(one['reason'])} {escape(one['regraded'])}</div>"
            f"<details{opened}><summary>{escape(words['steps'])}</summary><ol class=steps>{steps}</ol>"
            f"{_exchanges(one, words)}</details></article>"
        )

    return show


def _step(step: Mapping[str, str]) -> str:
    mark = "" if step["result"] == "pass" else f" {_status(step['result'], step['word'])}"
    observed = f"<pre>{escape(step['observed'])}</pre>" if step["observed"] else ""
    return f"<li class={step['result']}>{escape(step['text'])}{mark}{observed}</li>"
