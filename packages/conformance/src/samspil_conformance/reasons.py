"""The reasons that steps and the kit word, in Danish: one catalogue of English templates, filled with what they are about.

The record holds the English words, as a step says them. A reason of a suite whose words are not in the catalogue stays as it is.
"""

import re
from functools import cache, lru_cache

from . import data, documents

__all__ = ["danish"]


@lru_cache(maxsize=4096)
def danish(text: str) -> str:
    """A reason in Danish; one of several warnings each; in English where the catalogue has no words for it."""
    parts = [_whole(part) for part in text.split("; ")]
    told = [part for part in parts if part is not None]
    return "; ".join(told) if len(told) == len(parts) else _whole(text) or text


def _whole(text: str) -> str | None:
    for rule, wording in _catalogue():
        if match := rule.fullmatch(text):
            return wording.format(*(_inner(part) for part in match.groups()))
    return None


def _inner(part: str) -> str:
    """What fills a place: names stay, the few words of the kit's own are translated."""
    return {"nothing": "intet", "no resource": "ingen ressource"}.get(part, part)


@cache
def _catalogue() -> list[tuple[re.Pattern[str], str]]:
    """The templates as patterns, the one with the most words of its own first."""
    told: dict[str, str] = documents.read(data.folder() / "reasons.da.yaml", "wordings")
    ordered = sorted(told.items(), key=lambda pair: -len(pair[0].replace("{}", "")))
    return [
        (re.compile("(.+?)".join(map(re.escape, english.split("{}"))), re.DOTALL), words) for english, words in ordered
    ]
