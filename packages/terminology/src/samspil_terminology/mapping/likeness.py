"""How alike two texts are, word by word: abbreviations stand for what they abbreviate, misspelt words for what was meant."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

__all__ = ["WordLikeness"]

_ABBREVIATED, _LETTER, _LONGER, _SKIPPED = 0.9, 0.75, 0.8, 0.6
_SHORT = 3
_LEAST = 0.35
"""Words with a smaller share of pairs of letters in common have nothing to do with each other."""


class WordLikeness:
    """The words of many texts, and how rare each is: a rare word that is missing weighs more than a common one."""

    __slots__ = ("_count", "_present")

    def __init__(self) -> None:
        self._present: Counter[str] = Counter()
        self._count = 0

    def see(self, words: Iterable[str]) -> None:
        """Count the words of one more text."""
        self._present.update(set(words))
        self._count += 1

    def of(self, asked: Sequence[str], other: Sequence[str]) -> float:
        """From 0 to 1: how much of each of two texts the other one covers."""
        if not asked or not other:
            return 0.0
        table = [[_like(one, two) for two in other] for one in asked]
        there = self._share(asked, [max(row) for row in table])
        back = self._share(other, [max(column) for column in zip(*table, strict=True)])
        return (there + back) / 2

    def _share(self, words: Sequence[str], covered: Sequence[float]) -> float:
        weights = [math.log((self._count + 1) / (self._present[word] + 1)) + 1 for word in words]
        return sum(weight * each for weight, each in zip(weights, covered, strict=True)) / sum(weights)


@lru_cache(maxsize=65_536)
def _like(asked: str, other: str) -> float:
    """How well one word may stand for another, from 0 to 1."""
    if asked == other:
        return 1.0
    same_start = asked[0] == other[0]
    if same_start and other.startswith(asked):
        return _ABBREVIATED if len(asked) >= _SHORT else _LETTER
    if same_start and len(other) >= _SHORT and asked.startswith(other):
        return _LONGER
    one, two = _pairs(asked), _pairs(other)
    share = 2 * len(one & two) / (len(one) + len(two))
    if same_start and len(asked) < len(other) and _skips(asked, other):
        share = max(share, _SKIPPED)
    return share if share > _LEAST else 0.0


def _skips(short: str, long: str) -> bool:
    """Whether the letters of one word come in the other in that order."""
    letters = iter(long)
    return all(letter in letters for letter in short)


@lru_cache(maxsize=16_384)
def _pairs(word: str) -> frozenset[str]:
    marked = f" {word} "
    return frozenset(marked[at : at + 2] for at in range(len(marked) - 1))
