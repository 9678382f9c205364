"""Regular expressions that come from data: whatever the pattern, a search ends soon, or is refused before it begins.

FHIRPath asks for the syntax of PCRE, "single line" (`.` takes line breaks too), case-sensitive, Unicode
(https://hl7.org/fhirpath/N1/#matchesregex--string--boolean). RE2 searches in time linear in the text. What it does not
know (look-around, back references, more than 1000 repetitions) Python's `re` does, where its steps can be counted beforehand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property, lru_cache
from typing import Any, Protocol

from .errors import evaluation, too_deep
from .regex_cost import Unread, cost
from .regex_dialect import for_python, for_re2

__all__ = ["Regex", "pattern"]

_WORK = 1_000_000_000
"""Instructions of RE2 times bytes of text in one search: about a second where its automaton has to be given up."""
_REPLACING = 4 * _WORK
_STEPS = 20_000_000
"""Steps of Python's `re` in one search: about a second."""
_STEP = _WORK // _STEPS
_MEMORY = 4 << 20
"""What one compiled expression may keep, in bytes."""
_MADE = 100_000_000
"""Characters that replacing may put in."""
_LONGEST = 20_000
"""Characters of a pattern."""

_Found = Callable[["str | int"], str]
"""One match: the text of a group, by number or name."""


class _Engine(Protocol):
    def work(self, text: str) -> int: ...
    def search(self, text: str) -> bool: ...
    def fullmatch(self, text: str) -> bool: ...
    def pieces(self, text: str) -> Iterator[tuple[str, _Found | None]]: ...


class Regex:
    """One regular expression. Each method raises `FhirPathError` (SAM-FP-103) for a text on which it could take too long."""

    def __init__(self, engine: _Engine) -> None:
        self._engine = engine
        self.search = engine.search
        """Whether it is found anywhere in a text."""
        self.fullmatch = engine.fullmatch
        """Whether it takes the whole text."""
        self.work = engine.work
        """The most that `fullmatch` of a text can take, in nanoseconds or thereabouts: for those who add up many."""

    def replaced(self, text: str, substitution: str) -> str:
        r"""The text with every match replaced; `$1` and `${name}` in the substitution stand for groups, `\$` for `$`."""
        parts = list(_parts(substitution))
        made: list[str] = []
        room = _MADE
        for before, found in self._engine.pieces(text):
            made.append(before)
            if found is not None:
                made += [part if group is None else _group(found, group) for part, group in parts]
                room -= sum(map(len, made[-len(parts) :]))
                if room < 0:
                    raise too_deep("a text that becomes too long by replacing")
        return "".join(made)


def _group(found: _Found, name: str | int) -> str:
    try:
        return found(name)
    except (KeyError, IndexError):
        raise evaluation("replaceMatches() names a group that is not there") from None


_MARK = re.compile(r"\\\$|\$\{(\w+)\}|\$(\d+)")


def _parts(substitution: str) -> Iterator[tuple[str, str | int | None]]:
    """Literal text, or the group that stands in its place."""
    at = 0
    for mark in _MARK.finditer(substitution):
        yield substitution[at : mark.start()], None
        name = mark[1] or mark[2]
        yield "$", None if name is None else int(name) if name.isdecimal() else name
        at = mark.end()
    yield substitution[at:], None


@lru_cache(maxsize=64)
def pattern(text: str) -> Regex:
    """A regular expression, `.` meaning any character at all. Raises `FhirPathError` for what is none, or is too costly."""
    if len(text) > _LONGEST:
        raise too_deep(f"a regular expression of more than {_LONGEST} characters")
    import re2  # pyright: ignore[reportMissingTypeStubs]  # here, for its time: few expressions match

    try:
        return Regex(_Linear(re2, for_re2(text)))
    except re2.error:  # pyright: ignore[reportUnknownMemberType]
        return Regex(_Counted(text))


class _Linear:
    """By RE2."""

    def __init__(self, library: Any, text: str) -> None:
        self._library = library
        self._text = text
        compiled = self._compiled(capture=False)
        self._size: int = compiled.programsize
        self._search = compiled.search
        self._full = compiled.fullmatch

    def _compiled(self, *, capture: bool) -> Any:
        options = self._library.Options()
        options.log_errors = False
        options.dot_nl = True
        options.never_capture = not capture
        options.max_mem = _MEMORY
        return self._library.compile(self._text, options)

    def search(self, text: str) -> bool:
        return self._search(self._encoded(text)) is not None

    def fullmatch(self, text: str) -> bool:
        return self._full(self._encoded(text)) is not None

    def work(self, text: str) -> int:
        return self._size * len(text.encode(errors="surrogatepass"))

    def _encoded(self, text: str) -> bytes:
        data = text.encode(errors="surrogatepass")
        if len(data) * self._size > _WORK:
            raise too_deep(f"a regular expression on a text of {len(text)} characters")
        return data

    @cached_property
    def _capturing(self) -> Any:
        try:
            return self._compiled(capture=True)
        except self._library.error:
            raise too_deep("a regular expression that is too large") from None

    def pieces(self, text: str) -> Iterator[tuple[str, _Found | None]]:
        text = text.encode(errors="replace").decode()
        size = len(self._encoded(text))
        at = spent = 0
        for found in self._capturing.finditer(text):
            spent += (size - at) * self._size
            if spent > _REPLACING:
                raise too_deep(f"a regular expression that matches again and again in a text of {len(text)} characters")
            yield text[at : found.start()], lambda name, found=found: found.group(name) or ""
            at = found.end()
        yield text[at:], None


class _Counted:
    """By Python's `re`, as long as its steps, counted beforehand, are few."""

    def __init__(self, text: str) -> None:
        try:
            self._text = for_python(text)
            self._compiled = re.compile(self._text, re.DOTALL | (re.NOFLAG if "(?i" in text else re.ASCII))
            cost(self._text, 0)
        except (re.error, OverflowError, RecursionError) as error:
            raise evaluation(f"no regular expression: {getattr(error, 'msg', 'too large')}") from None
        except Unread as error:
            raise too_deep(f"a regular expression whose time cannot be bounded, for {error}") from None

    def work(self, text: str) -> int:
        return _STEP * cost(self._text, len(text), whole=True)

    def _checked(self, text: str, *, whole: bool = False) -> str:
        if cost(self._text, len(text), whole=whole) > _STEPS:
            raise too_deep(f"a regular expression that goes back and forth in a text of {len(text)} characters")
        return text

    def search(self, text: str) -> bool:
        return self._compiled.search(self._checked(text)) is not None

    def fullmatch(self, text: str) -> bool:
        return self._compiled.fullmatch(self._checked(text, whole=True)) is not None

    def pieces(self, text: str) -> Iterator[tuple[str, _Found | None]]:
        at = 0
        for found in self._compiled.finditer(self._checked(text)):
            yield text[at : found.start()], lambda name, found=found: found[name] or ""
            at = found.end()
        yield text[at:], None
