"""A consent as a page that a patient can read: who may do what with which data, in plain words, without any script."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from samspil_core.outcome import Language

from .model import Consent, Effect, Rule, Span
from .profile import Profile
from .reference import base_of, effect_of

__all__ = ["consent_page"]

_HEADS = {
    "en": ("Rule", "Answer", "Who", "For what", "To do what", "Which data", "When"),
    "da": ("Regel", "Svar", "Hvem", "Til hvad", "At gøre hvad", "Hvilke oplysninger", "Hvornår"),
}
_WORDS = {
    "en": {
        "title": "What this consent says",
        "base": "In general",
        "exception": "Exception {number}",
        "permit": "Allowed",
        "deny": "Not allowed",
        "none": "As the law says",
        "everybody": "everybody",
        "everything": "everything",
        "always": "always",
        "from": "from {date}",
        "until": "until {date}",
        "doubt": "A part of this rule is not understood, so it allows nothing.",
        "active": "This consent is in use.",
        "inactive": "This consent is not in use.",
        "unreadable": "This consent cannot be read, so nothing is allowed.",
    },
    "da": {
        "title": "Det siger samtykket",
        "base": "Som hovedregel",
        "exception": "Undtagelse {number}",
        "permit": "Tilladt",
        "deny": "Ikke tilladt",
        "none": "Som loven siger",
        "everybody": "alle",
        "everything": "alt",
        "always": "altid",
        "from": "fra {date}",
        "until": "til {date}",
        "doubt": "En del af reglen forstås ikke, så den tillader intet.",
        "active": "Samtykket er i brug.",
        "inactive": "Samtykket er ikke i brug.",
        "unreadable": "Samtykket kan ikke læses, så intet er tilladt.",
    },
}


def consent_page(consent: Consent, profile: Profile, language: Language = "en") -> str:
    """The whole page as HTML; every text of the consent is escaped."""
    words = _WORDS[language]
    state = words["unreadable" if not consent.readable else "active" if consent.active else "inactive"]
    head = "".join(f"<th scope=col>{escape(each)}</th>" for each in _HEADS[language])
    rows = "\n".join(_rows(consent.root, base_of(consent, profile), profile, language, ""))
    return (
        f"<!doctype html>\n<html lang={language}>\n<meta charset=utf-8>\n"
        f"<title>{escape(words['title'])}</title>\n"
        "<style>body{font:16px sans-serif;margin:2em}table{border-collapse:collapse}"
        "td,th{border:1px solid #999;padding:.4em;text-align:left;vertical-align:top}"
        "td.permit{background:#dfd}td.deny{background:#fdd}</style>\n"
        f"<h1>{escape(words['title'])}</h1>\n<p>{escape(state)}</p>\n"
        f"<table>\n<tr>{head}</tr>\n{rows}\n</table>\n</html>\n"
    )


def _rows(rule: Rule, effect: Effect | None, profile: Profile, language: Language, number: str) -> Iterator[str]:
    words = _WORDS[language]
    name = words["exception"].format(number=number) if number else words["base"]
    answer = words[effect or "none"]
    doubt = f" {words['doubt']}" if rule.unknown else ""
    actors = [one.reference.key or one.reference.value or ", ".join(r.code for r in one.roles) for one in rule.actors]
    data = [one.code for one in (*rule.labels, *rule.classes, *rule.codes)]
    data += [f"{one.meaning} {one.reference.key}" for one in rule.data]
    data += [_span(rule.data_period, language)] if rule.data_period else []
    cells = (
        ", ".join(actors) or words["everybody"],
        ", ".join(one.code for one in rule.purposes) or words["everything"],
        ", ".join(one.code for one in rule.actions) or words["everything"],
        ", ".join([*data, *rule.expressions]) or words["everything"],
        _span(rule.period, language) if rule.period else words["always"],
    )
    rest = "".join(f"<td>{escape(each)}</td>" for each in cells)
    yield (
        f"<tr><th scope=row>{escape(name)}</th><td class={effect or 'none'}>{escape(answer + doubt)}</td>{rest}</tr>"
    )
    for at, one in enumerate(rule.rules, 1):
        below = f"{number}.{at}" if number else str(at)
        yield from _rows(one, effect_of(one, effect, profile), profile, language, below)


def _span(span: Span, language: Language) -> str:
    words = _WORDS[language]
    start, end = span.text
    named = ((words["from"], start), (words["until"], end))
    return " ".join(text.format(date=date) for text, date in named if date) or words["always"]
