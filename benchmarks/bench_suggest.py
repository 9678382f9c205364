"""How often `map suggest` is right, on Danish texts of diagnoses, beside plain TF-IDF over runs of letters.

Two lists are asked against the 24,979 texts of the Danish classification of diagnoses:

- *short texts*: codes for which two publishers write the text differently, one of them cut to 60 characters with
  abbreviations as they come ("Læs. af ekstensorsene til an. spec. finger i håndled el hånd"). There are 1,407: every second
  one is asked, because the others were looked at when the weights were chosen;
- *typed texts*: 500 texts of the classification itself as somebody in a hurry types them: a word left out, words turned
  around, words cut, letters exchanged, æøå spelt out. The choice of texts and faults is fixed.

An answer is right when it is the code itself; `category` counts its category of three characters as well. The corpora are
read from SAMSPIL_CORPORA (default ../shared/corpora).
"""

import csv
import json
import math
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from benchmarks.result import Result
from samspil_terminology.concepts import Concept
from samspil_terminology.mapping.suggest import Suggester
from samspil_terminology.system import SystemFacts
from tools.projects import ROOT

NAME = "suggest"
CORPUS = Path(os.environ.get("SAMSPIL_CORPORA", ROOT.parent / "shared" / "corpora")) / "terminology" / "dk"
URL = "urn:oid:1.2.208.176.2.4.12"
TYPED = 500

Ask = Callable[[str], list[str]]


class Texts:
    """What a suggester asks of a code system: its codes, and a text for each."""

    facts = SystemFacts(URL, language="da")

    def __init__(self, texts: dict[str, str]) -> None:
        self._texts = texts

    def codes(self) -> Iterator[str]:
        """Every code."""
        return iter(self._texts)

    def find(self, code: str) -> Concept:
        """The code with its text."""
        return Concept(code, self._texts[code], "da")


def run() -> list[Result]:
    """Measure once."""
    texts, short = _read()
    typed = _typed(texts)
    start = time.perf_counter()
    index = Suggester.of(Texts(texts))  # type: ignore[arg-type]  all that it asks for
    built = time.perf_counter() - start
    plain = _Plain(texts)
    made = [Result("texts to choose from", len(texts), "texts"), Result("index built in", built, "s")]
    for name, asked in (("short texts", short), ("typed texts", typed)):
        made.append(Result(f"{name} asked", len(asked), "texts"))
        made += _scored(f"{name}: samspil", lambda text: [each.coding.code for each in index.suggest(text, 10)], asked)
        made += _scored(f"{name}: floor, plain TF-IDF", plain.suggest, asked)
    return made


def _read() -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The texts of the classification by code, and (code, other text) where another publisher writes it differently."""
    with (CORPUS / "HEA_ICD10_dict.csv").open(encoding="utf-8-sig", newline="") as stream:
        texts = {row["code"].removeprefix("HEA_ICD10_"): row["description"] for row in csv.DictReader(stream)}
    supplement = json.loads((CORPUS / "CodeSystem-icd10-da.json").read_text(encoding="utf-8"))
    pairs = [
        ("D" + each["code"].replace(".", ""), text["value"])
        for each in supplement["concept"]
        for text in each["designation"]
    ]
    return texts, [(code, text) for code, text in pairs if code in texts and texts[code] != text][1::2]


def _typed(texts: dict[str, str]) -> list[tuple[str, str]]:
    dice = random.Random(11)  # noqa: S311  a choice of cases
    codes = dice.sample([code for code, text in texts.items() if len(text.split()) > 1], TYPED)
    return [(code, dice.choice(_FAULTS)(texts[code], dice)) for code in codes]


def _left_out(text: str, dice: random.Random) -> str:
    words = text.split()
    words.pop(dice.randrange(len(words)))
    return " ".join(words)


def _turned(text: str, dice: random.Random) -> str:
    words = text.split()
    at = dice.randrange(1, len(words))
    return " ".join([*words[at:], *words[:at]])


def _cut(text: str, dice: random.Random) -> str:
    return " ".join(word[: dice.randrange(3, 6)] + "." if len(word) > 6 else word for word in text.split())  # noqa: PLR2004


def _exchanged(text: str, dice: random.Random) -> str:
    letters = list(text)
    for _ in range(2):
        at = dice.randrange(len(letters) - 1)
        letters[at], letters[at + 1] = letters[at + 1], letters[at]
    return "".join(letters)


def _spelt_out(text: str, _dice: random.Random) -> str:
    return text.upper().replace("Æ", "AE").replace("Ø", "OE").replace("Å", "AA")


_FAULTS = (_left_out, _turned, _cut, _exchanged, _spelt_out)


def _scored(name: str, ask: Ask, asked: list[tuple[str, str]]) -> list[Result]:
    start = time.perf_counter()
    answers = [(code, ask(text)) for code, text in asked]
    took = (time.perf_counter() - start) / len(asked)
    count = len(asked) / 100
    return [
        Result(f"{name}, right at 1", sum(code in found[:1] for code, found in answers) / count, "%"),
        Result(f"{name}, right at 10", sum(code in found for code, found in answers) / count, "%"),
        Result(f"{name}, category at 1", sum(_same(code, found[:1]) for code, found in answers) / count, "%"),
        Result(f"{name}, category at 10", sum(_same(code, found) for code, found in answers) / count, "%"),
        Result(f"{name}, a text", took * 1e3, "ms"),
    ]


def _same(code: str, found: list[str]) -> bool:
    return any(code[:4] == each[:4] for each in found)


class _Plain:
    """The floor: cosine of TF-IDF over runs of three to five letters, and nothing else."""

    def __init__(self, texts: dict[str, str]) -> None:
        self.codes = list(texts)
        counted = [self._grams(text) for text in texts.values()]
        present = Counter(gram for each in counted for gram in each)
        self.rarity = {gram: math.log(len(counted) / number) + 1 for gram, number in present.items()}
        places: dict[str, list[tuple[int, float]]] = {}
        for at, grams in enumerate(counted):
            for gram, weight in self._weighted(grams).items():
                places.setdefault(gram, []).append((at, weight))
        self.places = {
            gram: (np.array([at for at, _ in some]), np.array([w for _, w in some])) for gram, some in places.items()
        }

    @staticmethod
    def _grams(text: str) -> Counter[str]:
        marked = f" {text.lower()} "
        return Counter(marked[at : at + n] for n in (3, 4, 5) for at in range(len(marked) - n + 1))

    def _weighted(self, grams: Counter[str]) -> dict[str, float]:
        weights = {gram: number * self.rarity.get(gram, 0.0) for gram, number in grams.items()}
        length = math.sqrt(sum(each * each for each in weights.values())) or 1.0
        return {gram: weight / length for gram, weight in weights.items() if weight}

    def suggest(self, text: str) -> list[str]:
        """The ten best codes."""
        scores = np.zeros(len(self.codes))
        for gram, weight in self._weighted(self._grams(text)).items():
            if gram in self.places:
                at, others = self.places[gram]
                scores[at] += weight * others
        return [self.codes[at] for at in np.argsort(-scores, kind="stable")[:10]]


if __name__ == "__main__":
    for result in run():
        print(f"{result.name:45}{result.figure:12.3f} {result.unit:8}{result.note}")
