"""How many steps a regular expression can take at most where a search goes back and tries again, as Python's `re` does.

Every part has ways (how often it can be left, each time another way) and steps (what it takes to try all of them). One
part after another multiplies ways, alternatives add them, and a repetition multiplies them with every round; what a
look-around found is never tried again. The bound holds for every text of a length, so many texts cost less.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

__all__ = ["Unread", "cost"]

_MOST = 10**15
"""Where counting ends."""


class Unread(ValueError):
    """A form whose steps are not counted."""


class _Bound(NamedTuple):
    ways: int
    steps: int


_ONE = _Bound(1, 1)

_TOKEN = re.compile(
    r"(?P<repeat>(?:[*+?]|\{(?P<least>\d*)(?P<comma>,?)(?P<most>\d*)\})(?P<kind>[?+]?))"
    r"|(?P<around>\(\?<?[=!])"
    r"|(?P<atomic>\(\?>)"
    r"|(?P<opens>\((?:\?(?::|P<\w+>|[is]+:))?(?!\?))"
    r"|(?P<flags>\(\?[is]+\))"
    r"|(?P<again>\(\?P=\w+\)|\\[1-9]\d?)"
    r"|(?P<one>\\[^1-9]|\[\^?\]?(?:\\.|[^\]\\])*\]|[^()|\[\\])"
    r"|(?P<other>.)",
    re.DOTALL,
)


@lru_cache(maxsize=256)
def cost(pattern: str, length: int, *, whole: bool = False) -> int:
    """The steps of one search in a text of `length` characters at most; at 10 ** 15 counting ends.

    A search begins at every character, unless the `whole` text is to match, or the pattern begins with `^`. `pattern`
    is one that `re.compile` takes. Raises `Unread` for a form that is not counted.
    """
    tokens = list(_TOKEN.finditer(pattern))
    bound, end = _alternatives(tokens, 0, length)
    if end != len(tokens):
        raise Unread(tokens[end][0][:10])
    if whole or _anchored(tokens):
        return min(_MOST, bound.steps + length)
    return min(_MOST, bound.steps * (length + 1))


def _anchored(tokens: list[re.Match[str]]) -> bool:
    if not tokens or tokens[0][0] not in {"^", r"\A"} or (len(tokens) > 1 and tokens[1]["repeat"]):
        return False
    return _sequence(tokens, 0, 0)[1] == len(tokens)


def _alternatives(tokens: list[re.Match[str]], at: int, length: int) -> tuple[_Bound, int]:
    """What stands between two parentheses, and where it ends."""
    ways = steps = 0
    while True:
        bound, at = _sequence(tokens, at, length)
        ways, steps = ways + bound.ways, steps + bound.steps
        if at == len(tokens) or tokens[at][0] != "|":
            return _bound(ways, steps), at
        at += 1


def _sequence(tokens: list[re.Match[str]], at: int, length: int) -> tuple[_Bound, int]:
    whole = _ONE
    while at < len(tokens) and tokens[at][0] not in {"|", ")"}:
        part, at = _part(tokens, at, length)
        if at < len(tokens) and tokens[at]["repeat"] and tokens[at][0] != "{}":
            part = _repeated(part, tokens[at], length)
            at += 1
        whole = _bound(whole.ways * part.ways, whole.steps + whole.ways * part.steps)
    return whole, at


def _part(tokens: list[re.Match[str]], at: int, length: int) -> tuple[_Bound, int]:
    token = tokens[at]
    if token["one"] or token["flags"] or token[0] == "{}":
        return _ONE, at + 1
    if token["again"]:
        return _Bound(1, length + 1), at + 1
    if not (token["opens"] or token["around"] or token["atomic"]):
        raise Unread(token[0])
    inner, at = _alternatives(tokens, at + 1, length)
    return inner if token["opens"] else _Bound(1, inner.steps), at + 1


def _repeated(part: _Bound, token: re.Match[str], length: int) -> _Bound:
    """A round that takes no character is the last one, once the least number is reached."""
    least, most = _rounds(token)
    rounds = least + length + 1 if most is None else min(most, least + length + 1)
    if part.ways == 1:
        bound = _bound(rounds - least + 1, rounds * part.steps + 1)
    elif rounds * (part.ways.bit_length() - 1) > _MOST.bit_length():
        bound = _Bound(_MOST, _MOST)
    else:
        tried = (part.ways**rounds - 1) // (part.ways - 1)
        bound = _bound((part.ways ** (rounds + 1) - part.ways**least) // (part.ways - 1), tried * part.steps + 1)
    return _Bound(1, bound.steps) if token["kind"] == "+" else bound


def _rounds(token: re.Match[str]) -> tuple[int, int | None]:
    sign = token["repeat"][0]
    if sign != "{":
        return int(sign == "+"), 1 if sign == "?" else None
    least = int(token["least"] or 0)
    if not token["comma"]:
        return least, least
    return least, int(token["most"]) if token["most"] else None


def _bound(ways: int, steps: int) -> _Bound:
    return _Bound(min(_MOST, ways), min(_MOST, steps))
