"""The page itself: one HTML text with its style and its script, in English or Danish."""

import json
from collections.abc import Iterable
from html import escape

from samspil_conformance.evidence.words import RESULT_WORDS, Language
from samspil_conformance.suite import Suite

__all__ = ["page"]

WORDS = {
    "en": {
        "title": "Conformance",
        "suite": "Suite",
        "system": "System under test",
        "other": "URL of a FHIR server",
        "seed": "Seed",
        "start": "Run",
        "running": "running",
        "of": "of",
        "questions": "Questions for a person",
        "expected": "Expected",
        "judgement": "Judgement",
        "observed": "What was observed",
        "who": "Who judges",
        "attachment": "Attachment",
        "holds": "as expected",
        "fails": "not as expected",
        "save": "Save answers",
        "report": "Read the report",
        "bundle": "Take the evidence",
        "exchanges": "Exchanges",
        "scenarios": "scenarios",
    },
    "da": {
        "title": "Overensstemmelse",
        "suite": "Suite",
        "system": "System under test",
        "other": "URL til en FHIR-server",
        "seed": "Frø",
        "start": "Kør",
        "running": "kører",
        "of": "af",
        "questions": "Spørgsmål til en person",
        "expected": "Forventet",
        "judgement": "Bedømmelse",
        "observed": "Hvad blev observeret",
        "who": "Hvem bedømmer",
        "attachment": "Bilag",
        "holds": "som forventet",
        "fails": "ikke som forventet",
        "save": "Gem svar",
        "report": "Læs rapporten",
        "bundle": "Hent evidensen",
        "exchanges": "Udvekslinger",
        "scenarios": "scenarier",
    },
}

STYLE = """
:root { --ink: #1a1a1a; --soft: #5c5c5c; --line: #cfcfcf; }
body { font: 16px/1.5 system-ui, "Segoe UI", Roboto, sans-serif; color: var(--ink); margin: 0 auto; max-width: 60rem; padding: 1.5rem 1.25rem 4rem; }
h1 { font-size: 1.6rem; margin: 0 0 1rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
form.start { display: grid; grid-template-columns: 2fr 2fr 1fr auto; gap: .8rem; align-items: end; }
label { display: grid; gap: .2rem; font-size: .9rem; color: var(--soft); } select, input, textarea, button { font: inherit; color: var(--ink);
  padding: .45rem .6rem; border: 1.5px solid var(--ink); border-radius: 4px; background: #fff; min-width: 0; }
button { background: var(--ink); color: #fff; cursor: pointer; padding-inline: 1.2rem; } button:disabled { opacity: .4; cursor: default; }
:focus-visible { outline: 3px solid #1a6fd4; outline-offset: 2px; } progress { width: 100%; height: .8rem; accent-color: var(--ink); }
#state { font-weight: 600; min-height: 1.5em; margin: 1rem 0 .3rem; } .fault { border: 2px solid; padding: .5rem .8rem; }
table { border-collapse: collapse; width: 100%; font-size: .93rem; } td { border-bottom: 1px solid var(--line); padding: .3rem .6rem .3rem 0; vertical-align: top; }
.id, #wire { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .8rem; } .r { white-space: nowrap; font-weight: 600; }
.fail .r, .error .r { background: var(--ink); color: #fff; } .soft { color: var(--soft); font-size: .88rem; }
#wire { max-height: 11rem; overflow: auto; background: #f4f4f2; padding: .5rem .7rem; white-space: pre-wrap; overflow-wrap: anywhere; }
fieldset { border: 1.5px solid var(--ink); border-radius: 4px; margin: 0 0 1rem; display: grid; gap: .6rem; } .links a { margin-right: 1.2rem; }
@media (max-width: 44rem) { form.start { grid-template-columns: 1fr; } }
"""

SCRIPT = """
const $ = (id) => document.getElementById(id), L = JSON.parse($('words').textContent);
const el = (tag, text, cls) => { const e = document.createElement(tag); if (text !== undefined) e.textContent = text; if (cls) e.className = cls; return e; };
let run = 0, asked = [];
async function call(url, body) {
  const r = await fetch(url, body && {method: 'POST', headers: {'content-type': 'application/json'}, body: JSON.stringify(body)});
  const told = await r.json(); if (!r.ok) throw new Error(told.fault || r.status); return told;
}
function fault(text) { $('fault').hidden = !text; $('fault').textContent = text; }
async function start(event) {
  if (event) event.preventDefault();
  fault(''); asked = []; for (const id of ['rows', 'wire', 'asked', 'links']) $(id).replaceChildren();
  $('questions').hidden = true; $('go').disabled = true;
  const sut = $('other').value.trim() || $('sut').value;
  try {
    const made = await call('runs', {suite: $('suite').value, sut, seed: $('seed').value});
    run = made.number; $('bar').max = made.total; $('bar').value = 0; $('work').hidden = false;
    await watch();
  } catch (e) { fault(e.message); }
  $('go').disabled = false;
}
async function watch() {
  let after = 0, told, titles = {};
  do {
    told = await call(`runs/${run}/events?after=${after}`); after = told.next;
    for (const e of told.events) {
      if (e.event === 'scenario') titles[e.scenario] = e;
      else if (e.event === 'exchange') { $('wire').append(`${e.text} ${e.status}\\n`); $('wire').scrollTop = 1e9; }
      else if (e.event === 'question') asked.push(e);
      else row(e, titles[e.scenario]);
    }
    if (!told.done) $('state').textContent = `${L.running}: ${$('bar').value} ${L.of} ${$('bar').max}`;
  } while (!told.done);
  if (told.fault) { fault(told.fault); return; }
  verdict(told); if (asked.length) questions();
}
function row(e, s) {
  $('bar').value += 1; const tr = el('tr', undefined, e.result), name = el('td');
  tr.append(el('td', L.results[e.result], 'r'), el('td', e.scenario, 'id'));
  name.append(el('div', s.title[L.language]), el('div', e.reason[L.language], 'soft')); tr.append(name, el('td', s.severity)); $('rows').append(tr);
}
function verdict(told) {
  const counts = Object.entries(told.counts).filter(([, n]) => n).map(([w, n]) => `${n} ${L.results[w]}`).join(', ');
  $('state').textContent = `${L.results[told.approval]}: ${counts}`;
  const links = [['report', `runs/${run}/report.${L.language}.html`], ['bundle', `runs/${run}/bundle`]];
  $('links').replaceChildren(...links.map(([word, url]) => { const a = el('a', L[word]); a.href = url; return a; }));
}
function questions() {
  $('questions').hidden = false;
  $('asked').replaceChildren(...asked.map((q, n) => {
    const f = el('fieldset'); f.append(el('legend', q.scenario, 'id'), el('strong', (q[L.language] || q).question), el('div', `${L.expected}: ${(q[L.language] || q).expected}`));
    const pick = el('select'); pick.name = 'result'; for (const [v, w] of [['', ''], ['pass', L.holds], ['fail', L.fails], ['not-applicable', L.results['not-applicable']]]) { const o = el('option', w); o.value = v; pick.append(o); }
    const seen = el('textarea'); seen.name = 'observed'; const file = el('input'); file.type = 'file'; file.name = 'file';
    for (const [word, input] of [['judgement', pick], ['observed', seen], ['attachment', file]]) { const l = el('label', L[word] || ''); l.append(input); f.append(l); }
    f.dataset.n = n; return f;
  }));
}
async function save(event) {
  event.preventDefault(); fault('');
  const answers = [], attachments = {}, when = new Date().toISOString().slice(0, 19) + 'Z', who = $('who').value.trim();
  for (const f of $('asked').children) {
    const q = asked[f.dataset.n], result = f.querySelector('[name=result]').value, file = f.querySelector('[name=file]').files[0];
    if (!result) continue;
    const a = {scenario: q.scenario, question: q.question, result, observed: f.querySelector('[name=observed]').value.trim(), who, when};
    if (file) { a.attachment = file.name; let s = ''; for (const b of new Uint8Array(await file.arrayBuffer())) s += String.fromCharCode(b); attachments[file.name] = btoa(s); }
    answers.push(a);
  }
  try {
    verdict(await call(`runs/${run}/answers`, {answers, attachments}));
    asked = asked.filter((q) => !answers.some((a) => a.scenario === q.scenario && a.question === q.question)); questions();
    $('questions').hidden = !asked.length;
  } catch (e) { fault(e.message); }
}
$('form').addEventListener('submit', start); $('questions').addEventListener('submit', save);
const given = new URLSearchParams(location.search); for (const n of ['suite', 'sut', 'seed']) if (given.get(n)) $(n).value = given.get(n);
if (given.get('start')) start();
"""


def page(suites: Iterable[Suite], systems: Iterable[str], language: str) -> str:
    """The page, with the suites and the systems to choose from."""
    words = WORDS[language]
    tongue: Language = "da" if language == "da" else "en"
    told = {**words, "language": language, "results": RESULT_WORDS[tongue]}
    options = "".join(
        f"<option value='{one.id}'>{escape(one.title[language])} ({len(one.scenarios)} {words['scenarios']})</option>"
        for one in suites
    )
    names = "".join(f"<option>{escape(name)}</option>" for name in systems)
    return f"""<!doctype html>
<html lang={language}><head><meta charset=utf-8><meta name=viewport content='width=device-width, initial-scale=1'>
<title>{words["title"]}</title><link rel=icon href="data:,"><style>{STYLE}</style></head><body>
<h1>{words["title"]}</h1>
<form id=form class=start><label>{words["suite"]}<select id=suite>{options}</select></label>
<label>{words["system"]}<select id=sut>{names}</select></label>
<label>{words["seed"]}<input id=seed value=0></label><button id=go>{words["start"]}</button>
<label style="grid-column: 1 / 3">{words["other"]}<input id=other type=url></label></form>
<p id=fault class=fault role=alert hidden></p>
<section id=work hidden><p id=state role=status></p><progress id=bar value=0></progress>
<p id=links class=links></p>
<form id=questions hidden><h2>{words["questions"]}</h2><label>{words["who"]}<input id=who required></label><div id=asked></div>
<button>{words["save"]}</button></form>
<table><tbody id=rows></tbody></table><h2>{words["exchanges"]}</h2><div id=wire></div></section>
<script type="application/json" id=words>{json.dumps(told, ensure_ascii=False).replace("<", chr(92) + "u003c")}</script>
<script>{SCRIPT}</script></body></html>
"""
