"""Finding texts by the beginnings of their words.

Letters of the Nordic alphabets are letters of their own: `å` is not `a`. Other accents do not matter.
"""

import re
import unicodedata
from collections.abc import Iterable

from .concepts import Designation

__all__ = ["Search", "words"]

_WORD = re.compile(r"[^\W_]+")
_OWN_LETTERS = frozenset("æøåäöüÆØÅÄÖÜ")


def words(text: str) -> list[str]:
    """The words of a text as they are compared: in lower case, without accents, Nordic letters kept."""
    return _WORD.findall(_folded(text))


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    return "".join(
        letter
        if letter in _OWN_LETTERS
        else "".join(part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part))
        for letter in unicodedata.normalize("NFC", text)
    ).lower()


class Search:
    """A text to search for: every word of it must begin a word of the code or of one of its texts."""

    __slots__ = ("words",)

    def __init__(self, text: str) -> None:
        self.words = tuple(dict.fromkeys(words(text)))

    def takes(self, code: str, texts: Iterable[Designation]) -> bool:
        """Whether a concept is found; an empty search finds everything."""
        if not self.words:
            return True
        return any(self._in(each) for each in (code, *(text.value for text in texts)))

    def _in(self, text: str) -> bool:
        has = words(text)
        return all(any(word.startswith(wanted) for word in has) for wanted in self.words)
