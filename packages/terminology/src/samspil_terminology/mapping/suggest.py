"""Candidates for local codes: which texts of a code system are most like the text of the code.

Runs of three and four letters, weighted by how rare they are (TF-IDF), find the candidates: they take Danish compounds apart. The
best of them are then compared word by word, so that abbreviations stand for what they abbreviate. A suggestion is never
accepted by itself.
"""

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from heapq import nlargest
from typing import Any

from samspil_core.values import Coding
from samspil_terminology.search import words
from samspil_terminology.system import System

from .likeness import WordLikeness

try:
    import numpy as np
except ImportError:  # the extra `fast` is not installed
    np = None

__all__ = ["Candidate", "Suggester"]

_RUNS = (3, 4)
_COMPARED = 40
"""How many candidates are compared word by word."""

_BY_LETTERS = 0.3
"""What the runs of letters count beside the words."""

_LEAST = 0.1
"""A text that is less than this share as alike as the best one is no candidate."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A target that may be meant, the text that is alike, and how alike, from 0 to 1."""

    coding: Coding
    text: str
    score: float


@dataclass(slots=True)
class Suggester:
    """An index of texts. Make it with `of`, then ask `suggest` as often as you like."""

    synonyms: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    _codings: list[Coding] = field(default_factory=list[Coding])
    _texts: list[str] = field(default_factory=list[str])
    _places: dict[str, tuple["array[int]", "array[float]"]] = field(default_factory=dict[str, Any])
    _rarity: dict[str, float] = field(default_factory=dict[str, float])
    _likeness: WordLikeness = field(default_factory=WordLikeness)
    _exact: dict[str, list[int]] = field(default_factory=dict[str, list[int]])

    @classmethod
    def of(cls, system: System, synonyms: dict[str, tuple[str, ...]] | None = None) -> "Suggester":
        """An index of every display and designation of the active, selectable concepts of a code system.

        `synonyms` are words and what else they may be called; they are tried beside the words of the local text.
        """
        made = cls(synonyms or {})
        made._add(_texts(system))
        return made

    def _add(self, texts: Iterable[tuple[Coding, str]]) -> None:
        counted: list[Counter[str]] = []
        present: Counter[str] = Counter()
        for coding, text in texts:
            grams = _grams(text)
            if not grams:
                continue
            plain = words(text)
            self._likeness.see(plain)
            self._exact.setdefault(" ".join(plain), []).append(len(self._texts))
            self._codings.append(coding)
            self._texts.append(text)
            counted.append(grams)
            present.update(grams.keys())
        total = len(counted) + 1
        self._rarity = {gram: math.log(total / number) + 1 for gram, number in present.items()}
        for at, grams in enumerate(counted):
            weights = {gram: self._weight(gram, number) for gram, number in grams.items()}
            length = math.sqrt(sum(each * each for each in weights.values()))
            for gram, weight in weights.items():
                places, shares = self._places.setdefault(gram, (array("i"), array("d")))
                places.append(at)
                shares.append(weight / length)

    def _weight(self, gram: str, number: int) -> float:
        return (1 + math.log(number)) * self._rarity.get(gram, 0.0)

    def suggest(self, text: str, limit: int = 10) -> list[Candidate]:
        """The best candidates, best first, one a code."""
        scores: dict[int, float] = {}
        for variant in self._variants(text):
            for at, score in self._compared(variant, max(_COMPARED, limit * 4)):
                scores[at] = max(scores.get(at, 0.0), score)
        for at in self._exact.get(" ".join(words(text)), ()):
            scores[at] = 1.0
        best: dict[tuple[str, str], Candidate] = {}
        for at, score in sorted(scores.items(), key=lambda pair: (-pair[1], len(self._texts[pair[0]]), pair[0])):
            coding = self._codings[at]
            best.setdefault((coding.system, coding.code), Candidate(coding, self._texts[at], round(min(score, 1.0), 4)))
        return list(best.values())[:limit]

    def _compared(self, text: str, number: int) -> Iterator[tuple[int, float]]:
        """The texts with the most runs of letters in common, each with its whole score."""
        asked = words(text)
        found = self._scored(text)
        for at, score in nlargest(number, found.items(), key=lambda pair: (pair[1], -pair[0])):
            alike = self._likeness.of(asked, words(self._texts[at]))
            yield at, _BY_LETTERS * score + (1 - _BY_LETTERS) * alike

    def _variants(self, text: str) -> Iterator[str]:
        yield text
        plain = words(text)
        for at, word in enumerate(plain):
            for other in self.synonyms.get(word, ()):
                yield " ".join([*plain[:at], other, *plain[at + 1 :]])

    def _scored(self, text: str) -> dict[int, float]:
        weights = {gram: self._weight(gram, number) for gram, number in _grams(text).items() if gram in self._rarity}
        length = math.sqrt(sum(each * each for each in weights.values())) or 1.0
        found = [(weight / length, *self._places[gram]) for gram, weight in weights.items()]
        if np is not None and found:
            places = np.concatenate([np.frombuffer(each, dtype=np.int32) for _, each, _ in found])
            shares = np.concatenate([share * np.frombuffer(each) for share, _, each in found])
            total = np.bincount(places, shares)
            best = np.flatnonzero(total > total.max() * _LEAST)
            return dict(zip(best.tolist(), total[best].tolist(), strict=True))
        scores: dict[int, float] = {}
        for share, places, shares in found:
            for at, other in zip(places, shares, strict=True):
                scores[at] = scores.get(at, 0.0) + share * other
        least = max(scores.values(), default=0.0) * _LEAST
        return {at: score for at, score in scores.items() if score > least}


def _texts(system: System) -> Iterator[tuple[Coding, str]]:
    facts = system.facts
    for code in system.codes():
        concept = system.find(code)
        if concept is None or concept.inactive or concept.abstract:
            continue
        coding = Coding(facts.url, code, concept.display, facts.version)
        for text in dict.fromkeys(each.value for each in concept.texts() if each.value and each.active):
            yield coding, text


def _grams(text: str) -> Counter[str]:
    """The runs of letters of a text, across its words as well."""
    marked = f" {' '.join(words(text))} "
    return Counter(marked[at : at + length] for length in _RUNS for at in range(len(marked) - length + 1))
