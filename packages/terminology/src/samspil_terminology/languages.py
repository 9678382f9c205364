"""Which language a reader wants: weighted ranges as in HTTP Accept-Language, matched against BCP 47 tags.

https://www.rfc-editor.org/rfc/rfc9110#name-accept-language, https://hl7.org/fhir/R5/valueset-operation-expand.html
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

__all__ = ["BadLanguage", "Languages", "Range", "closeness", "parse"]

_TAG = re.compile(r"\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")

Closeness = Literal[0, 1, 2, 3]


class BadLanguage(ValueError):
    """A list of language ranges that cannot be read."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text[:100]!r} is no list of languages, such as `da, en;q=0.5`")
        self.text = text


@dataclass(frozen=True, slots=True)
class Range:
    """A language, or `*` for any, and its weight from 0 to 1."""

    tag: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Languages:
    """The ranges in the order they were written, and the text they come from."""

    ranges: tuple[Range, ...]
    text: str

    @property
    def wanted(self) -> tuple[str, ...]:
        """The languages wanted, best first, without `*`."""
        some = [each for each in self.ranges if each.weight > 0 and each.tag != "*"]
        return tuple(each.tag for each in sorted(some, key=lambda each: -each.weight))

    @property
    def hard(self) -> bool:
        """Whether no other language will do: `*;q=0`."""
        return any(each.tag == "*" and each.weight == 0 for each in self.ranges)

    @property
    def anything(self) -> bool:
        """Whether any language will do: a `*` of some weight."""
        return any(each.tag == "*" and each.weight > 0 for each in self.ranges)

    def summary(self) -> str:
        """The ranges in one line, for people: `en, en-AU; q=0.4`."""
        return ", ".join(_with_weight(each) for each in self.ranges)

    def echo(self) -> str:
        """The ranges as an expansion parameter gives them back: plain ones joined by a comma alone."""
        text = ""
        for each in self.ranges:
            shown = _with_weight(each)
            text += shown if not text else (", " if "q=" in shown else ",") + shown
        return text


def _with_weight(each: Range) -> str:
    return each.tag if each.weight == 1 else f"{each.tag}; q={each.weight:g}"


@lru_cache(maxsize=256)
def parse(text: str) -> Languages:
    """The ranges in `text`. Raises `BadLanguage`."""
    ranges: list[Range] = []
    for part in text.split(","):
        tag, _, parameters = (piece.strip() for piece in part.partition(";"))
        if not tag:
            continue
        if not _TAG.fullmatch(tag):
            raise BadLanguage(text)
        ranges.append(Range(tag, _weight(parameters, text)))
    if not ranges:
        raise BadLanguage(text)
    return Languages(tuple(ranges), text)


def _weight(parameters: str, text: str) -> float:
    name, _, value = (piece.strip() for piece in parameters.partition("="))
    if not parameters or name != "q":
        return 1.0
    try:
        weight = float(value)
    except ValueError:
        raise BadLanguage(text) from None
    if not 0 <= weight <= 1:
        raise BadLanguage(text)
    return weight


def closeness(wanted: str, has: str) -> Closeness:
    """How near a text's language is to the one wanted: 3 the same tag, 2 one extends the other, 1 the language, 0 not."""
    want, got = wanted.lower(), has.lower()
    if want == got:
        return 3
    if got.startswith(want + "-") or want.startswith(got + "-"):
        return 2
    return 1 if want.partition("-")[0] == got.partition("-")[0] else 0
