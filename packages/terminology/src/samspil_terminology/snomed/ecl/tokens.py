"""The smallest parts of a constraint: characters, words, concepts with their terms, texts to search for.

https://confluence.ihtsdotools.org/display/DOCECL/Appendix+A+-+Syntax
"""

import re
from typing import NoReturn, cast

from .tree import Comparison, Concept, SearchTerm

__all__ = ["ALTERNATE", "COMPARISON", "ID", "NUMBER", "QUOTED", "WORD", "BadConstraint", "Tokens"]

_SPACE = re.compile(r"(?:[ \t\r\n]|/\*(?:[^*]|\*(?!/))*\*/)*")
ID = re.compile(r"[1-9]\d{5,17}(?!\d)")
NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
WORD = re.compile(r"[A-Za-z]+")
QUOTED = re.compile(r'"((?:[^"\\]|\\["\\*])*)"')
COMPARISON = re.compile(r"!=|<=|>=|=|<|>")
ALTERNATE = re.compile(r'"([A-Za-z][A-Za-z0-9-]*)#([^"\\]+)"|([A-Za-z][A-Za-z0-9-]*)#([A-Za-z0-9._-]+)')
_TERMS = re.compile(r'\(?[ \t\r\n]*(?:(?:match|wild)[ \t\r\n]*:[ \t\r\n]*)?"', re.IGNORECASE)


class BadConstraint(ValueError):
    """A text that is no expression constraint: where (a column from 1) and why."""

    def __init__(self, text: str, at: int, why: str) -> None:
        super().__init__(f"column {at + 1}: {why}")
        self.text = text
        self.column = at + 1
        self.why = why


class Tokens:
    """A place in a text, moving on."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def fail(self, why: str) -> NoReturn:
        """Raise `BadConstraint` for the place reached."""
        raise BadConstraint(self.text, self.at, why)

    def space(self) -> None:
        """Pass over spaces and comments."""
        found = _SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def sees(self, token: str) -> bool:
        """Whether a token comes next."""
        self.space()
        return self.text.startswith(token, self.at)

    def take(self, token: str) -> bool:
        """Pass over a token, if it comes next."""
        if self.sees(token):
            self.at += len(token)
            return True
        return False

    def need(self, token: str) -> None:
        """Pass over a token. Raises `BadConstraint` when another comes."""
        if not self.take(token):
            self.fail(f"{token!r} is missing")

    def match(self, pattern: "re.Pattern[str]") -> "re.Match[str] | None":
        """Pass over what a pattern matches, if it does."""
        self.space()
        found = pattern.match(self.text, self.at)
        if found:
            self.at = found.end()
        return found

    def keyword(self, *names: str) -> str:
        """One of some words, in any case, that does not go on as another word."""
        self.space()
        found = WORD.match(self.text, self.at)
        if found and found[0].upper() in names:
            self.at = found.end()
            return found[0].upper()
        return ""

    def reference(self) -> Concept | None:
        """A concept with its term; None when none comes next."""
        found = self.match(ID)
        return Concept(found[0], self.term()) if found else None

    def term(self) -> str:
        """The term between two |; empty when there is none."""
        if not self.take("|"):
            return ""
        end = self.text.find("|", self.at)
        if end < 0:
            self.fail("the closing | of a term is missing")
        text = self.text[self.at : end].strip()
        self.at = end + 1
        return text

    def comparison(self) -> Comparison:
        """A comparison. Raises `BadConstraint` when none comes next."""
        found = self.match(COMPARISON)
        if not found:
            self.fail("a comparison, such as =, is missing")
        return cast("Comparison", found[0])

    def is_text(self) -> bool:
        """Whether search terms follow, alone or in brackets."""
        self.space()
        if ALTERNATE.match(self.text, self.at) and self.text[self.at] == '"':
            return False
        return _TERMS.match(self.text, self.at) is not None

    def search_terms(self) -> list[SearchTerm]:
        """One search term, or several in brackets."""
        if self.take("("):
            found: list[SearchTerm] = []
            while not self.take(")"):
                found.append(self.search_term())
            return found
        return [self.search_term()]

    def search_term(self) -> SearchTerm:
        """A text to match, or one with wildcards."""
        kind = self.keyword("MATCH", "WILD")
        if kind:
            self.need(":")
        quoted = self.match(QUOTED)
        if not quoted:
            self.fail("a text in quotation marks is missing")
        if kind == "WILD":
            return SearchTerm(quoted[1], wild=True)
        return SearchTerm(re.sub(r"\\(.)", r"\1", quoted[1]))
