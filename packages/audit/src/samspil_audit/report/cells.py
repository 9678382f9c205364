"""The cells of a row in plain words, the same for text and HTML."""

from .rows import Row
from .words import Language, word

__all__ = ["FIELDS", "cells", "headline"]

FIELDS = ("time", "person", "organization", "action", "data", "origin", "purposes")
_SHOWN = 5


def headline(row: Row, language: Language) -> str:
    """What stands above an emergency; empty for any other access."""
    return word("emergency", language) if row.emergency else ""


def cells(row: Row, language: Language) -> dict[str, str]:
    """The cell of each field."""
    plain = {
        "time": row.time,
        "person": row.person,
        "organization": row.organization,
        "action": word(row.action, language),
        "data": _data(row, language),
        "origin": ", ".join(dict.fromkeys(origin for each in row.data for origin in each.origins)),
        "purposes": ", ".join(word(code, language) for code in row.purposes),
    }
    kept_back = {"origin"} if "data" in row.withheld else set[str]()
    hidden = word("withheld", language, rule=row.rule)
    named = {*row.withheld, *kept_back}
    return {name: hidden if name in named else text or word("unknown", language) for name, text in plain.items()}


def _data(row: Row, language: Language) -> str:
    if not row.succeeded:
        return word("refused", language)
    if not row.data:
        return word("nothing", language)
    return "; ".join(f"{word(each.category, language)} ({_references(each.references, language)})" for each in row.data)


def _references(references: tuple[str, ...], language: Language) -> str:
    shown = ", ".join(references[:_SHOWN])
    rest = len(references) - _SHOWN
    return f"{shown}, {word('more', language, count=rest)}" if rest > 0 else shown
