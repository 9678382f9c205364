"""Comparing texts, numbers and times as the filters of expression constraints do."""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from samspil_terminology.search import words

from .tree import SearchTerm

__all__ = ["compare_numbers", "compare_times", "term_test"]

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda one, other: one == other,
    "!=": lambda one, other: one != other,
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}


def compare_numbers(one: str, comparison: str, other: str) -> bool:
    """Whether two numbers stand like that; what is no number never does."""
    try:
        return _COMPARE[comparison](Decimal(one), Decimal(other))
    except InvalidOperation:
        return False


def compare_times(one: str, comparison: str, other: str) -> bool:
    """Whether two dates (yyyymmdd) stand like that; an empty one stands for no date."""
    return _COMPARE[comparison](one, other.strip())


def term_test(wanted: object, *, whole: bool = False) -> Callable[[str], bool]:
    """A test of a text: a pattern with `*`; or words that begin words of it, in any order; `whole`: the text itself."""
    assert isinstance(wanted, SearchTerm)  # noqa: S101  the parser gives nothing else
    if wanted.wild:
        pattern = _wild(wanted.text)
        return lambda text: pattern.fullmatch(text) is not None
    if whole:
        return lambda text: text.lower() == wanted.text.lower()
    asked = words(wanted.text)
    return lambda text: _begin(asked, words(text))


def _wild(text: str) -> re.Pattern[str]:
    """What stands between two `*` is taken where it first comes, for good: no text can make the search go back."""
    parts = [""]
    for mark in re.findall(r"\\.|.", text, re.DOTALL):
        if mark == "*":
            parts.append("")
        else:
            parts[-1] += re.escape(mark.removeprefix("\\"))
    first, *middle, last = parts
    found = "".join(f"(?>.*?{each})" for each in middle if each)
    return re.compile(f"{first}{found}.*{last}", re.IGNORECASE | re.DOTALL)


def _begin(asked: list[str], has: list[str]) -> bool:
    return bool(asked) and all(any(word.startswith(each) for word in has) for each in asked)
